// The one way from data to a message: sanitize, instantiate, validate. Everything that a body receives comes from here.
//
// PARSER-1. The result is a new instance of the class whose fields class-validator accepts. Nothing is converted but a date,
//           with `@Type(() => Date)`: from an ISO 8601 string with a zone, or from milliseconds.
// PARSER-2. A refusal lists every issue with its path, or 50 and a count.
// PARSER-3. The given data is never changed, and nothing of it runs. The user's validators and transforms run once.
// PARSER-4. No data, however large, deep or odd, overflows the stack, reaches a prototype or keeps the process busy:
//           limits apply before any other code sees it.
// PARSER-5. Marked fields skip the sanitizer of the rest: a value that is taken as it is may be anything, and a value with
//           a class is a message of its own.

import type { MessageClass } from '../wiring/v1.ts';
import { types } from 'node:util';
import { OnwardError } from '../errors/onward-error.ts';
import { validate, type PendingCheck, type ValidationContext } from './validate.ts';
import { shapeOf } from './class-info.ts';
import { describeValue, joinPath } from '../values/describe.ts';
import { instantiateFields, isFilled, setField } from './instantiate-class.ts';
import { Issues } from '../values/issues.ts';
import { DEFAULT_LIMITS, type MessageLimits, whyNotData, sanitize, sanitizeValue } from '../values/sanitize.ts';
import { runNamed } from './user-code.ts';

export interface ParserOptions {
  /**
   * What to do with fields the class does not declare. Declared is what carries an annotation of class-validator,
   * class-transformer or Onward, and what a new instance has. A class that declares nothing takes every field.
   *
   * @default 'refuse'
   */
  readonly unknownFields?: 'refuse' | 'drop';
  /** Fields filled by a mark: with a class they are built as one, with `true` they are taken as they are, uncopied. */
  readonly marked?: Readonly<Record<string, MessageClass | true>>;
}

export interface MessageParser {
  /**
   * Builds and validates a message. A promise only where a validator of the class gave one.
   *
   * A field that is undefined counts as missing and leaves the default of the class. `@IsOptional` accepts null,
   * undefined and a missing field alike, as class-validator does; null stays null.
   *
   * @throws {OnwardError} ONW2001 if the data is not an object, ONW2003 with one issue per bad field,
   *   ONW2009 if the class cannot be instantiated, ONW2010 if a validator or a transform threw, ONW2011 if a validator
   *   has not answered in time; and by the scan
   *   ONW2002 (a getter, or a proxy that threw), ONW2004 (a limit), ONW2005 (a cycle), ONW2007 (no data),
   *   ONW2008 (half a character).
   */
  build(messageClass: MessageClass, data: unknown, options?: ParserOptions): object | Promise<object>;
}

/** How long asynchronous validators are waited for, and on which clock. */
export interface ValidatorTimeout {
  readonly ms: number;
  readonly clock: {
    /** Calls back after a time in milliseconds. What it returns cancels the call. */
    after(ms: number, callback: () => void): () => void;
    /** Calls back in the next turn of the event loop. */
    nextTurn(callback: () => void): void;
  };
}

/** A door with the given limits; what is not given is as in `DEFAULT_LIMITS`. @param timeout none: it waits for ever. */
export function createParser(limits: Partial<MessageLimits> = {}, timeout?: ValidatorTimeout): MessageParser {
  const all = { ...DEFAULT_LIMITS, ...limits };
  return {
    build: (messageClass, data, options = {}) =>
      new Building(messageClass.name, all, timeout).build(messageClass, data, options),
  };
}

/** One message on its way through the door. */
class Building {
  readonly #name: string;
  readonly #limits: MessageLimits;
  readonly #timeout: ValidatorTimeout | undefined;
  readonly #issues = new Issues();
  readonly #context: ValidationContext = { issues: this.#issues, pending: [] };

  constructor(name: string, limits: MessageLimits, timeout: ValidatorTimeout | undefined) {
    this.#name = name;
    this.#limits = limits;
    this.#timeout = timeout;
  }

  build(messageClass: MessageClass, data: unknown, options: ParserOptions): object | Promise<object> {
    const built = isFilled(messageClass) ? this.#root(messageClass, data, options) : this.#builtIn(messageClass, data);
    const { pending } = this.#context;
    if (pending.length === 0) return this.#done(built);
    return this.#answered(pending).then(() => this.#done(built));
  }

  async #answered(pending: readonly PendingCheck[]): Promise<void> {
    const verdicts = Promise.all(pending.map(({ verdict }) => verdict));
    if (this.#timeout === undefined) return void (await verdicts);
    const { ms, clock } = this.#timeout;
    let isOver = false;
    let callOff = (): void => undefined;
    const late = new Promise<never>((_, reject) => {
      // Most answer within a turn, and need no timer.
      clock.nextTurn(() => {
        if (!isOver) callOff = clock.after(ms, () => reject(this.#unanswered(pending, ms)));
      });
    });
    try {
      await Promise.race([verdicts, late]);
    } finally {
      isOver = true;
      callOff();
    }
  }

  #unanswered(pending: readonly PendingCheck[], ms: number): OnwardError {
    const fields = [...new Set(pending.filter(({ isOver }) => !isOver).map((check) => check.of))];
    const validators = fields.length === 1 ? 'a validator' : 'validators';
    const text = `${validators} of ${fields.join(', ')} did not answer within ${ms} ms; give what it waits for a time limit of its own, or raise \`messages.validatorTimeout\``;
    return new OnwardError('ONW2011', text, { details: { class: this.#name, fields, timeoutMs: ms } });
  }

  #done(built: object): object {
    this.#issues.throwIfAny(this.#name);
    return built;
  }

  #root(messageClass: MessageClass, data: unknown, options: ParserOptions): object {
    if (isMadeOfFields(data)) return this.#message(messageClass, data, '', options);
    throw new OnwardError(
      'ONW2001',
      `a message of class ${this.#name} is an object with its fields; got ${describeValue(data)}`,
      { details: { class: this.#name } },
    );
  }

  /** A value of a built-in class, such as a date that a callback takes. */
  #builtIn(messageClass: MessageClass, data: unknown): object {
    const value = this.#copy(data, '');
    if (typeof value === 'object' && value !== null && value instanceof messageClass) return value;
    throw new OnwardError('ONW2001', `a value of class ${this.#name} is expected; got ${describeValue(data)}`);
  }

  #message(messageClass: MessageClass, data: object, at: string, options: ParserOptions): object {
    const { unknownFields = 'refuse', marked = {} } = options;
    const markedFields = new Set(Object.keys(marked));
    const issues = this.#issues;
    // What is dropped is not looked at: a report has errors in it that no field takes.
    const without =
      unknownFields === 'drop' ? new Set([...markedFields, ...unknownOf(messageClass, data)]) : markedFields;
    const { copy, classes } = sanitize(data, { limits: this.#limits, issues, at, without });
    const instance = instantiateFields(messageClass, copy, at, { unknownFields, issues, classes });
    for (const [field, fieldClass] of Object.entries(marked)) {
      const value = ownValue(data, field);
      const absent = value === undefined || value === null;
      const asItIs = fieldClass === true || (absent && isOptional(messageClass, field));
      const path = joinPath(at, field);
      const filling = { instance, shape: shapeOf(messageClass), at, issues };
      setField(filling, field, asItIs ? value : this.#marked(fieldClass, value, path));
    }
    validate(instance, at, this.#context, markedFields);
    return instance;
  }

  #marked(fieldClass: MessageClass, value: unknown, path: string): unknown {
    if (!isFilled(fieldClass)) {
      const copy = this.#copy(value, path);
      if (copy instanceof fieldClass) return copy;
    } else if (isMadeOfFields(value)) return this.#message(fieldClass, value, path, { unknownFields: 'drop' });
    this.#issues.add(path, () => ({ expected: `an object of class ${fieldClass.name}`, got: describeValue(value) }));
    return undefined;
  }

  /** A safe copy of a value of any kind. */
  #copy(value: unknown, at: string): unknown {
    return sanitizeValue(value, { limits: this.#limits, issues: this.#issues, at });
  }
}

/** The fields of the data that the class does not have, and that no transform of it may ask for. */
function unknownOf(messageClass: MessageClass, data: object): string[] {
  const { open, fillable } = shapeOf(messageClass);
  if (open || [...fillable.values()].some(({ transforms }) => transforms.length > 0)) return [];
  return runNamed('reading the names of the fields', () => Object.keys(data)).filter((field) => !fillable.has(field));
}

/** Whether `@IsOptional` or `@ValidateIf` may let the field be absent. */
function isOptional(messageClass: MessageClass, field: string): boolean {
  return (shapeOf(messageClass).fillable.get(field)?.conditions.length ?? 0) > 0;
}

/**
 * Whether a message can be made of the value. A proxy is asked through its traps, which may throw.
 *
 * @throws {OnwardError} ONW2002 if looking at it throws.
 */
function isMadeOfFields(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  try {
    if (Array.isArray(value) || types.isMap(value) || types.isSet(value) || types.isDate(value)) return false;
    return !types.isRegExp(value) && !types.isUint8Array(value) && whyNotData(value) === undefined;
  } catch (cause) {
    throw new OnwardError(
      'ONW2002',
      'the message: expected data that can be read, got an object that threw while it was read',
      { cause },
    );
  }
}

/** A field's value, without running a getter. */
function ownValue(data: object, field: string): unknown {
  const descriptor = runNamed(`reading \`${field}\``, () => Reflect.getOwnPropertyDescriptor(data, field));
  if (descriptor?.get === undefined) return descriptor?.value;
  throw new OnwardError('ONW2002', `\`${field}\`: expected a plain value, got a getter, which would run code`);
}
