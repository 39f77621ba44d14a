// Projects that commands read afresh: they need the graph, which no command keeps for the next one.

import { resolve } from 'node:path';
import { analyse, type Analysis } from '../generate.ts';
import { collectAfterStage } from '../large-project.ts';
import type { Arguments } from './arguments.ts';
import { assertAnything, refuse } from './print-outcome.ts';
import type { Terminal } from './terminal.ts';

/** A project, whatever its sources are like. */
export function analysed({ cwd }: Terminal, { project }: Pick<Arguments, 'project'>): Analysis {
  return analyse(resolve(cwd, project), { afterStage: collectAfterStage });
}

/**
 * The project of a command that shows its graph, or the exit code once the errors of its sources are printed.
 *
 * @throws {OnwardError} ONW1306 if there is no service.
 */
export function graphOf(terminal: Terminal, given: Arguments): Analysis | number {
  const found = analysed(terminal, given);
  if (found.text === undefined) return refuse(terminal, given, found);
  assertAnything(terminal, given, found);
  return found;
}
