// An edge in words, for lists and pictures.

import type { EdgeOn } from '../../src/wiring/v1.ts';
import { isOfRun } from '../model/edge-options.ts';
import type { EdgeModel } from '../model/model.ts';

const MOMENTS: Readonly<Record<EdgeOn, string>> = {
  start: 'start',
  success: 'success',
  error: 'error',
  end: 'end',
  cancel: 'cancel',
  runSuccess: 'run success',
  runError: 'run error',
  runEnd: 'run end',
  join: 'join',
};

/** What an edge without a node watches. */
export const ANY_RUN = 'any run';

/** `success`, `run end`, `join as stock`. */
export function momentOf({ on, join }: EdgeModel): string {
  return join === undefined ? MOMENTS[on] : `join as ${join.source}`;
}

/** What it watches: a node, the runs of a job, or any run. */
export function watchedBy({ on, from }: EdgeModel): string {
  if (from === null) return ANY_RUN;
  return isOfRun(on) ? `runs of ${from.id}` : from.id;
}

/** Whether it carries the run on; the others watch. */
export function isFlow({ on }: EdgeModel): boolean {
  return on === 'success' || on === 'join';
}

/** What it says beside the moment, each in a word or two. */
export function factsOf({ when, asks, otherwise, each, after, recover, join, critical }: EdgeModel): string[] {
  return [
    ...(when === undefined ? [] : [`when ${asks ?? `a ${when}`}`]),
    ...(otherwise ? ['otherwise'] : []),
    ...(each ? ['each'] : []),
    ...(after === undefined ? [] : [`after ${delayText(after.value)}`]),
    ...(recover ? ['recover'] : []),
    ...(join?.mode === 'any' ? ['any'] : []),
    ...(join?.onMissing === 'run' ? ['run without missing ones'] : []),
    ...(critical === true ? ['critical'] : critical === false ? ['not critical'] : []),
  ];
}

function delayText(value: string | number | undefined): string {
  return typeof value === 'number' ? `${value}ms` : (value ?? 'a delay');
}
