// Nodes, ways and edges in words: for problems, lists and pictures.

import type { EdgeModel, NodeModel } from './model/model.ts';
import type { Problem } from './problem.ts';
import type { EdgeOn } from '../src/wiring/v1.ts';

const MAX_IN_WAY = 12;
const MAX_LISTED = 5;

/** `A.x -> B.y -> A.x`; of a long one the beginning and the end. */
export function showWay(nodes: readonly NodeModel[]): string {
  const ids = nodes.map((node) => node.id);
  if (ids.length <= MAX_IN_WAY) return ids.join(' -> ');
  const [half, left] = [MAX_IN_WAY / 2, ids.length - MAX_IN_WAY];
  return [...ids.slice(0, half), `… ${left} more …`, ...ids.slice(-half)].join(' -> ');
}

/** `A.x, B.y or C.z`, each once; of more than `most` the beginning and how many are left. */
export function showList(names: readonly string[], word: 'and' | 'or', most = MAX_LISTED): string {
  const known = [...new Set(names)];
  const shown = known.slice(0, most);
  const others = known.length - shown.length;
  const last = others > 0 ? `${others} more` : (shown.pop() ?? '');
  return shown.length === 0 ? last : `${shown.join(', ')} ${word} ${last}`;
}

/** The edges that a reader has to look at, next to the one where the problem is reported. */
export function showEdges(edges: readonly EdgeModel[]): Problem['related'] {
  return edges.slice(0, MAX_LISTED).map((edge) => ({ place: edge.join?.place ?? edge.place, text: showEdge(edge) }));
}

/** `Mail.book runs on success of Billing.charge`. */
export function showEdge(edge: EdgeModel): string {
  return `${edge.to.id} runs ${describeEdge(edge)}`;
}

/** `on success of Billing.charge`, `on run end of any job`, `on join as stock of Stock.reserve`. */
export function describeEdge(edge: EdgeModel): string {
  return `on ${momentOf(edge)} of ${edge.from?.id ?? ANY_JOB}`;
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

/** What an edge without a node watches the runs of. */
export const ANY_JOB = 'any job';

/** `success`, `run end`, `join as stock`. */
export function momentOf({ on, join }: EdgeModel): string {
  return join === undefined ? MOMENTS[on] : `join as ${join.source}`;
}

/** Whether it carries the run on; the others watch. */
export function isFlow({ on }: EdgeModel): boolean {
  return on === 'success' || on === 'join';
}

/** What the edge says in addition to its moment, each in a word or two. */
export function factsOf({ when, asks, otherwise, each, after, recover, join, critical }: EdgeModel): string[] {
  return [
    ...(when === undefined ? [] : [`when ${asks ?? (when === 'recorded' ? '…' : `a ${when}`)}`]),
    ...(otherwise ? ['otherwise'] : []),
    ...(each ? ['each'] : []),
    ...(after === undefined ? [] : [`after ${delayText(after.value)}`]),
    ...(recover ? ['recover'] : []),
    ...(join?.mode === 'any' ? ['any'] : []),
    ...(join?.cancelRest === true ? ['cancel the rest'] : []),
    ...(join?.onMissing === 'run' ? ['run without missing ones'] : []),
    ...(critical === true ? ['critical'] : critical === false ? ['not critical'] : []),
  ];
}

function delayText(value: string | number | undefined): string {
  return typeof value === 'number' ? `${value}ms` : (value ?? 'a delay');
}

/** A line does not break between backticks: what stands there can be copied as it is. */
const WORD = /(?:`[^`]*`|[^ `\n])+/g;

/**
 * Lines of the words of a text.
 *
 * @param width the most characters of a line; a word that is longer has one of its own.
 */
export function wrapped(text: string, width: number): string {
  const lines: string[] = [];
  let line = '';
  for (const word of text.match(WORD) ?? []) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = '';
    }
    line += line === '' ? word : ` ${word}`;
  }
  return [...lines, line].join('\n');
}
