// `onward generate` and `onward check`.

import { resolve } from 'node:path';
import { didYouMean } from '../../src/errors/nearest-name.ts';
import type { OnwardError } from '../../src/errors/onward-error.ts';
import { showWord, visible } from '../quote.ts';
import { keep, keepRecords, recall, recallRecords } from '../disk/entry.ts';
import type { Analysis } from '../generate.ts';
import { collectAfterStage, isLarge } from '../large-project.ts';
import { assertServices, count, countsText, tsconfigAt, type Outcome } from '../outcome.ts';
import { showList } from '../words.ts';
import { writeWiring } from '../write/write.ts';
import { wrongUsage, type Arguments } from './arguments.ts';
import { paintWith, renderProblems } from './diagnostics.ts';
import { plainProblem, shortPath } from '../problem.ts';
import { printJson } from './print-json.ts';
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

/** The wiring is correct, but the deployment it is checked for would fail. */
function unfit(terminal: Terminal, given: Arguments, found: Outcome): number {
  if (given.json) terminal.out(printJson({ ok: false, ...factsOf(terminal, found) }));
  else {
    printProblems(terminal, found);
    const errors = found.problems.filter(({ severity }) => severity === 'error').length;
    terminal.err(`Found ${count(errors, 'error')}.\n`);
  }
  return 1;
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

/** Prints the errors of the sources; gives the exit code. */
export function refuse(terminal: Terminal, given: Arguments, found: Outcome): number {
  if (given.json) terminal.out(printJson({ ok: false, ...factsOf(terminal, found) }));
  else {
    printProblems(terminal, found);
    const errors = found.problems.filter((problem) => problem.severity === 'error').length;
    terminal.err(`Found ${count(errors, 'error')}; the wiring is unchanged.\n`);
  }
  return 1;
}

/** What is only warned of may be why nothing was found. */
export function assertAnything(terminal: Terminal, given: Arguments, found: Outcome): void {
  if (found.counts.services === 0 && !given.json) printProblems(terminal, found);
  assertServices(found);
}

function printProblems(terminal: Terminal, found: Outcome): void {
  if (found.problems.length > 0) terminal.err(`${renderProblems(found.problems, terminal.cwd, terminal.hasColors)}\n`);
}

function summarise(terminal: Terminal, found: Outcome, ms: number): void {
  const paint = paintWith(terminal.hasColors);
  // It is written either way: whether a value fits the callback that takes it is a question of types.
  const next = found.counts.edges === 0 ? '' : '   tsc checks whether callbacks fit';
  terminal.out(
    `${paint('green', '✓')} ${shortPath(found.output, terminal.cwd)}   ${countsText(found.counts)}   (${ms} ms)${next}\n`,
  );
}

function factsOf(terminal: Terminal, found: Outcome): object {
  return {
    output: shortPath(found.output, terminal.cwd),
    ...found.counts,
    problems: found.problems.map((problem) => plainProblem(problem, terminal.cwd)),
  };
}
