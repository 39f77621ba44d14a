// Nodes and edges that only one run has: signed nodes, with callbacks that were added at run time.
//
// OVERLAY-1. A signed node is a node of the graph with further success and error edges; all else is the same for both.
// OVERLAY-2. A path says where it stands: `2.s0` is the first success callback of the third entry. Records keep the
//     path and what is signed, and the node is built again from them.

import { nodeNamed } from '../graph/compile.ts';
import type { CompiledGraph, Edge, GraphNode } from '../graph/graph.ts';
import { MOMENTS } from '../graph/moments.ts';
import type { Entry, Signed } from './plan.ts';

/** What leads to a signed node; absent for an entry that nothing goes into. */
export type OverlayMoment = 'success' | 'error' | 'runSuccess' | 'runError';

/** A signed node in its place, as data. */
export interface Overlay {
  readonly path: string;
  readonly signed: Signed;
  readonly moment?: OverlayMoment;
  /** The node in front of it. */
  readonly from?: string;
}

/** An edge of one run. */
export interface OverlayEdge extends Edge {
  readonly overlay: Overlay;
}

export function isOverlay(edge: Edge): edge is OverlayEdge {
  return edge.index < 0;
}

/** A node to go to, and the edge that leads there. */
export interface Overlaid {
  readonly node: GraphNode;
  readonly edge: Edge | null;
}

/** The node of an overlay, with all that follows it, and the edge that leads there. */
export function place(graph: CompiledGraph, overlay: Overlay): Overlaid {
  const { signed, moment } = overlay;
  const base = nodeNamed(graph, signed.node);
  const { success = [], error = [] } = signed;
  const node = success.length + error.length === 0 ? base : withCallbacks(graph, base, overlay);
  return { node, edge: moment === undefined ? null : edgeTo(graph, node, overlay, moment) };
}

function edgeTo(graph: CompiledGraph, to: GraphNode, overlay: Overlay, moment: OverlayMoment): OverlayEdge {
  const { path, from } = overlay;
  const { role } = MOMENTS[moment];
  return {
    id: `${from ?? '*'}>${moment}>${to.name}@${path}`,
    index: -1,
    moment,
    from: from === undefined ? null : nodeNamed(graph, from),
    to,
    role,
    conditional: false,
    otherwise: false,
    each: null,
    afterMs: 0,
    recover: false,
    isCritical: role === 'flow',
    isSimple: role === 'flow',
    arrival: null,
    join: null,
    overlay,
  };
}

function withCallbacks(graph: CompiledGraph, base: GraphNode, { path, signed }: Overlay): GraphNode {
  const edges = (moment: 'success' | 'error'): readonly Edge[] =>
    (signed[moment] ?? []).flatMap(
      (callback, at) =>
        place(graph, { path: `${path}.${moment[0]}${at}`, signed: callback, moment, from: signed.node }).edge ?? [],
    );
  return { ...base, success: [...base.success, ...edges('success')], error: [...base.error, ...edges('error')] };
}

/** Where an entry stands; undefined if it is only its node. */
export function overlayOf(entry: number, signed: Entry): Overlay | undefined {
  const { node, bound, success, error, follows } = signed;
  if (success === undefined && error === undefined && follows === undefined) return undefined;
  const kept = { node, ...(bound !== undefined && { bound }), ...(success && { success }), ...(error && { error }) };
  return { path: String(entry), signed: kept, ...(follows !== undefined && { moment: 'success', from: follows }) };
}
