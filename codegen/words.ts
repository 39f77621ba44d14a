// Nodes, ways and edges as a reader is told of them.
//
// An edge in words, for lists and pictures.

import type { EdgeModel, NodeModel } from './model/model.ts';
import type { Problem } from './problem.ts';
import type { EdgeOn } from '../src/wiring/v1.ts';
import { isOfRun } from './model/edge-options.ts';

const MAX_IN_WAY = 12;
const MAX_LISTED = 5;

/** `A.x -> B.y -> A.x`; of a long one the beginning and the end. */
export function showWay(nodes: readonly NodeModel[]): string {
  const ids = nodes.map((node) => node.id);
  if (ids.length <= MAX_IN_WAY) return ids.join(' -> ');
  const [half, left] = [MAX_IN_WAY / 2, ids.length - MAX_IN_WAY];
  return [...ids.slice(0, half), `… ${left} more …`, ...ids.slice(-half)].join(' -> ');
}

/** `A.x, B.y or C.z`, each once. */
export function showList(names: readonly string[], word: 'and' | 'or'): string {
  const known = [...new Set(names)];
  const shown = known.slice(0, MAX_LISTED);
  const others = known.length - shown.length;
  const last = others > 0 ? `${others} more` : (shown.pop() ?? '');
  return shown.length === 0 ? last : `${shown.join(', ')} ${word} ${last}`;
}

/** The edges that a reader has to look at, beside the one where the problem is told. */
export function showEdges(edges: readonly EdgeModel[]): Problem['related'] {
  return edges.slice(0, MAX_LISTED).map((edge) => ({ place: edge.join?.place ?? edge.place, text: showEdge(edge) }));
}

export function showEdge({ on, from, to }: EdgeModel): string {
  const target = from?.id ?? 'any run';
  switch (on) {
    case 'start':
      return `${to.id} runs before ${target}`;
    case 'success':
      return `${to.id} runs after ${target} has completed`;
    case 'error':
      return `${to.id} runs after ${target} has failed`;
    case 'end':
      return `${to.id} runs at the end of ${target}`;
    case 'cancel':
      return `${to.id} runs when ${target} is cancelled`;
    case 'join':
      return `${to.id} waits for ${target}`;
    case 'runSuccess':
    case 'runError':
    case 'runEnd':
      return `${to.id} runs at the end of a run of ${target}`;
  }
}

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
