// How a run is started, as the core takes it: without drafts and signatures.

import { inLanes, SINGLE as ONE, type Entry, type RunPlan, type Signed } from '../../src/run/plan.ts';
import { nodeName, type Control } from './graph-plan.ts';
import { addedMessage, entryMessage, lanesOf, type Condition, type SignedPlan, type StartPlan } from './start-plan.ts';

export function corePlan(start: StartPlan): RunPlan {
  const { kind, concurrency, stopAfterFailures, isOpen, maxSteps: most, onSuccess, onFailure } = start;
  const lanes = lanesOf(start).map((places) => places.map((at) => entryOf(start, at)));
  const shape = kind === 'chain' ? 'last' : 'list';
  const keepGoing = start.keepGoing;
  const parts = { ...(isOpen && { open: { most } }), ...(kind === 'parallel' && { areLanesApart: true as const }) };
  const flow = { shape, keepGoing, concurrency, stopAfterFailures, ...parts } as const;
  return {
    name: kind === 'single' ? nodeName(start.entries[0]?.node ?? 0) : kind,
    entries: inLanes(lanes),
    flow: kind === 'single' ? ONE : flow,
    ...(onSuccess !== null && { onSuccess: signedOf(onSuccess) }),
    ...(onFailure !== null && { onFailure: signedOf(onFailure) }),
  };
}

function entryOf(start: StartPlan, at: number): Entry {
  const plan = start.entries[at];
  if (plan === undefined) throw new RangeError(`there is no entry ${at}`);
  const signed = signedOf(plan);
  const { always, condition } = plan;
  const follows = start.kind === 'chain' && at > 0 ? nodeName(start.entries[at - 1]?.node ?? 0) : undefined;
  if (follows !== undefined) return { ...signed, at, follows };
  const { bound: _, ...unbound } = signed;
  return {
    ...unbound,
    at,
    message: entryMessage(start, at),
    ...(always && { always }),
    ...(condition !== null && { condition }),
  };
}

export function addedEntry({ at, signed }: Extract<Control, { do: 'add' }>): Entry {
  const { bound: _, ...unbound } = signedOf(signed);
  return { ...unbound, at: 0, message: addedMessage(at, signed) };
}

function signedOf({ node, bound, success, error }: SignedPlan): Signed {
  return {
    node: nodeName(node),
    ...(bound !== null && { bound }),
    ...(success.length > 0 && { success: success.map(signedOf) }),
    ...(error.length > 0 && { error: error.map(signedOf) }),
  };
}

/** What was bound, as `signedOf` has put it. */
export function boundIn({ bound }: Signed): string | null {
  return typeof bound === 'string' ? bound : null;
}

/** The condition of an entry, as `entryOf` has put it. */
export function conditionOf(condition: unknown): Condition | undefined {
  if (typeof condition !== 'object' || condition === null) return undefined;
  const fields = new Map<string, unknown>(Object.entries(condition));
  const [is, answers] = [fields.get('is'), fields.get('answers')];
  if (typeof is === 'boolean') return { is };
  return typeof answers === 'boolean' || answers === 'throws' ? { answers } : undefined;
}
