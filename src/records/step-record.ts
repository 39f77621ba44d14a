// A live step as a record, and back. What only some steps have is left out where a step does not have it.

import { nodeNamed } from '../graph/compile.ts';
import type { EdgeFault, Facts, CallKey, Ref } from '../run/step-data.ts';
import type { Phase, Role, StepCode } from '../run/status.ts';
import { place, type Placement } from '../run/overlay.ts';
import { type EntryMark, type Listening, type Rare, Step, type Run } from '../run/state.ts';

/** A live step. */
export interface StepRecord extends RareRecord {
  readonly node: string;
  readonly via: string | null;
  /** The steps around it, nearest first. */
  readonly around: readonly number[];
  readonly cause: number;
  readonly round: number;
  readonly a: Ref;
  readonly b: Ref;
  readonly message: Ref;
  readonly value: Ref;
  readonly attempt: number;
  readonly phase: Phase;
  readonly code: StepCode;
  readonly startedAt: number;
  readonly startSeq: number;
}

/** Absent members are as in a fresh `Rare`. */
interface RareRecord {
  readonly role?: Role;
  readonly call?: CallKey;
  readonly key?: string;
  readonly group?: string;
  readonly item?: number;
  readonly brackets?: number;
  readonly children?: number;
  readonly started?: number;
  readonly wakeAt?: number;
  readonly waits?: boolean;
  readonly prepared?: boolean;
  readonly lostBefore?: boolean;
  readonly faults?: readonly EdgeFault[];
  readonly facts?: Facts;
  readonly succeeded?: boolean;
  readonly recovered?: { readonly value: Ref };
  readonly failedChild?: { readonly id: number; readonly error: Ref };
  readonly conflicts?: readonly string[];
  readonly exitIgnored?: boolean;
  readonly cancelTold?: boolean;
  readonly cancelReason?: string;
  readonly root?: number;
  readonly entry?: EntryMark;
  readonly placement?: Placement;
  readonly listening?: Listening;
}

/** Members of a `Rare` that a record holds as they are. */
const PLAIN = [
  'role',
  'call',
  'key',
  'item',
  'brackets',
  'children',
  'started',
  'wakeAt',
  'waits',
  'prepared',
  'lostBefore',
  'faults',
  'facts',
  'succeeded',
  'recovered',
  'failedChild',
  'conflicts',
  'exitIgnored',
  'cancelTold',
  'cancelReason',
  'entry',
  'placement',
  'listening',
] as const satisfies readonly (keyof Rare & keyof RareRecord)[];

/** Owner, group and root are tied by whoever has them. */
export function hydrateStep(run: Run, id: number, record: StepRecord): Step {
  const { graph } = run;
  const placed = record.placement === undefined ? undefined : place(graph, record.placement);
  const step = new Step(run, placed?.node ?? nodeNamed(graph, record.node), id);
  step.via = record.via === null ? null : (graph.edgeOf.get(record.via) ?? placed?.edge ?? null);
  step.cause = record.cause;
  step.round = record.round;
  step.a = record.a ?? undefined;
  step.b = record.b ?? undefined;
  step.message = record.message ?? undefined;
  step.value = record.value ?? undefined;
  step.attempt = record.attempt;
  step.phase = record.phase;
  step.code = record.code;
  step.startedAt = record.startedAt;
  step.startSeq = record.startSeq;
  step.slot = run.live.push(step) - 1;
  for (const name of PLAIN) if (record[name] !== undefined) Object.assign(step.rarely, { [name]: record[name] });
  return step;
}

export function dehydrateStep(step: Step): StepRecord {
  const { rare } = step;
  return {
    node: step.node.name,
    via: step.via?.id ?? null,
    around: enclosing(step).map(({ id }) => id),
    cause: step.cause,
    round: step.round,
    a: step.a ?? null,
    b: step.b ?? null,
    message: step.message ?? null,
    value: step.value ?? null,
    attempt: step.attempt,
    phase: step.phase,
    code: step.code,
    startedAt: step.startedAt,
    startSeq: step.startSeq,
    ...(rare !== null && dehydrateRare(rare)),
  };
}

function dehydrateRare(rare: Rare): RareRecord {
  const kept: Record<string, unknown> = {};
  for (const name of PLAIN) if (rare[name] && rare[name] !== -1) kept[name] = rare[name];
  if (rare.item >= 0) kept['item'] = rare.item;
  if (rare.group !== null) kept['group'] = rare.group.key;
  if (rare.root !== null) kept['root'] = rare.root.entry;
  return kept;
}

/** The steps that wait for this one, nearest first. */
export function enclosing(step: Step): Step[] {
  const found: Step[] = [];
  for (let owner = step.owner; owner !== null; owner = owner.owner) found.push(owner);
  return found;
}
