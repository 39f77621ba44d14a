// Every way by which a run reaches a node, found from its end: against the direction of the edges.
//
// WAYS-1. A way begins with a job that is started, with a handler that a body calls, or with the end of a run. It passes
//         no node twice.
// WAYS-2. A body that calls or spawns a node by a written name leads to it. Any other body may call a handler as well: it
//         counts as called if no edge and no such call leads to it.
// WAYS-3. The shortest ways come first, however many there are: the search goes on where the least is left to a start. It
//         ends after so many ways, and the answer says so.
// WAYS-4. A step counts if a run can take it: all sources of a join have to be reached. What watches the end of a job's
//         runs follows runs that start with this job, not those that lead to it.

import { reachedFrom, wholeGraph } from '../check/whole-graph.ts';
import { isOfRun } from '../model/edge-options.ts';
import type { CallerModel, EdgeModel, Model, NodeModel } from '../model/model.ts';

export interface Way {
  /** The job that is started or the handler that is called; null for any run. */
  readonly start: NodeModel | null;
  /** From the start to the node. */
  readonly steps: readonly Step[];
}

/** An edge that is taken, or a body that calls or spawns what follows. */
export type Step = EdgeModel | CallStep;

interface CallStep extends CallerModel {
  readonly to: NodeModel;
}

export function isCall(step: Step): step is CallStep {
  return 'how' in step;
}

export interface Ways {
  /** The shortest first. */
  readonly ways: readonly Way[];
  /** Whether there are more than these. */
  readonly hasMore: boolean;
}

export interface Reach {
  /** The steps by which a run gets to a node. */
  stepsTo(node: NodeModel): readonly Step[];
  /** Whether it counts as called, by a body that is not known. */
  isCalled(node: NodeModel): boolean;
  /** The ways to a node; given steps, those that end with one of them. */
  waysTo(node: NodeModel, last?: readonly Step[]): Ways;
}

export function reachIn(model: Model): Reach {
  const graph = wholeGraph(model);
  const [nodes, ways] = [graph.nodes, graph.ways()];
  const calls = nodes.flatMap((to) => to.callers.map((caller) => ({ to, edges: [caller] })));
  const into = [...ways, ...calls];
  const called = calledAmong(nodes, into);
  const reached = reachedFrom({ ways: into }, [...nodes.filter(isStart), ...called]);
  const isReached = ({ from }: { readonly from: NodeModel | null }): boolean => from === null || reached.has(from);
  const taken = new Set(ways.flatMap(({ edges }) => (edges.every(isReached) ? edges : [])));
  const steps = new Map(
    nodes.map((to): [NodeModel, readonly Step[]] => {
      const callers = to.callers.filter(isReached).map((caller) => ({ ...caller, to }));
      return [to, [...to.edges.filter((edge) => taken.has(edge)), ...callers]];
    }),
  );
  const stepsTo = (node: NodeModel): readonly Step[] => steps.get(node) ?? [];
  const isCalled = (node: NodeModel): boolean => called.has(node);
  const left = distances(nodes, stepsTo, isCalled);
  return {
    stepsTo,
    isCalled,
    waysTo: (node, last = stepsTo(node)) => collectWays({ node, last, stepsTo, isCalled, left }),
  };
}

function isStart(node: NodeModel): boolean {
  return node.kind === 'job' || node.edges.some((edge) => edge.from === null);
}

function calledAmong(nodes: readonly NodeModel[], ways: Parameters<typeof reachedFrom>[0]['ways']): Set<NodeModel> {
  const mayBe = nodes.filter(({ kind, isDeclared, facts }) => kind === 'handler' && isDeclared && facts.waits !== true);
  const alone = mayBe.filter(({ watches, callers }) => watches.length === 0 && callers.length === 0);
  const reached = reachedFrom({ ways }, [...nodes.filter(isStart), ...alone]);
  return new Set([...alone, ...mayBe.filter((node) => !reached.has(node))]);
}

/** Whether nothing comes before it: the end of a run, of any job or of one that it names. */
function isFirst(step: Step): boolean {
  return step.from === null || (!isCall(step) && isOfRun(step.on));
}

/** The fewest steps from a start to each node that has any. */
function distances(
  nodes: readonly NodeModel[],
  stepsTo: Reach['stepsTo'],
  isCalled: Reach['isCalled'],
): ReadonlyMap<NodeModel, number> {
  const next = new Map<NodeModel, NodeModel[]>(nodes.map((node) => [node, []]));
  const first: NodeModel[] = [];
  for (const step of nodes.flatMap(stepsTo)) {
    if (isFirst(step)) first.push(step.to);
    else if (step.from !== null) next.get(step.from)?.push(step.to);
  }
  const found = new Map<NodeModel, number>();
  let open = nodes.filter((node) => node.kind === 'job' || isCalled(node));
  for (let distance = 0; distance === 0 || open.length > 0; distance++) {
    const fresh = new Set(open.filter((node) => !found.has(node)));
    for (const node of fresh) found.set(node, distance);
    open = [...fresh].flatMap((node) => next.get(node) ?? []);
    if (distance === 0) open.push(...first);
  }
  return found;
}

const MAX_WAYS = 20;
const MAX_LOOKS = 10_000;

interface Question extends Pick<Reach, 'stepsTo' | 'isCalled'> {
  readonly node: NodeModel;
  /** The steps that a way may end with. */
  readonly last: readonly Step[];
  readonly left: ReadonlyMap<NodeModel, number>;
}

/** The end of a way, and the node before it; null where the way is whole. */
interface Tail {
  readonly at: NodeModel | null;
  readonly start: NodeModel | null;
  readonly steps: readonly Step[];
}

function collectWays({ node, last, stepsTo, isCalled, left }: Question): Ways {
  const isAny = last.length === stepsTo(node).length;
  const ways: Way[] = [];
  // By the length of the shortest way that they are the end of.
  const open: Tail[][] = [];
  const add = (tail: Tail): void => {
    const rest = tail.at === null ? 0 : left.get(tail.at);
    if (rest !== undefined) (open[tail.steps.length + rest] ??= []).push(tail);
  };
  add({ at: node, start: null, steps: [] });
  for (let length = 0, looks = 0; length < open.length; length++) {
    for (let tail = open[length]?.pop(); tail !== undefined; tail = open[length]?.pop()) {
      if (ways.length > MAX_WAYS || ++looks > MAX_LOOKS) return { ways: ways.slice(0, MAX_WAYS), hasMore: true };
      const { at, start, steps } = tail;
      const isNode = steps.length === 0;
      if (at === null) ways.push({ start, steps });
      if (at === null) continue;
      if ((at.kind === 'job' || isCalled(at)) && (!isNode || isAny)) ways.push({ start: at, steps });
      const passed = new Set([node, at, ...steps.map((step) => step.to)]);
      for (const step of (isNode ? last : stepsTo(at)).toReversed()) {
        const { from } = step;
        if (isFirst(step)) add({ at: null, start: from, steps: [step, ...steps] });
        else if (from !== null && !passed.has(from)) add({ at: from, start: null, steps: [step, ...steps] });
      }
    }
  }
  return { ways: ways.slice(0, MAX_WAYS), hasMore: ways.length > MAX_WAYS };
}
