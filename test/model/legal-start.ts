// A way to start a run that was drawn at random, made into one that a runtime takes, and that ends.

import type { Control, EdgePlan, NodePlan } from './graph-plan.ts';
import { mayGiveArray, type Shape } from './legal-plan.ts';
import { SINGLE, type EntryPlan, type SignedPlan, type StartPlan } from './start-plan.ts';

export interface DrawnSigned {
  readonly node: number;
  readonly binds: boolean;
  readonly success: readonly DrawnSigned[];
  readonly error: readonly DrawnSigned[];
}
export type DrawnEntry = DrawnSigned & Pick<EntryPlan, 'group' | 'always' | 'condition'>;
export interface DrawnStart extends Omit<StartPlan, 'entries' | 'onSuccess' | 'onFailure'> {
  readonly entries: readonly DrawnEntry[];
  readonly onSuccess: DrawnSigned | null;
  readonly onFailure: DrawnSigned | null;
}
export interface DrawnOutside {
  readonly adds: readonly { readonly at: number; readonly signed: DrawnSigned }[];
  readonly closeAt: number;
  readonly sends: readonly { readonly at: number; readonly node: number; readonly id: number }[];
}

interface Surroundings {
  readonly shape: Shape;
  readonly nodes: readonly NodePlan[];
  readonly edges: readonly EdgePlan[];
}

export function legalStart(drawn: DrawnStart, around: Surroundings): StartPlan {
  const { kind, keepGoing, concurrency, stopAfterFailures, isOpen, maxSteps } = drawn;
  const entries = legalEntries(drawn, around);
  if (kind === 'single') return { ...SINGLE, entries };
  const isSwarm = kind === 'swarm';
  return {
    kind,
    entries,
    keepGoing: isSwarm || (keepGoing && kind !== 'chain'),
    concurrency: isSwarm ? concurrency : null,
    stopAfterFailures: isSwarm ? stopAfterFailures : null,
    isOpen: isSwarm && isOpen,
    // It has room for what it begins with.
    maxSteps: isSwarm && maxSteps !== null ? entries.length + maxSteps : null,
    onSuccess: drawn.onSuccess && legalWatcher(drawn.onSuccess, 'onSuccess', around),
    onFailure: drawn.onFailure && legalWatcher(drawn.onFailure, 'onFailure', around),
  };
}

/** A chain has two links or more; conditions and groups are for written lists. */
function legalEntries({ kind, entries: drawn }: DrawnStart, around: Surroundings): EntryPlan[] {
  if (kind === 'single') {
    const [only] = drawn;
    if (only === undefined) return [...SINGLE.entries];
    return [legalEntry({ ...only, node: 0 }, 'b0', { isWritten: false, mayBeArray: false }, around)];
  }
  const isWritten = kind === 'sequence' || kind === 'parallel';
  const entries: EntryPlan[] = [];
  for (const entry of kind === 'chain' && drawn.length === 1 ? [...drawn, ...drawn] : drawn) {
    const before = kind === 'chain' ? entries.at(-1) : undefined;
    const mayBeArray = before !== undefined && mayGiveArray(before.node, around.nodes, around.edges);
    entries.push(legalEntry(entry, `b${entries.length}`, { isWritten, mayBeArray }, around));
  }
  return entries;
}

interface Place {
  readonly isWritten: boolean;
  /** What it is given may be no record. */
  readonly mayBeArray: boolean;
}

function legalEntry(
  drawn: DrawnEntry,
  name: string,
  { isWritten, mayBeArray }: Place,
  around: Surroundings,
): EntryPlan {
  const { group, always, condition } = drawn;
  return {
    ...legalJob(drawn, name, mayBeArray, around),
    ...(isWritten ? { group, always, condition } : { group: null, always: false, condition: null }),
  };
}

/** What a run begins with waits for nobody. */
function legalJob(drawn: DrawnSigned, name: string, mayBeArray: boolean, around: Surroundings): SignedPlan {
  const { shape } = around;
  const jobs = Array.from({ length: shape.flow + 1 }, (_, at) => at).filter((at) => !shape.waiting.includes(at));
  return legalSigned({ ...drawn, node: jobs[drawn.node % jobs.length] ?? 0 }, name, mayBeArray, around);
}

/** Bound fields lie over records only. */
function legalSigned(drawn: DrawnSigned, name: string, mayBeArray: boolean, around: Surroundings): SignedPlan {
  const node = drawn.node % around.shape.all;
  const givesArray = mayGiveArray(node, around.nodes, around.edges);
  const bound = drawn.binds && !mayBeArray ? name : null;
  // A message that waits comes from outside, and is a record.
  const isOwnArray = mayBeArray && around.nodes[node]?.waits !== true;
  return {
    node,
    bound,
    success: drawn.success.map((callback, at) => legalSigned(callback, `${name}.s${at}`, givesArray, around)),
    error: drawn.error.map((callback, at) => legalSigned(callback, `${name}.e${at}`, isOwnArray, around)),
  };
}

/** Nothing is carried on behind a watcher. */
function legalWatcher(drawn: DrawnSigned, name: string, around: Surroundings): SignedPlan {
  const { flow, all } = around.shape;
  const node = flow + (drawn.node % (all - flow));
  const error = drawn.error.map((callback, at) => legalWatcher(callback, `${name}.e${at}`, around));
  return { node, bound: drawn.binds ? name : null, success: [], error };
}

/** What comes from outside; a plan that is open is closed in the end. */
export function legalOutside(drawn: DrawnOutside, start: StartPlan, around: Surroundings): Control[] {
  const { waiting } = around.shape;
  const adds = drawn.adds.map(({ at, signed }): Control => ({
    at,
    do: 'add',
    signed: legalJob(signed, `a${at}`, false, around),
  }));
  const sends = drawn.sends.flatMap(({ at, node, id }): Control[] => {
    const to = waiting[node % Math.max(1, waiting.length)];
    return to === undefined ? [] : [{ at, do: 'send', node: to, id }];
  });
  return [...sends, ...(start.isOpen ? [...adds, { at: drawn.closeAt, do: 'close' } as const] : [])];
}
