// Nodes, ways and edges as a reader is told of them.

import type { EdgeModel, NodeModel } from '../model/model.ts';
import type { Problem } from './problem.ts';

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
