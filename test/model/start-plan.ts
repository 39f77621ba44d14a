// How a drawn run is started, as plain data: one job, or a plan of several with what follows each of them.
//
// P1. Entries stand as they are written; which of them follows which is said by `lanesOf`.
// P2. What is bound is a text that nobody else binds: a message shows where it came by.

import type { Trail } from './script.ts';

/** A node with what is bound to it and with callbacks of its own. */
export interface SignedPlan {
  readonly node: number;
  readonly bound: string | null;
  readonly success: readonly SignedPlan[];
  readonly error: readonly SignedPlan[];
}

/** A value, or a predicate that answers or throws. */
export type Condition = { readonly is: boolean } | { readonly answers: boolean | 'throws' };

export interface EntryPlan extends SignedPlan {
  readonly group: number | null;
  readonly always: boolean;
  readonly condition: Condition | null;
}

export interface StartPlan {
  readonly kind: 'single' | 'sequence' | 'parallel' | 'chain' | 'swarm';
  readonly entries: readonly EntryPlan[];
  readonly keepGoing: boolean;
  readonly concurrency: number | null;
  readonly stopAfterFailures: number | null;
  /** Entries can be added until it is closed. */
  readonly isOpen: boolean;
  /** So many entries in all. */
  readonly maxSteps: number | null;
  readonly onSuccess: SignedPlan | null;
  readonly onFailure: SignedPlan | null;
}

/** Mostly runs begin with one job. */
export const SINGLE: StartPlan = {
  kind: 'single',
  entries: [{ node: 0, bound: null, success: [], error: [], group: null, always: false, condition: null }],
  keepGoing: false,
  concurrency: null,
  stopAfterFailures: null,
  isOpen: false,
  maxSteps: null,
  onSuccess: null,
  onFailure: null,
};

/** The places of the entries, lane by lane: groups in the order in which they appear. */
export function lanesOf({ kind, entries }: StartPlan): readonly (readonly number[])[] {
  const places = [...entries.keys()];
  if (kind === 'chain' || kind === 'single') return [places];
  const isWith = (at: number, first: number): boolean =>
    at === first || (entries[first]?.group !== null && entries[at]?.group === entries[first]?.group);
  const groups = places
    .filter((at) => !places.slice(0, at).some((before) => isWith(at, before)))
    .map((first) => places.filter((at) => isWith(at, first)));
  return kind === 'sequence' ? [groups.flat()] : groups;
}

/** What an entry is started with. Later links of a chain are given what the link before them returned. */
export function entryMessage({ kind, entries }: StartPlan, at: number): unknown {
  return kind === 'single' ? withBound(undefined, entries[at]?.bound ?? null) : namedMessage(`e${at}`, entries[at]);
}

/** What an added entry is started with, by the time at which it is. */
export function addedMessage(at: number, signed: SignedPlan): unknown {
  return namedMessage(`a${at}`, signed);
}

/** What comes from outside under an id. */
export function sentMessage(id: number): Trail {
  return { path: `m${id}`, tag: id % 2 === 0 ? 'a' : 'b' };
}

function namedMessage(path: string, signed: SignedPlan | undefined): unknown {
  return withBound({ path, tag: 'a' } satisfies Trail, signed?.bound ?? null);
}

/** Bound fields lie over a message. */
export function withBound(message: unknown, bound: string | null): unknown {
  return bound === null ? message : Object.assign({}, message, { via: bound });
}
