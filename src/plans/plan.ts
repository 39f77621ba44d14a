// Plans before they are started: sequences, parallel plans, chains, swarms, and a signature by itself.
//
// PLAN-1. Messages are built and checked when the plan is started, all of them before anything is stored.
// PLAN-2. All messages that do not fit are reported at once, each with its entry.

import { OnwardError } from '../errors/onward-error.ts';
import { mergeOver } from '../message/copy.ts';
import { SINGLE, type Entry, type Making, type PlanFlow, type Signed } from '../run/plan.ts';
import type { RefusedEntry } from './refusal.ts';
import type { SignedNode, Signer } from './signature.ts';
import type { MessageClass } from '../wiring/v1.ts';
import { assertNoMore } from '../values/option-rules.ts';

export type PlanKind = 'sequence' | 'parallel' | 'chain' | 'swarm';

export interface PlanCallbacks {
  readonly onSuccess: SignedNode | undefined;
  readonly onFailure: SignedNode | undefined;
}

export interface PlanParts {
  readonly flow: PlanFlow;
  readonly callbacks: PlanCallbacks;
  readonly signer: Signer;
}

/** A plan of entries that were given together. */
export class PlanBuilder implements StartablePlan {
  readonly kind: PlanKind;
  /** Whose graph it is of. */
  readonly signer: Signer;
  readonly #flow: PlanFlow;
  protected readonly entries: StartableEntry[];
  readonly #callbacks: PlanCallbacks;

  constructor(kind: PlanKind, entries: readonly StartableEntry[], { flow, callbacks, signer }: PlanParts) {
    this.kind = kind;
    this.signer = signer;
    this.entries = [...entries];
    this.#flow = flow;
    this.#callbacks = callbacks;
  }

  flow(): PlanFlow {
    return this.#flow;
  }

  get name(): string {
    return this.kind;
  }

  get takesMessage(): boolean {
    return this.kind === 'chain';
  }

  /** Its entries as they were given. */
  get written(): readonly StartableEntry[] {
    return this.entries;
  }

  save(key: unknown): Promise<void> {
    // As it is at this call: entries may be added to a swarm at once.
    const parts = { flow: this.flow(), callbacks: this.#callbacks, signer: this.signer };
    return this.signer.save(key, new PlanBuilder(this.kind, this.entries, parts));
  }

  get takesOverride(): boolean {
    return this.takesMessage;
  }

  get onSuccess(): Signed | undefined {
    return this.#callbacks.onSuccess?.signed();
  }

  get onFailure(): Signed | undefined {
    return this.#callbacks.onFailure?.signed();
  }

  async lanes(given: GivenAtStart, build: BuildMessage): Promise<readonly (readonly Entry[])[]> {
    if (this.kind === 'chain') return [await this.#links(given, build)];
    const built = await builtEntries(this.entries, build);
    const groups = this.entries.some(({ group }) => group !== undefined) ? this.#inGroups(built) : null;
    if (this.kind === 'sequence') return [groups === null ? built : groups.flat()];
    return groups ?? built.map((entry) => [entry]);
  }

  #inGroups(built: readonly Entry[]): (readonly Entry[])[] {
    return [...inGroups(built.map((entry, at) => [entry, this.entries[at]?.group]))];
  }

  /** The first link has a message; every other one is given what the link before it returned. */
  async #links(given: GivenAtStart, build: BuildMessage): Promise<Entry[]> {
    const [first, ...others] = this.entries;
    if (first === undefined) return [];
    const begun = await builtEntry(first, 0, given, build);
    let follows = begun.node;
    return [
      begun,
      ...others.map(({ signed }, index): Entry => {
        const link = { ...signed, at: index + 1, follows };
        follows = signed.node;
        return link;
      }),
    ];
  }
}

/** A signature by itself is a plan of one job. */
export function startableSignature(signature: SignedNode): StartablePlan {
  return {
    name: signature.node,
    flow: () => SINGLE,
    takesMessage: true,
    takesOverride: true,
    lanes: async (given, build) => {
      const entry = { signed: signature.signed(), message: given.message, checkedBy: signature.checkedBy };
      return [[await builtEntry(entry, 0, given, build)]];
    },
  };
}

/** The entry with its message: what is bound lies over the message, and an override over both. A promise if `build` gives one. */
export function builtEntry(
  startable: StartableEntry,
  at: number,
  given: GivenAtStart,
  build: BuildMessage,
): Entry | Promise<Entry> {
  const { signed, message, checkedBy } = startable;
  const laid = mergeOver(mergeOver(message ?? given.message, signed.bound), given.override);
  const built = build(signed.node, laid, { at, checkedBy });
  return built instanceof Promise
    ? built.then((valid) => finishedEntry(startable, at, valid))
    : finishedEntry(startable, at, built);
}

function finishedEntry({ signed, always, condition }: StartableEntry, at: number, message: unknown): Entry {
  const { node, success, error } = signed;
  const entry: Making<Entry> = { node, at };
  if (message !== undefined) entry.message = message;
  if (success !== undefined) entry.success = success;
  if (error !== undefined) entry.error = error;
  if (always) entry.always = always;
  if (condition !== undefined) entry.condition = condition;
  return entry;
}

const NOTHING: GivenAtStart = { message: undefined, override: undefined };

/** @throws {OnwardError} ONW2003 with the problems of all messages that do not fit. */
async function builtEntries(entries: readonly StartableEntry[], build: BuildMessage): Promise<Entry[]> {
  const built: Entry[] = [];
  const refused: RefusedEntry[] = [];
  for (const [at, entry] of entries.entries()) {
    try {
      const ready = builtEntry(entry, at, NOTHING, build);
      built.push(ready instanceof Promise ? await ready : ready);
    } catch (reason) {
      refused.push({ at, reason });
    }
  }
  if (refused.length > 0) throw (await import('./refusal.ts')).refusalOf(refused, entries);
  return built;
}

/** One job of a startable. */
export interface StartableEntry {
  readonly signed: Signed;
  /** As it was given; what is bound lies over it. */
  readonly message: unknown;
  readonly group?: string;
  readonly always?: true;
  readonly condition?: readonly unknown[];
  /** The class that its message is checked against before its own. */
  readonly checkedBy?: MessageClass | undefined;
}

/** What a start gives to a plan. */
export interface GivenAtStart {
  readonly message: unknown;
  readonly override: unknown;
}

/** Anything that a run can be started with, other than the name of a job. */
export interface StartablePlan {
  readonly name: string;
  /** @throws {OnwardError} ONW3004 if what is given does not fit. */
  flow(given: GivenAtStart): PlanFlow | Promise<PlanFlow>;
  /** `start` takes a message, or parameters, before its options. */
  readonly takesMessage: boolean;
  /** Its first message can be overridden. */
  readonly takesOverride: boolean;
  /** Of what reads its message in a later turn: a copy that nobody changes until then. */
  readonly copied?: (this: void, message: unknown) => unknown;
  readonly onSuccess?: Signed | undefined;
  readonly onFailure?: Signed | undefined;
  /** The entries in their lanes, their messages built. @throws {OnwardError} as `start` does. */
  lanes(given: GivenAtStart, build: BuildMessage): Promise<readonly (readonly Entry[])[]>;
}

/** Builds and checks the message of a job: by another class if there is one, then by its own. @throws {OnwardError} ONW2001 to ONW2011. */
export type BuildMessage = (job: string, data: unknown, entry: BuiltEntry) => unknown;

interface BuiltEntry {
  /** Its place in the plan. */
  readonly at: number;
  readonly checkedBy: MessageClass | undefined;
}

/** In the order in which the groups appear; an entry without one is a group of its own. */
export function inGroups(
  entries: Iterable<readonly [entry: Entry, group: string | undefined]>,
): Iterable<readonly Entry[]> {
  const groups = new Map<string | number, Entry[]>();
  for (const [entry, name = entry.at] of entries) {
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [entry]);
    else group.push(entry);
  }
  return groups.values();
}

/** What is added to a swarm, before its start and to its run. */
export const ADD_TAKES = 'add takes a job and its message';

export class SwarmBuilder extends PlanBuilder {
  readonly #most: number | null;
  readonly #entryOf: (job: unknown, message: unknown) => StartableEntry;
  #isClosed = false;
  #isStarted = false;

  constructor(parts: PlanParts, entryOf: (job: unknown, message: unknown) => StartableEntry) {
    super('swarm', [], parts);
    this.#most = parts.flow.open?.most ?? null;
    this.#entryOf = entryOf;
  }

  add(job: unknown, message?: unknown, ...more: readonly unknown[]): this {
    assertNoMore(2 + more.length, 2, ADD_TAKES);
    if (this.#isStarted) throw startedAlready('add to');
    if (this.#isClosed) throw notAdded('it was closed');
    const most = this.#most;
    if (most !== null && this.entries.length >= most) throw notAdded(`its \`maxSteps\` allows ${most}`);
    this.entries.push(this.#entryOf(job, message));
    return this;
  }

  close(): this {
    if (this.#isStarted && !this.#isClosed) throw startedAlready('close');
    this.#isClosed = true;
    return this;
  }

  /** One that was closed accepts nothing more when it runs. */
  override flow(): PlanFlow {
    const { open, ...closed } = super.flow();
    return this.#isClosed || open === undefined ? closed : { ...closed, open };
  }

  override lanes(given: GivenAtStart, build: BuildMessage): Promise<readonly (readonly Entry[])[]> {
    this.#isStarted = true;
    return super.lanes(given, build);
  }
}

/** What holds of a run is decided at its start. */
function startedAlready(next: string): OnwardError {
  return new OnwardError('ONW3052', `the swarm was started already; ${next} the run that \`start\` gave back`);
}

/** Why a swarm accepts nothing more. */
export function notAdded(why: string): OnwardError {
  return new OnwardError('ONW3053', `nothing can be added to the swarm any more: ${why}; start another one`);
}
