// `onward generate` and `onward check`.

import { resolve } from 'node:path';
import type { ErrorCode } from '../../src/errors/codes.ts';
import { visible } from '../quote.ts';
import { analyse, assertServices, type Analysis } from '../generate.ts';
import { foreignFile, readWiring, writeWiring, wiringState, type WiringState } from '../write/write.ts';
import { CONTRACT } from '../header.ts';
import { DEFAULT_PROJECT, type Arguments } from './arguments.ts';
import { paintWith, plainProblem, renderProblems, shortPath } from './diagnostics.ts';
import { printJson } from './print-json.ts';
import type { Terminal } from './terminal.ts';

export function generate(terminal: Terminal, given: Arguments): number {
  const start = terminal.now();
  const found = analyse(resolve(terminal.cwd, given.project));
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

export function check(terminal: Terminal, given: Arguments): number {
  const start = terminal.now();
  const found = analyse(resolve(terminal.cwd, given.project));
  if (found.text === undefined) return refuse(terminal, given, found);
  assertAnything(terminal, given, found);
  const state = wiringState(readWiring(found.output), found.text);
  if (state.kind === 'foreign') throw foreignFile(found.output);
  const error = state.kind === 'fresh' ? undefined : staleness(state, shortPath(found.output, terminal.cwd), given);
  if (given.json) {
    const stale = error === undefined ? {} : { error };
    terminal.out(printJson({ ok: error === undefined, ...factsOf(terminal, found), ...stale }));
    return error === undefined ? 0 : 3;
  }
  printProblems(terminal, found);
  if (error === undefined) summarise(terminal, found, Math.round(terminal.now() - start));
  else terminal.err(`error ${error.code}: ${visible(error.message)}\n`);
  return error === undefined ? 0 : 3;
}

interface Staleness {
  readonly code: ErrorCode;
  readonly message: string;
}

type BehindState = Exclude<WiringState, { readonly kind: 'fresh' | 'foreign' }>;

function staleness(state: BehindState, path: string, { project }: Arguments): Staleness {
  const flag = project === DEFAULT_PROJECT ? '' : ` --project ${project}`;
  const fix = `run \`npx onward generate${flag}\` and commit it`;
  switch (state.kind) {
    case 'missing':
      return { code: 'ONW1301', message: `there is no wiring yet: ${path} is missing; ${fix}` };
    case 'stale':
      return { code: 'ONW1301', message: `${path} is stale: it does not match the annotations; ${fix}` };
    case 'conflict':
      return { code: 'ONW1303', message: `${path}:${state.line} has the markers of an unfinished merge; ${fix}` };
    case 'other-contract':
      return {
        code: 'ONW1302',
        message: `${path} was written for contract ${state.contract}, this version of onward writes ${CONTRACT}; ${fix}`,
      };
  }
}

/** Prints the errors of the sources; gives the exit code. */
export function refuse(terminal: Terminal, given: Arguments, found: Analysis): number {
  if (given.json) terminal.out(printJson({ ok: false, ...factsOf(terminal, found) }));
  else {
    printProblems(terminal, found);
    const errors = found.problems.filter((problem) => problem.severity === 'error').length;
    terminal.err(`Found ${count(errors, 'error')}; the wiring is unchanged.\n`);
  }
  return 1;
}

/** What is only warned of may be why nothing was found. */
function assertAnything(terminal: Terminal, given: Arguments, found: Analysis): void {
  if (found.model.services.length === 0 && !given.json) printProblems(terminal, found);
  assertServices(found);
}

function printProblems(terminal: Terminal, found: Analysis): void {
  if (found.problems.length > 0) terminal.err(`${renderProblems(found.problems, terminal.cwd, terminal.hasColors)}\n`);
}

function summarise(terminal: Terminal, found: Analysis, ms: number): void {
  const paint = paintWith(terminal.hasColors);
  const { services, nodes, edges } = countsOf(found);
  const counts = [count(services, 'service'), count(nodes, 'node'), count(edges, 'edge')].join(' · ');
  terminal.out(`${paint('green', '✓')} ${shortPath(found.output, terminal.cwd)}   ${counts}   (${ms} ms)\n`);
}

function factsOf(terminal: Terminal, found: Analysis): object {
  return {
    output: shortPath(found.output, terminal.cwd),
    ...countsOf(found),
    problems: found.problems.map((problem) => plainProblem(problem, terminal.cwd)),
  };
}

function countsOf({ model }: Analysis): { readonly services: number; readonly nodes: number; readonly edges: number } {
  const nodes = model.services.flatMap((service) => service.nodes);
  return {
    services: model.services.length,
    nodes: nodes.length,
    edges: nodes.reduce((sum, node) => sum + node.edges.length, 0),
  };
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
