// Whether the wiring on disk is the one that the annotations give: one answer for every command that asks.

import type { ErrorCode } from '../../src/errors/codes.ts';
import { CONTRACT } from '../header.ts';
import { shortPath } from '../problem.ts';
import { foreignFile, readWiring, wiringState } from '../write/write.ts';
import { DEFAULT_PROJECT, type Arguments } from './arguments.ts';
import type { Terminal } from './terminal.ts';

export interface Staleness {
  readonly code: ErrorCode;
  /** With what to do about it. */
  readonly message: string;
  /** The file as it is; undefined if there is none. */
  readonly onDisk: string | undefined;
}

/**
 * Undefined if the file says the same.
 *
 * @throws {OnwardError} ONW1304 for a file that is not ours, ONW1305 if it cannot be read.
 */
export function stalenessOf(
  { cwd }: Terminal,
  { project }: Arguments,
  { output, text }: { readonly output: string; readonly text: string },
): Staleness | undefined {
  const onDisk = readWiring(output);
  const state = wiringState(onDisk, text);
  const path = shortPath(output, cwd);
  const flag = project === DEFAULT_PROJECT ? '' : ` --project ${project}`;
  const fix = `run \`npx onward generate${flag}\` and commit it`;
  switch (state.kind) {
    case 'fresh':
      return undefined;
    case 'foreign':
      throw foreignFile(output);
    case 'missing':
      return { code: 'ONW1301', onDisk, message: `the wiring ${path} is missing; ${fix}` };
    case 'stale':
      return { code: 'ONW1301', onDisk, message: `${path} is stale: it does not match the annotations; ${fix}` };
    case 'conflict':
      return {
        code: 'ONW1303',
        onDisk,
        message: `${path}:${state.line} has the markers of an unfinished merge; ${fix}`,
      };
    case 'other-contract':
      return {
        code: 'ONW1302',
        onDisk,
        message: `${path} was written for contract ${state.contract}, this version of onward writes ${CONTRACT}; ${fix}`,
      };
  }
}
