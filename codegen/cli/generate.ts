// `onward generate` and `onward check`.

import { resolve } from 'node:path';
import { didYouMean } from '../../src/errors/nearest-name.ts';
import type { OnwardError } from '../../src/errors/onward-error.ts';
import { showWord, visible } from '../quote.ts';
import { keep, keepRecords, recall, recallRecords } from '../disk/entry.ts';
import type { Analysis } from '../generate.ts';
import { collectAfterStage, isLarge } from '../large-project.ts';
import { tsconfigAt, type Outcome } from '../outcome.ts';
import { showList } from '../words.ts';
import { writeWiring } from '../write/write.ts';
import { wrongUsage, type Arguments } from './arguments.ts';
import { printJson } from './print-json.ts';
import { assertAnything, factsOf, printProblems, refuse, summarise, unfit } from './print-outcome.ts';
import { stalenessOf } from './staleness.ts';
import type { Terminal } from './terminal.ts';

export async function generate(terminal: Terminal, given: Arguments): Promise<number> {
  if (given.watch) return (await import('./watch.ts')).watch(terminal, given);
  const start = terminal.now();
  const found = await outcomeOf(terminal, given);
  if (found.text === undefined) return refuse(terminal, given, found);
  assertAnything(terminal, given, found);
  const { text } = found;
  const write = (): boolean => writeWiring(found, text);
  const written = terminal.undisturbed === undefined ? write() : terminal.undisturbed(write);
  if (given.json) {
    terminal.out(printJson({ ok: true, ...factsOf(terminal, found), written }));
    return 0;
  }
  printProblems(terminal, found);
  summarise(terminal, found, Math.round(terminal.now() - start));
  return 0;
}

export async function check(terminal: Terminal, given: Arguments): Promise<number> {
  const start = terminal.now();
  const found = await checked(terminal, given);
  if (found.text === undefined) return refuse(terminal, given, found);
  assertAnything(terminal, given, found);
  if (found.problems.some(({ severity }) => severity === 'error')) return unfit(terminal, given, found);
  const stale = stalenessOf(terminal, given, { output: found.output, text: found.text });
  const error = stale === undefined ? undefined : { code: stale.code, message: stale.message };
  if (given.json) {
    terminal.out(printJson({ ok: error === undefined, ...factsOf(terminal, found), ...(error && { error }) }));
    return error === undefined ? 0 : 3;
  }
  printProblems(terminal, found);
  if (error === undefined) summarise(terminal, found, Math.round(terminal.now() - start));
  else terminal.err(`error ${error.code}: ${visible(error.message)}\n`);
  return error === undefined ? 0 : 3;
}

/** Includes the checks for a deployment, if they are asked for. */
async function checked(terminal: Terminal, given: Arguments): Promise<Outcome> {
  const { client, values } = given;
  if (!client && values.engine === undefined) return outcomeOf(terminal, given);
  const { analysed } = await import('./analysed.ts');
  const { deploymentProblems, ENGINES } = await import('../check/deployment.ts');
  if (values.engine !== undefined && !ENGINES.includes(values.engine)) throw unknownEngine(values.engine, ENGINES);
  const found = analysed(terminal, given);
  if (found.text === undefined) return found;
  return { ...found, problems: [...found.problems, ...deploymentProblems(found, { client, engine: values.engine })] };
}

/** Redis is where the BullMQ engine keeps its runs. */
function unknownEngine(name: string, engines: readonly string[]): OnwardError {
  const hint = /^redis/i.test(name)
    ? 'did you mean bullmq?'
    : (didYouMean(name, engines) ?? `there are ${showList(engines, 'and')}`);
  return wrongUsage(`there is no engine ${showWord(name)} to check for; ${hint}`);
}

/** What was found before, if nothing has changed since: then neither the compiler nor the generator is loaded. */
async function outcomeOf({ cwd }: Terminal, { project, noCache }: Arguments): Promise<Outcome> {
  const path = resolve(cwd, project);
  const before = noCache ? undefined : recall(tsconfigAt(path));
  if (before !== undefined) return before;
  const { analyse } = await import('../generate.ts');
  const options = { recall: noCache ? undefined : recallRecords, afterStage: collectAfterStage };
  const found = withoutGraph(analyse(path, options), noCache);
  // The graph is no longer needed.
  collectAfterStage(found.size);
  return found;
}

function withoutGraph(found: Analysis, noCache: boolean): Outcome {
  if (!noCache) {
    keep(found, found.answers());
    // Those of a large project take more than they save.
    if (!isLarge(found.size)) keepRecords(found.tsconfig, found.compiler, found.records());
  }
  const { root, tsconfig, size, projectFolder, output, counts, problems, text } = found;
  const outcome = { root, tsconfig, size, projectFolder, output, counts, problems };
  return text === undefined ? outcome : { ...outcome, text };
}
