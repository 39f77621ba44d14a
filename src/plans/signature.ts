// A signature while it is built: what is bound so far, and the callbacks that were added.
//
// SIGNATURE-1. Once it was started, saved, or put into a plan, nothing of it changes.
// SIGNATURE-2. It is never a callback of itself, and depth and number of its callbacks are limited: recursion is bounded.

import { OnwardError } from '../errors/onward-error.ts';
import { copyOf, mergeOver } from '../message/copy.ts';
import { describeValue } from '../values/describe.ts';
import { valueShown } from '../values/sensitive.ts';
import type { Marks } from '../execute/application.ts';
import type { Signed } from '../run/plan.ts';
import type { MessageClass } from '../wiring/v1.ts';
import { isRecord } from '../values/json.ts';
import type { PlanBuilder } from './plan.ts';
import { assertNoMore } from '../values/option-rules.ts';

export type Fields = Readonly<Record<string, unknown>>;

/** What can be saved by name. */
export type Saveable = SignedNode | PlanBuilder;

/** What a signature asks of the graph it belongs to. */
export interface Signer {
  /** @throws {OnwardError} ONW3005 if there is no such node. */
  callbackFor(callback: unknown): SignedNode;
  /** Keeps a signature or a plan under a key. @throws {OnwardError} as `Saving.save`. */
  save(key: unknown, what: Saveable): Promise<void>;
  /** Messages of the node have sensitive fields. */
  holdsSecrets(node: string): boolean;
}

/** How deep callbacks of callbacks may be nested, and how many there may be in all. */
const MOST_DEEP = 500;
const MOST_CALLBACKS = 10_000;

/** What a signature was when it was started. */
interface Kept {
  readonly signed: Signed;
  /** Levels of callbacks below it. */
  readonly height: number;
  /** Callbacks below it; one that is used twice counts twice. */
  readonly size: number;
}

export class SignedNode {
  readonly node: string;
  readonly signer: Signer;
  readonly #marks: Marks;
  #bound: Fields | undefined;
  readonly #success: SignedNode[] = [];
  readonly #error: SignedNode[] = [];
  #checkedBy: MessageClass | undefined;
  #kept: Kept | undefined;

  constructor(node: string, signer: Signer, marks: Marks) {
    this.node = node;
    this.signer = signer;
    this.#marks = marks;
  }

  get bound(): Fields | undefined {
    return this.#bound;
  }

  bind(fields: unknown, ...more: readonly unknown[]): this {
    assertNoMore(1 + more.length, 1, 'bind takes one object of fields');
    this.#assertOpen('be bound to anything');
    if (fields === undefined) return this;
    if (!isRecord(fields)) {
      const got = valueShown(fields, this.signer.holdsSecrets(this.node));
      const text = `expected what is bound to ${this.node} to be an object of fields, got ${got}`;
      throw new OnwardError('ONW3004', text, { details: { node: this.node } });
    }
    const { field, errorField } = this.#marks;
    const taken = [field, errorField].find((name) => name !== undefined && Object.hasOwn(fields, name));
    if (taken !== undefined) {
      const text = `\`${taken}\` of ${this.node} is filled by what it is a callback of and cannot be bound; leave it out`;
      throw new OnwardError('ONW3004', text, { details: { node: this.node, field: taken } });
    }
    // A copy: later changes by its owner have no effect.
    this.#bound = mergedFields(this.#bound ?? {}, copyOf(fields));
    return this;
  }

  validateWith(messageClass: unknown): this {
    this.#assertOpen('be validated by another class');
    // An arrow function is not a class.
    if (typeof messageClass !== 'function' || !isRecord(messageClass.prototype)) {
      const text = `expected \`validateWith\` of ${this.node} to be given a message class, got ${describeValue(messageClass)}`;
      throw new OnwardError('ONW3004', text, { details: { node: this.node } });
    }
    this.#checkedBy = messageClass as MessageClass;
    return this;
  }

  /** The class that its message is checked against before its own. */
  get checkedBy(): MessageClass | undefined {
    return this.#checkedBy;
  }

  onSuccess(...given: readonly unknown[]): this {
    this.#success.push(this.#callback('onSuccess', given));
    return this;
  }

  onError(...given: readonly unknown[]): this {
    this.#error.push(this.#callback('onError', given));
    return this;
  }

  #callback(method: string, given: readonly unknown[]): SignedNode {
    // Fields for the callback, or a second one, are what people add behind it.
    assertNoMore(given.length, 1, `${method} takes one callback: sign it to bind fields`);
    this.#assertOpen('get a callback');
    const signed = this.signer.callbackFor(given[0]);
    if (!signed.#leadsTo(this)) return signed;
    const text = `the signature of ${this.node} would be a callback of itself; sign the node again, or write a loop with annotations`;
    throw new OnwardError('ONW3004', text, { details: { node: this.node } });
  }

  /** Whether another signature is this one, or one of its callbacks, however deep. */
  #leadsTo(other: SignedNode): boolean {
    const found = new Set<SignedNode>([this]);
    for (const signed of found) {
      for (const callback of [...signed.#success, ...signed.#error]) found.add(callback);
    }
    return found.has(other);
  }

  /**
   * As it is now. From here on nothing of it changes.
   *
   * @throws {OnwardError} ONW3004 if callbacks are nested too deep, are too many, or are validated by another class.
   */
  signed(): Signed {
    return this.#keep(0).signed;
  }

  #keep(depth: number): Kept {
    if (depth > MOST_DEEP) throw this.#tooMany(`nested more than ${MOST_DEEP} deep`);
    const kept = (this.#kept ??= this.#toKeep(depth));
    if (depth + kept.height > MOST_DEEP) throw this.#tooMany(`nested more than ${MOST_DEEP} deep`);
    if (kept.size > MOST_CALLBACKS) throw this.#tooMany(`more than ${MOST_CALLBACKS} in all`);
    return kept;
  }

  #tooMany(what: string): OnwardError {
    const text = `callbacks of signatures are ${what}, at ${this.node}; write a chain, or annotate them`;
    return new OnwardError('ONW3004', text, {
      details: { node: this.node, maxDepth: MOST_DEEP, maxCallbacks: MOST_CALLBACKS },
    });
  }

  #toKeep(depth: number): Kept {
    for (const callback of [...this.#success, ...this.#error]) callback.assertCallback();
    const success = this.#success.map((callback) => callback.#keep(depth + 1));
    const error = this.#error.map((callback) => callback.#keep(depth + 1));
    const below = [...success, ...error];
    return {
      signed: {
        node: this.node,
        ...(this.#bound !== undefined && { bound: this.#bound }),
        ...(success.length > 0 && { success: success.map(({ signed }) => signed) }),
        ...(error.length > 0 && { error: error.map(({ signed }) => signed) }),
      },
      height: below.reduce((most, { height }) => Math.max(most, height + 1), 0),
      size: below.reduce((sum, { size }) => sum + size + 1, 0),
    };
  }

  save(key: unknown): Promise<void> {
    // SIGNATURE-1, from this call on.
    this.signed();
    return this.signer.save(key, this);
  }

  /** @throws {OnwardError} ONW3004 if its message is to be checked by another class: a callback's is made in the run. */
  assertCallback(): void {
    if (this.#checkedBy === undefined) return;
    const text = `${this.node} is a callback: its message is made in the run and checked by its own class; leave \`validateWith\` out`;
    throw new OnwardError('ONW3004', text, { details: { node: this.node } });
  }

  #assertOpen(what: string): void {
    if (this.#kept === undefined) return;
    const text = `the signature of ${this.node} was started, saved, or put into a plan, and can no longer ${what}; sign the node again`;
    throw new OnwardError('ONW3052', text, { details: { node: this.node } });
  }
}

/** Records are merged field by field, anything else is replaced. */
function mergedFields(base: Fields, over: Fields): Fields {
  const merged = mergeOver(base, over);
  return isRecord(merged) ? merged : over;
}
