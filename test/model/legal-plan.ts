// What was drawn at random, made into a plan that a build would accept and whose runs end.

import type { Control, EdgePlan, NodePlan, Operation, SuccessEdge } from './graph-plan.ts';

interface Drawn {
  readonly from: number;
  readonly to: number;
  readonly back: boolean;
}
export type DrawnEdge =
  | (Drawn & Omit<SuccessEdge, 'from' | 'to'>)
  | (Drawn & Omit<Extract<EdgePlan, { on: 'error' }>, 'from' | 'to'>)
  | (Drawn & { readonly on: 'start' | 'end' | 'cancel'; readonly critical: boolean })
  | (Drawn & { readonly on: 'runSuccess' | 'runError' | 'runEnd'; readonly critical: boolean; readonly any: boolean })
  | (Drawn & Omit<Extract<EdgePlan, { on: 'join' }>, 'to'>);

export interface Shape {
  /** So many nodes may carry the run on; the others are ends. */
  readonly flow: number;
  readonly all: number;
  /** Those that wait for a message from outside. */
  readonly waiting: readonly number[];
}

export interface DrawnNode extends Omit<NodePlan, 'waits'> {
  /** How long it waits for a message; 0 if it waits for none. */
  readonly wait: number;
}

/** Handlers that carry the run on: no run begins with them, and none ends with them. */
export function waitingNodes(flow: readonly DrawnNode[]): number[] {
  return flow.flatMap(({ wait }, at) => (at > 0 && wait > 0 ? [at] : []));
}

/** A node behind `from`, so that nothing goes round; none is behind the last one. */
function behind(from: number, drawn: number, { all }: Shape): number | undefined {
  return from + 1 >= all ? undefined : from + 1 + (drawn % (all - from - 1));
}

function leafOf(drawn: number, { flow, all }: Shape): number {
  return flow + (drawn % (all - flow));
}

/**
 * Children come from further behind; ends do neither exit nor leave anything to the run. What an `each` watches mostly
 * returns arrays.
 */
export function legalNode(
  { wait, ...drawn }: DrawnNode,
  at: number,
  { shape, edges }: { shape: Shape; edges: readonly EdgePlan[] },
): NodePlan {
  const isLeaf = at >= shape.flow;
  const legal = (operation: Operation): Operation[] => {
    if (operation.do === 'exit' || operation.do === 'add') return isLeaf ? [] : [operation];
    if (operation.do === 'wait') return [operation];
    const node = behind(at, operation.node, shape);
    // What waits is reached through edges.
    if (node === undefined || shape.waiting.includes(node)) return [];
    return [operation.do === 'spawn' && isLeaf ? { ...operation, node, detached: false } : { ...operation, node }];
  };
  const isOfItems = edges.some((edge) => edge.on === 'success' && edge.each !== null && edge.from === at);
  const turns = drawn.turns.map((turn) => ({
    ...turn,
    // A job that fails ends most runs before they begin.
    fails: at === 0 && turn.tag !== 'c' ? 0 : turn.fails,
    operations: turn.operations.flatMap(legal),
    items: isOfItems && turn.items < 0 && turn.tag !== 'c' ? turn.fails + 2 : turn.items,
  }));
  const waits = shape.waiting.includes(at);
  const timeout = waits ? wait : drawn.timeout;
  const { retry } = drawn;
  // A longest wait below the first one is refused.
  const patient = { ...retry, maxDelay: Math.max(retry.delay, retry.maxDelay) };
  return {
    ...drawn,
    retry: patient,
    waits,
    timeout,
    turns: turns.map((turn) => ({ ...turn, items: Math.min(5, turn.items) })),
  };
}

/** Edges mostly leave nodes that earlier ones have reached. */
export function legalEdges(drawn: readonly DrawnEdge[], shape: Shape): EdgePlan[] {
  const reached = [0];
  return drawn.flatMap((edge) => {
    const from = reached[edge.from % reached.length] ?? 0;
    const sources =
      'sources' in edge ? { sources: edge.sources.map((source) => reached[source % reached.length] ?? 0) } : {};
    const legal = legalEdge({ ...edge, ...sources, from }, shape);
    if (legal === undefined) return [];
    if (!reached.includes(legal.to)) reached.push(legal.to);
    return [legal];
  });
}

function legalEdge(drawn: DrawnEdge, shape: Shape): EdgePlan | undefined {
  const { from: drawnFrom, to: drawnTo, back, ...rest } = drawn;
  if (rest.on === 'runSuccess' || rest.on === 'runError' || rest.on === 'runEnd') {
    const { any, ...edge } = rest;
    return { ...edge, from: any ? null : drawnFrom % 4 === 0 ? drawnFrom % shape.all : 0, to: leafOf(drawnTo, shape) };
  }
  if (rest.on === 'join') {
    const sources = [...new Set(rest.sources.map((source) => source % shape.flow))].sort((a, b) => a - b);
    const to = back ? drawnTo % shape.all : behind(Math.max(...sources), drawnTo, shape);
    if (to === undefined) return undefined;
    // One that takes the first source misses none, and only such a one gives the others up.
    const isFirst = rest.mode === 'any';
    return { ...rest, sources, to, cancelRest: isFirst && rest.cancelRest };
  }
  if (rest.on === 'success') {
    const from = drawnFrom % shape.flow;
    const to = back ? drawnTo % shape.all : behind(from, drawnTo, shape);
    if (to === undefined) return undefined;
    return {
      ...rest,
      from,
      to,
      otherwise: rest.otherwise && rest.when === null,
      bind: rest.bind && rest.each === null,
    };
  }
  const between = { from: drawnFrom % shape.all, to: drawnTo, back };
  return legalMoment(rest.on === 'error' ? { ...rest, ...between } : { ...rest, on: rest.on, ...between }, shape);
}

type DrawnMoment = Extract<DrawnEdge, { readonly on: 'error' | 'start' | 'end' | 'cancel' }>;

function legalMoment({ back, ...drawn }: DrawnMoment, shape: Shape): EdgePlan | undefined {
  const { from } = drawn;
  if (drawn.on === 'cancel') return { ...drawn, on: drawn.on, to: leafOf(drawn.to, shape) };
  if (drawn.on !== 'error') {
    const to = behind(from, drawn.to, shape);
    return to === undefined ? undefined : { ...drawn, on: drawn.on, to };
  }
  // One that leads back handles its own errors.
  const to = back ? from : behind(from, drawn.to, shape);
  return to === undefined ? undefined : { ...drawn, to, otherwise: drawn.otherwise && drawn.when === null };
}

/** Twins would end at the same time, and `bind` lies over records only. */
export function withoutTwins(edges: readonly EdgePlan[], nodes: readonly NodePlan[]): EdgePlan[] {
  const seen = new Set<string>();
  const legal: EdgePlan[] = [];
  for (const edge of edges) {
    const twin = edge.on === 'join' ? `join${edge.to}${edge.sources.join()}` : `${edge.on}${edge.from}>${edge.to}`;
    if (seen.has(twin) && !(edge.on === 'success' && edge.bind)) continue;
    seen.add(twin);
    legal.push(edge);
  }
  return legal.map((edge) =>
    edge.on === 'success' && edge.bind && mayGiveArray(edge.from, nodes, legal) ? { ...edge, bind: false } : edge,
  );
}

/** What it returns, or what recovers it, may be no record. */
export function mayGiveArray(from: number, nodes: readonly NodePlan[], edges: readonly EdgePlan[]): boolean {
  return (
    nodes[from]?.turns.some(({ items }) => items >= 0) === true ||
    edges.some((edge) => edge.on === 'error' && edge.recover && edge.from === from)
  );
}

/** What is suspended is resumed in the end. */
export function legalControls(drawn: readonly Control[], { all }: Shape): Control[] {
  const controls = drawn
    .map((control) => (control.do === 'cancelStep' ? { ...control, node: control.node % all } : control))
    .sort((a, b) => a.at - b.at);
  const last = controls.at(-1)?.at ?? 0;
  return controls.some((control) => control.do === 'suspend')
    ? [...controls, { at: last + 17_001, do: 'resume' }]
    : controls;
}
