// `onward generate` and `onward check`.

import { resolve } from 'node:path';
import { visible } from '../quote.ts';
import { analyse, assertServices, type Analysis } from '../generate.ts';
import { writeWiring } from '../write/write.ts';
import type { Arguments } from './arguments.ts';
import { paintWith, renderProblems } from './diagnostics.ts';
import { plainProblem, shortPath } from '../problem.ts';
import { printJson } from './print-json.ts';
import { stalenessOf } from './staleness.ts';
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
  const error = stalenessOf(terminal, given, { output: found.output, text: found.text });
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
