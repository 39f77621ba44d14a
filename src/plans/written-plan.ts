// The plan as somebody writes it down: a sequence, a parallel plan, a chain or a swarm, and a signature by itself.

import { OnwardError, isOnwardError, type Issue } from '../errors/onward-error.ts';
import { mergeOver } from '../message/copy.ts';
import { describeThrown } from '../message/describe-thrown.ts';
import { SINGLE, type Entry, type PlanFlow, type Signed } from '../run/plan.ts';
import { inGroups } from './groups.ts';
import type { BuildMessage, Draft, DraftEntry, GivenAtStart } from './draft.ts';
import type { SignedNode, Signer } from './signed-node.ts';

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

/** Entries that were written down together. */
export class WrittenPlan implements Draft {
  readonly kind: PlanKind;
  /** Whose graph it is of. */
  readonly signer: Signer;
  readonly #flow: PlanFlow;
  protected readonly entries: DraftEntry[];
  readonly #callbacks: PlanCallbacks;

  constructor(kind: PlanKind, entries: readonly DraftEntry[], { flow, callbacks, signer }: PlanParts) {
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
    const groups = [...inGroups(built.map((entry, at) => [entry, this.entries[at]?.group]))];
    return this.kind === 'sequence' ? [groups.flat()] : groups;
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
export function signatureDraft(signature: SignedNode): Draft {
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

/** The entry with its message: what is bound lies over the message, and an override over both. A promise as `build`. */
export function builtEntry(
  draft: DraftEntry,
  at: number,
  given: GivenAtStart,
  build: BuildMessage,
): Entry | Promise<Entry> {
  const { signed, message, checkedBy } = draft;
  const laid = mergeOver(mergeOver(message ?? given.message, signed.bound), given.override);
  const built = build(signed.node, laid, checkedBy);
  return built instanceof Promise ? built.then((valid) => entryOf(draft, at, valid)) : entryOf(draft, at, built);
}

function entryOf({ signed, always, condition }: DraftEntry, at: number, message: unknown): Entry {
  const { node, success, error } = signed;
  return {
    node,
    at,
    ...(message !== undefined && { message }),
    ...(success !== undefined && { success }),
    ...(error !== undefined && { error }),
    ...(always && { always }),
    ...(condition !== undefined && { condition }),
  };
}

const NOTHING: GivenAtStart = { message: undefined, override: undefined };

/** @throws {OnwardError} ONW2003 with the problems of all messages that do not fit. */
async function builtEntries(entries: readonly DraftEntry[], build: BuildMessage): Promise<Entry[]> {
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
  if (refused.length > 0) throw refusalOf(refused, entries);
  return built;
}

interface RefusedEntry {
  readonly at: number;
  readonly reason: unknown;
}

function refusalOf(refused: readonly RefusedEntry[], entries: readonly DraftEntry[]): unknown {
  const foreign = refused.find(({ reason }) => !isOnwardError(reason));
  if (foreign !== undefined) return foreign.reason;
  const told = refused.map(({ at, reason }) => {
    const text = reason instanceof Error ? reason.message : String(reason);
    return `entries[${at}] (${entries[at]?.signed.node}): ${text}`;
  });
  const issues = refused.flatMap(({ at, reason }): readonly Issue[] => {
    const own = isOnwardError(reason) ? reason.issues : [];
    if (own.length > 0) return own.map((issue) => ({ ...issue, path: pathIn(at, issue.path) }));
    return [{ path: pathIn(at, ''), expected: 'a message that fits the job', got: describeThrown(reason) }];
  });
  const text = `${refused.length === 1 ? 'a message' : `${refused.length} messages`} of the plan cannot be used:\n  ${told.join('\n  ')}`;
  return new OnwardError('ONW2003', text, { issues, cause: refused[0]?.reason });
}

function pathIn(at: number, path: string): string {
  const stem = `entries[${at}].message`;
  if (path === '') return stem;
  return path.startsWith('[') ? `${stem}${path}` : `${stem}.${path}`;
}
