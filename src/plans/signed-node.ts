// A signature while it is put together: what is bound so far, and the callbacks that were added.

import { OnwardError } from '../errors/onward-error.ts';
import { mergeOver } from '../message/copy.ts';
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

export class SignedNode {
  readonly node: string;
  readonly #signer: Signer;
  readonly #marks: Marks;
  #bound: Fields | undefined;
  readonly #success: SignedNode[] = [];
  readonly #error: SignedNode[] = [];
  #checkedBy: MessageClass | undefined;
  #isStarted = false;

  constructor(node: string, signer: Signer, marks: Marks) {
    this.node = node;
    this.#signer = signer;
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
    this.#bound = mergedFields(this.#bound ?? {}, fields);
    return this;
  }

  validateWith(messageClass: unknown): this {
    this.#assertOpen('be validated otherwise');
    if (typeof messageClass !== 'function') {
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
    this.#assertOpen('get a callback');
    this.#success.push(this.#signer.callbackFor(callback));
    return this;
  }

  onError(callback: unknown): this {
    this.#assertOpen('get a callback');
    this.#error.push(this.#signer.callbackFor(callback));
    return this;
  }

  /** As it stands. From here on it takes nothing more. */
  signed(): Signed {
    this.#isStarted = true;
    const success = this.#success.map((callback) => callback.signed());
    const error = this.#error.map((callback) => callback.signed());
    return {
      node: this.node,
      ...(this.#bound !== undefined && { bound: this.#bound }),
      ...(success.length > 0 && { success }),
      ...(error.length > 0 && { error }),
    };
  }

  #assertOpen(what: string): void {
    if (!this.#isStarted) return;
    const text = `the signature of ${this.node} was started already and cannot ${what}; sign the node anew`;
    throw new OnwardError('ONW3052', text, { details: { node: this.node } });
  }
}

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Records are merged field by field, anything else is replaced. */
function mergedFields(base: Fields, over: Fields): Fields {
  const merged = mergeOver(base, over);
  return isFields(merged) ? merged : over;
}
