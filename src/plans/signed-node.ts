// A signature while it is put together: what is bound so far, and the callbacks that were added.

import { OnwardError } from '../errors/onward-error.ts';
import { copyOf, mergeOver } from '../message/copy.ts';
import { describeValue } from '../message/describe.ts';
import type { Marks } from '../perform/application.ts';
import type { Signed } from '../run/plan.ts';
import type { MessageClass } from '../wiring/v1.ts';

export type Fields = Readonly<Record<string, unknown>>;

/** What a signature asks of the graph it belongs to. */
export interface Signer {
  /** @throws {OnwardError} ONW3005 if there is no such node. */
  callbackFor(callback: unknown): SignedNode;
}

/** How deep callbacks of callbacks may be nested. */
const MOST_DEEP = 500;

export class SignedNode {
  readonly node: string;
  readonly signer: Signer;
  readonly #marks: Marks;
  #bound: Fields | undefined;
  readonly #success: SignedNode[] = [];
  readonly #error: SignedNode[] = [];
  #checkedBy: MessageClass | undefined;
  #isStarted = false;

  constructor(node: string, signer: Signer, marks: Marks) {
    this.node = node;
    this.signer = signer;
    this.#marks = marks;
  }

  get bound(): Fields | undefined {
    return this.#bound;
  }

  bind(fields: unknown): this {
    this.#assertOpen('be bound to anything');
    if (fields === undefined) return this;
    if (!isFields(fields)) {
      const text = `expected what is bound to ${this.node} to be an object of fields, got ${describeValue(fields)}`;
      throw new OnwardError('ONW3004', text, { details: { node: this.node } });
    }
    const { field, errorField } = this.#marks;
    const taken = [field, errorField].find((name) => name !== undefined && Object.hasOwn(fields, name));
    if (taken !== undefined) {
      const text = `\`${taken}\` of ${this.node} is filled by what it is a callback of and cannot be bound; leave it out`;
      throw new OnwardError('ONW3004', text, { details: { node: this.node, field: taken } });
    }
    // A copy: what its owner does to it later is not meant.
    this.#bound = mergedFields(this.#bound ?? {}, copyOf(fields));
    return this;
  }

  validateWith(messageClass: unknown): this {
    this.#assertOpen('be validated otherwise');
    // An arrow function is no class.
    if (typeof messageClass !== 'function' || !isFields(messageClass.prototype)) {
      const text = `expected \`validateWith\` of ${this.node} to be given a message class, got ${describeValue(messageClass)}`;
      throw new OnwardError('ONW3004', text, { details: { node: this.node } });
    }
    this.#checkedBy = messageClass as MessageClass;
    return this;
  }

  /** The class that its message is checked against ahead of its own. */
  get checkedBy(): MessageClass | undefined {
    return this.#checkedBy;
  }

  onSuccess(callback: unknown): this {
    this.#success.push(this.#callback(callback));
    return this;
  }

  onError(callback: unknown): this {
    this.#error.push(this.#callback(callback));
    return this;
  }

  #callback(callback: unknown): SignedNode {
    this.#assertOpen('get a callback');
    const signed = this.signer.callbackFor(callback);
    if (!signed.#leadsTo(this)) return signed;
    const text = `the signature of ${this.node} would be a callback of itself; sign the node anew, or write a loop with annotations`;
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
   * As it stands. From here on it takes nothing more.
   *
   * @throws {OnwardError} ONW3004 if callbacks are nested too deep.
   */
  signed(depth = 0): Signed {
    if (depth > MOST_DEEP) {
      const text = `callbacks of signatures are nested more than ${MOST_DEEP} deep, at ${this.node}; write a chain, or annotate them`;
      throw new OnwardError('ONW3004', text, { details: { node: this.node, maxDepth: MOST_DEEP } });
    }
    this.#isStarted = true;
    const success = this.#success.map((callback) => callback.signed(depth + 1));
    const error = this.#error.map((callback) => callback.signed(depth + 1));
    return {
      node: this.node,
      ...(this.#bound !== undefined && { bound: this.#bound }),
      ...(success.length > 0 && { success }),
      ...(error.length > 0 && { error }),
    };
  }

  #assertOpen(what: string): void {
    if (!this.#isStarted) return;
    const text = `the signature of ${this.node} was started, or put into a plan, and can no longer ${what}; sign the node anew`;
    throw new OnwardError('ONW3052', text, { details: { node: this.node } });
  }
}

/** An object of fields, and not a value such as a date, a list or a promise. */
export function isFields(value: unknown): value is Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || ArrayBuffer.isView(value)) return false;
  return ![Promise, Date, Map, Set, RegExp, URL].some((known) => value instanceof known);
}

/** Records are merged field by field, anything else is replaced. */
function mergedFields(base: Fields, over: Fields): Fields {
  const merged = mergeOver(base, over);
  return isFields(merged) ? merged : over;
}
