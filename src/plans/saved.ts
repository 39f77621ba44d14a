// Signatures and plans as text, and back: what a process has saved, another one builds again from its own graph.
//
// SAVED-1. It is built by the same calls as in code: a node that is gone, or cannot be what it was, is refused as there.
// SAVED-2. What is saved is as it was at that moment. What is built from it is new, and can be extended.
// SAVED-3. Predicates cannot be kept, and neither can a class that the graph does not name.

import { isOnwardError, OnwardError, withoutCode } from '../errors/onward-error.ts';
import { decode, encode } from '../values/codec.ts';
import type { Classes } from '../values/classes.ts';
import { classNameOf } from '../values/class-of.ts';
import { describeThrown, quoted } from '../values/describe.ts';
import type { PlanFlow, Signed } from '../run/plan.ts';
import type { MessageClass } from '../wiring/v1.ts';
import type { PlanBuilder, PlanKind, StartableEntry, SwarmBuilder } from './plan.ts';
import type { Planner } from './planner.ts';
import { SignedNode, type Saveable } from './signature.ts';

interface SavedSignature extends Signed {
  /** The name of the class that its message is checked by first. */
  readonly checkedBy?: string;
}

interface SavedEntry {
  readonly job: SavedSignature;
  readonly message?: unknown;
  readonly group?: string;
  readonly always?: true;
  readonly if?: readonly unknown[];
}

/** What is saved. */
type Saved =
  | { readonly kind: 'signature'; readonly signature: SavedSignature }
  | {
      readonly kind: PlanKind;
      readonly entries: readonly SavedEntry[];
      readonly flow: PlanFlow;
      readonly onSuccess?: Signed;
      readonly onFailure?: Signed;
    };

/** @throws {OnwardError} ONW3045 with the place of what cannot be kept. */
export function textOfPlan(what: Saveable, classes: Classes): string {
  try {
    return JSON.stringify(encode(savedOf(what, classes), classes));
  } catch (cause) {
    if (!isOnwardError(cause, 'ONW3045')) throw cause;
    const name = what instanceof SignedNode ? `the signature of ${what.node}` : `the ${what.kind}`;
    const why = withoutCode(cause);
    const isValue = cause.issues.length > 0;
    const next = isValue ? '; bind values, and decide conditions ahead of the start or in the job' : '';
    throw new OnwardError('ONW3045', `${name} cannot be saved: ${why}${next}`, { issues: cause.issues, cause });
  }
}

function savedOf(what: Saveable, classes: Classes): Saved {
  if (what instanceof SignedNode)
    return { kind: 'signature', signature: signatureOf(what.signed(), what.checkedBy, classes) };
  const { onSuccess, onFailure } = what;
  return {
    kind: what.kind,
    entries: what.written.map((entry) => entryOf(entry, classes)),
    flow: what.flow(),
    ...(onSuccess !== undefined && { onSuccess }),
    ...(onFailure !== undefined && { onFailure }),
  };
}

function entryOf(
  { signed, message, group, always, condition, checkedBy }: StartableEntry,
  classes: Classes,
): SavedEntry {
  return {
    job: signatureOf(signed, checkedBy, classes),
    ...(message !== undefined && { message }),
    ...(group !== undefined && { group }),
    ...(always === true && { always }),
    ...(condition !== undefined && { if: condition }),
  };
}

function signatureOf(signed: Signed, checkedBy: MessageClass | undefined, classes: Classes): SavedSignature {
  if (checkedBy === undefined) return signed;
  const name = classes.nameOf(checkedBy.prototype);
  if (name !== undefined) return { ...signed, checkedBy: name };
  const text = `the class ${classNameOf(checkedBy.prototype)} of \`validateWith\` has no name in the graph; name it in the option \`classes\` of createRuntime`;
  throw new OnwardError('ONW3045', text);
}

/**
 * @throws {OnwardError} as the calls that build it: ONW3005 if a node is gone, ONW3004 if it takes something else now; ONW3045 if
 *   a class is gone; ONW4005 if it cannot be read.
 */
export function planOfText(text: string, planner: Planner, { key, classes }: Reading): Saveable {
  const saved = readSaved(text, { key, classes });
  const builder = new Builder(planner, classes);
  try {
    return saved.kind === 'signature' ? builder.signature(saved.signature) : builder.plan(saved);
  } catch (cause) {
    if (!isOnwardError(cause)) throw cause;
    const why = withoutCode(cause);
    const problem = `what is saved as ${quoted(key)} does not fit the graph any more: ${why}`;
    // A class that is gone can be named again: its text says so.
    const next = cause.code === 'ONW3045' ? '' : '; save it again, or remove it';
    const { details, issues } = cause;
    throw new OnwardError(cause.code, problem + next, { details: { ...details, key }, issues, cause });
  }
}

/** The border to the store: we wrote it. @throws {OnwardError} ONW4005 if it cannot be read. */
function readSaved(text: string, { key, classes }: Reading): Saved {
  try {
    return decode(JSON.parse(text), classes) as Saved;
  } catch (cause) {
    const why = `what is saved as ${quoted(key)} cannot be read (${describeThrown(cause)})`;
    throw new OnwardError('ONW4005', `${why}; save it again, or remove it`, { details: { key }, cause });
  }
}

interface Reading {
  readonly key: string;
  readonly classes: Classes;
}

class Builder {
  readonly #planner: Planner;
  readonly #classes: Classes;

  constructor(planner: Planner, classes: Classes) {
    this.#planner = planner;
    this.#classes = classes;
  }

  signature({ node, bound, success = [], error = [], checkedBy }: SavedSignature): SignedNode {
    const signature = this.#planner.sign(node, bound);
    for (const callback of success) signature.onSuccess(this.signature(callback));
    for (const callback of error) signature.onError(this.signature(callback));
    return checkedBy === undefined ? signature : signature.validateWith(this.#classOf(checkedBy));
  }

  #classOf(name: string): unknown {
    const prototype = this.#classes.prototypeOf(name);
    if (prototype !== undefined) return prototype.constructor;
    const text = `its \`validateWith\` names the class ${quoted(name)}, which is not known here; add it to the option \`classes\` of createRuntime`;
    throw new OnwardError('ONW3045', text);
  }

  plan({ kind, entries, flow, onSuccess, onFailure }: Exclude<Saved, { kind: 'signature' }>): PlanBuilder {
    const jobs = entries.map((entry) => ({ ...entry, job: this.signature(entry.job) }));
    const callbacks = {
      ...(onSuccess !== undefined && { onSuccess: this.signature(onSuccess) }),
      ...(onFailure !== undefined && { onFailure: this.signature(onFailure) }),
    };
    if (kind === 'chain') {
      return this.#planner.chain(
        jobs.map(({ job }) => job),
        callbacks,
      );
    }
    if (kind === 'swarm') return this.#swarm(flow, jobs, callbacks);
    return this.#planner[kind](jobs, { keepGoing: flow.keepGoing, ...callbacks });
  }

  #swarm(
    { concurrency, stopAfterFailures, open }: PlanFlow,
    jobs: readonly { readonly job: SignedNode; readonly message?: unknown }[],
    callbacks: object,
  ): SwarmBuilder {
    const most = open?.most ?? null;
    const swarm = this.#planner.swarm({
      ...(concurrency !== null && { concurrency }),
      ...(stopAfterFailures !== null && { stopAfterFailures }),
      ...(most !== null && { maxSteps: most }),
      ...callbacks,
    });
    for (const { job, message } of jobs) swarm.add(job, message);
    return open === undefined ? swarm.close() : swarm;
  }
}
