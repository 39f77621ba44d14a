// What is asked of whoever performs a step, by the phase it is in.

import type { TaskKind } from './event.ts';
import { Phase } from './phase.ts';
import type { Step } from './state.ts';

export function kindOf({ phase }: Step): TaskKind {
  return phase === Phase.PREPARING ? 'prepare' : phase === Phase.JUDGING ? 'judge' : 'body';
}

/** Which edges are asked: those that follow a recovered step, or those that handle a failure. */
export function judgedMoment({ rare }: Step): 'success' | 'error' {
  return rare !== null && rare.succeeded ? 'success' : 'error';
}

/** Its start has not been told yet. */
export function isFirst({ attempt, phase, node }: Step): boolean {
  return attempt === 1 && (phase === Phase.PREPARING || (phase === Phase.RUNNING && !node.prepares));
}
