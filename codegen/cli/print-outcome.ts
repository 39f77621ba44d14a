// What the generator found, printed: as lines for people, or as one object of JSON.

import { assertServices, count, countsText, type Outcome } from '../outcome.ts';
import type { Arguments } from './arguments.ts';
import { paintWith, renderProblems } from './diagnostics.ts';
import { plainProblem, shortPath } from '../problem.ts';
import { printJson } from './print-json.ts';
import type { Terminal } from './terminal.ts';

/** Prints the errors of the sources; gives the exit code. */
export function refuse(terminal: Terminal, given: Arguments, found: Outcome): number {
  return failed(terminal, given, found, '; the wiring is unchanged');
}

/** The same where the wiring is correct, but the deployment it is checked for would fail. */
export function unfit(terminal: Terminal, given: Arguments, found: Outcome): number {
  return failed(terminal, given, found, '');
}

function failed(terminal: Terminal, given: Arguments, found: Outcome, sequel: string): number {
  if (given.json) terminal.out(printJson({ ok: false, ...factsOf(terminal, found) }));
  else {
    printProblems(terminal, found);
    const errors = found.problems.filter(({ severity }) => severity === 'error').length;
    terminal.err(`Found ${count(errors, 'error')}${sequel}.\n`);
  }
  return 1;
}

/** What is only warned of may be why nothing was found. */
export function assertAnything(terminal: Terminal, given: Arguments, found: Outcome): void {
  if (found.counts.services === 0 && !given.json) printProblems(terminal, found);
  assertServices(found);
}

export function printProblems(terminal: Terminal, found: Outcome): void {
  if (found.problems.length > 0) terminal.err(`${renderProblems(found.problems, terminal.cwd, terminal.hasColors)}\n`);
}

export function summarise(terminal: Terminal, found: Outcome, ms: number): void {
  const paint = paintWith(terminal.hasColors);
  // It is written either way: whether a value fits the callback that takes it is a question of types.
  const next = found.counts.edges === 0 ? '' : '   tsc checks whether callbacks fit';
  terminal.out(
    `${paint('green', '✓')} ${shortPath(found.output, terminal.cwd)}   ${countsText(found.counts)}   (${ms} ms)${next}\n`,
  );
}

export function factsOf(terminal: Terminal, found: Outcome): object {
  return {
    output: shortPath(found.output, terminal.cwd),
    ...found.counts,
    problems: found.problems.map((problem) => plainProblem(problem, terminal.cwd)),
  };
}
