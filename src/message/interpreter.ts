// Makes a message of data step by step, as the description of its class says: sanitize, instantiate, validate. It knows
// every case, and is the measure for the compiled readers, which take the usual messages.
//
// INTERPRETER-1. Marked fields skip the sanitizer of the rest: a value that is taken as it is may be anything, and a value
//                with a class is a message of its own.
// INTERPRETER-2. A refusal lists every issue with its path, or 50 and a count.

import { types } from 'node:util';
import type { MessageClass } from '../wiring/v1.ts';
import { OnwardError } from '../errors/onward-error.ts';
import { describeValue, joinPath } from '../values/describe.ts';
import { Issues } from '../values/issues.ts';
import { type Labels, type MessageLimits, whyNotData, sanitize, sanitizeValue } from '../values/sanitize.ts';
import { describeClass } from './class-info.ts';
import { isFilled } from './description.ts';
import { instantiateFields, setField } from './instantiate-class.ts';
import { answered, type ValidatorTimeout } from './pending.ts';
import { refusalOf } from './refusal.ts';
import { hasSecretsWithin, isSensitive, secretLabel, valueShown } from './secrets.ts';
import { runNamed } from './user-code.ts';
import { validate, type ValidationContext } from './validate.ts';

/** How data becomes a message. */
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

/** A message, or why there is none. A promise only where a validator of the class gave one. */
export type Parsed = object | Promise<object>;

/** What all messages of one parser share. */
export interface ParserSettings {
  readonly limits: MessageLimits;
  readonly timeout: ValidatorTimeout | undefined;
}

/**
 * Makes a message of the data, or a `Refusal`.
 *
 * @throws {OnwardError} ONW2009 if the class cannot be instantiated, ONW2010 if a validator or a transform threw.
 */
export function interpret(
  messageClass: MessageClass,
  data: unknown,
  options: ParserOptions,
  settings: ParserSettings,
): Parsed {
  return new Building(messageClass.name, settings).build(messageClass, data, options);
}

/** A part of the message, and whether a sensitive field holds it. */
interface Place {
  readonly path: string;
  readonly isSecret: boolean;
}

/** One message on its way through the parser. */
class Building {
  readonly #name: string;
  readonly #limits: MessageLimits;
  readonly #timeout: ValidatorTimeout | undefined;
  readonly #issues = new Issues();
  readonly #context: ValidationContext = { issues: this.#issues, pending: [] };

  constructor(name: string, { limits, timeout }: ParserSettings) {
    this.#name = name;
    this.#limits = limits;
    this.#timeout = timeout;
  }

  build(messageClass: MessageClass, data: unknown, options: ParserOptions): Parsed {
    try {
      const built = isFilled(messageClass)
        ? this.#root(messageClass, data, options)
        : this.#builtIn(messageClass, data);
      return answered(built, this.#name, this.#context, this.#timeout);
    } catch (error) {
      return refusalOf(error);
    }
  }

  #root(messageClass: MessageClass, data: unknown, options: ParserOptions): object {
    if (isMadeOfFields(data)) return this.#message(messageClass, data, { path: '', isSecret: false }, options);
    const got = valueShown(data, hasSecretsWithin(messageClass));
    throw new OnwardError('ONW2001', `a message of class ${this.#name} is an object with its fields; got ${got}`, {
      details: { class: this.#name },
      issues: [{ path: '', expected: 'an object', got }],
    });
  }

  /** A value of a built-in class, such as a date that a callback takes. */
  #builtIn(messageClass: MessageClass, data: unknown): object {
    const value = this.#copy(data, { path: '', isSecret: false });
    if (typeof value === 'object' && value !== null && value instanceof messageClass) return value;
    const issues = [{ path: '', expected: `an object of class ${this.#name}`, got: describeValue(data) }];
    const text = `a value of class ${this.#name} is expected; got ${describeValue(data)}`;
    throw new OnwardError('ONW2001', text, { issues });
  }

  #message(messageClass: MessageClass, data: object, { path: at, isSecret }: Place, options: ParserOptions): object {
    const { unknownFields = 'refuse', marked = {} } = options;
    const markedFields = new Set(Object.keys(marked));
    const issues = this.#issues;
    // What is dropped is not looked at: a report has errors in it that no field takes.
    const without =
      unknownFields === 'drop' ? new Set([...markedFields, ...unknownOf(messageClass, data)]) : markedFields;
    const secretFrom = (labels: Labels): number | undefined => (isSecret ? 0 : secretLabel(messageClass, labels));
    const reading = { limits: this.#limits, issues, at, without, secretFrom, runsLiterals: true };
    const { copy, classes } = sanitize(data, reading);
    const instance = instantiateFields(messageClass, copy, at, { unknownFields, issues, classes, isSecret });
    const shape = describeClass(messageClass);
    for (const [field, fieldClass] of Object.entries(marked)) {
      const value = ownValue(data, field);
      const absent = value === undefined || value === null;
      const asItIs = fieldClass === true || (absent && isOptional(messageClass, field));
      const place = { path: joinPath(at, field), isSecret: isSecret || isSensitive(shape, field) };
      const filling = { instance, shape, at, options: { issues, isSecret: place.isSecret } };
      setField(filling, field, asItIs ? value : this.#marked(fieldClass, value, place));
    }
    validate(instance, at, isSecret ? { ...this.#context, isSecret } : this.#context, markedFields);
    return instance;
  }

  #marked(fieldClass: MessageClass, value: unknown, place: Place): unknown {
    const { path, isSecret } = place;
    if (!isFilled(fieldClass)) {
      const copy = this.#copy(value, place);
      if (copy instanceof fieldClass) return copy;
    } else if (isMadeOfFields(value)) return this.#message(fieldClass, value, place, { unknownFields: 'drop' });
    const got = (): string => valueShown(value, isSecret || hasSecretsWithin(fieldClass));
    this.#issues.add(path, () => ({ expected: `an object of class ${fieldClass.name}`, got: got() }));
    return undefined;
  }

  /** A safe copy of a value of any kind. */
  #copy(value: unknown, { path: at, isSecret }: Place): unknown {
    const secretFrom = (): number | undefined => (isSecret ? 0 : undefined);
    return sanitizeValue(value, { limits: this.#limits, issues: this.#issues, at, secretFrom, runsLiterals: true });
  }
}

/** The fields of the data that the class does not have, and that no transform of it may ask for. */
function unknownOf(messageClass: MessageClass, data: object): string[] {
  const { open, fillable } = describeClass(messageClass);
  if (open || [...fillable.values()].some(({ transforms }) => transforms.length > 0)) return [];
  return runNamed('reading the names of the fields', () => Object.keys(data)).filter((field) => !fillable.has(field));
}

/** Whether `@IsOptional` or `@ValidateIf` may let the field be absent. */
function isOptional(messageClass: MessageClass, field: string): boolean {
  return (describeClass(messageClass).fillable.get(field)?.conditions.length ?? 0) > 0;
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
