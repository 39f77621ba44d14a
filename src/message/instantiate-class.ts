// Makes a new instance of a class from sanitized data: names, classes of nested fields, dates, the user's transforms.
//
// INSTANTIATE-CLASS-1. Only a date is converted, from a string or milliseconds, and only with `@Type(() => Date)`. It is what
//                      JSON can say of a moment, and nothing that `new Date` would guess.
// INSTANTIATE-CLASS-2. Only declared fields are filled, in the order in which they are declared: the order of the data is
//                      not seen. A class that declares nothing takes every field as it comes.
// INSTANTIATE-CLASS-3. Recursion is bounded by the depth that the sanitizer lets through.

import { describeClass } from './class-info.ts';
import {
  givenName,
  isFilled,
  type AnyClass,
  type ClassDescription,
  type FieldDescription,
  type TagChoice,
  type TransformArguments,
} from './description.ts';
import { instantiate } from './instance.ts';
import { joinPath, quoted } from '../values/describe.ts';
import type { Issues } from '../values/issues.ts';
import { isPlain, setOwnField } from '../values/json.ts';
import type { Sanitized } from '../values/sanitize.ts';
import { keyShown, valueShown } from './secrets.ts';
import { threw } from './user-code.ts';

/** How to fill one message. */
export interface InstantiateOptions {
  readonly unknownFields: 'refuse' | 'drop';
  readonly issues: Issues;
  readonly classes: Sanitized['classes'];
  /** The message is part of what a sensitive field holds. */
  readonly isSecret: boolean;
}

/** A new instance of the class. What does not fit goes to the issues. */
export function instantiateFields(
  messageClass: AnyClass,
  data: object,
  at: string,
  options: InstantiateOptions,
): object {
  const shape = describeClass(messageClass);
  const owner = { instance: instantiate(messageClass), data, at, shape, options };
  for (const field of shape.fields) instantiateDeclared(field, owner);
  takeUnknowns(owner);
  return owner.instance;
}

/** Fills one field of an instance, as its class declares it. */
export function instantiateDeclared(field: FieldDescription, owner: Owner): void {
  const { data, shape, options } = owner;
  const key = givenName(shape, field, data);
  if (key === undefined && !isComputed(field, shape)) return;
  const isSecret = options.isSecret || field.sensitive;
  const place = isSecret ? { ...owner, options: { ...options, isSecret } } : owner;
  const typed = key === undefined ? undefined : instantiateType(field, Reflect.get(data, key), { ...place, key });
  setField(place, field.name, runTransforms(field, typed, { key: field.name, object: data }, place));
}

/** `@Expose` makes a transform run for a field that the data does not have. */
function isComputed(field: FieldDescription, { fillable }: ClassDescription): boolean {
  return field.exposed && field.transforms.length > 0 && fillable.get(field.inputName) === field;
}

/** An instance that is being filled. */
interface Target {
  readonly instance: object;
  readonly shape: ClassDescription;
  /** The path of the instance. */
  readonly at: string;
  readonly options: Pick<InstantiateOptions, 'issues' | 'isSecret'>;
}

/** Sets a field of an instance; a setter is the user's code and may throw. */
export function setField({ instance, shape, at, options }: Target, name: string, value: unknown): void {
  if (value === undefined) return;
  try {
    Reflect.set(instance, name, value);
  } catch (cause) {
    const path = joinPath(at, shape.fillable.get(name)?.inputName ?? name);
    options.issues.fail(path, threw(`setting ${shape.name}.${name}`, cause, options.isSecret));
  }
}

/** An instance, and the data that fills it. */
export interface Owner {
  readonly instance: object;
  readonly data: object;
  readonly at: string;
  readonly shape: ClassDescription;
  readonly options: InstantiateOptions;
}

interface Place extends Owner {
  readonly key: string;
}

/** What the data has beside the declared fields: refused, left out, or taken. */
export function takeUnknowns(owner: Owner): void {
  for (const key of Object.keys(owner.data)) if (!owner.shape.fillable.has(key)) takeUnknown(key, owner);
}

function takeUnknown(key: string, { shape, instance, data, at, options }: Owner): void {
  const value: unknown = Reflect.get(data, key);
  if (shape.open) {
    setOwnField(instance, key, value);
  } else if (options.unknownFields === 'refuse') {
    const got = (): string => valueShown(value, options.isSecret || shape.hasSecrets);
    const path = joinPath(at, keyShown(key, options.isSecret));
    options.issues.add(path, () => ({ expected: 'no field of this name', got: got() }));
  }
}

/** What the transforms of a field make of a value; undefined if one of them throws, which is kept. */
export function runTransforms(
  field: FieldDescription,
  value: unknown,
  given: TransformArguments,
  place: Omit<Target, 'instance'>,
): unknown {
  try {
    let made = value;
    for (const transform of field.transforms) made = transform(made, given);
    return made;
  } catch (cause) {
    return failed('@Transform', field, cause, place);
  }
}

/** Keeps what code of the user's has thrown. */
function failed(
  annotation: string,
  { name, inputName }: FieldDescription,
  cause: unknown,
  { at, shape, options }: Omit<Target, 'instance'>,
): void {
  const error = threw(`the ${annotation} of ${shape.name}.${name}`, cause, options.isSecret);
  options.issues.fail(joinPath(at, inputName), error);
}

function instantiateType(field: FieldDescription, value: unknown, place: Place): unknown {
  const { type } = field;
  if (type === undefined || value === null || value === undefined) return value;
  const given = { newObject: place.instance, object: place.data, property: field.name };
  let fieldClass: unknown;
  try {
    fieldClass = type.classOf(given);
  } catch (cause) {
    failed('@Type', field, cause, place);
  }
  const one = (item: unknown, path: string): unknown =>
    type.choice === undefined
      ? instantiateOne(fieldClass, item, path, place.options)
      : instantiateChosen(type.choice, item, path, place.options);
  const path = joinPath(place.at, place.key);
  if (Array.isArray(value)) return value.map((item, index) => one(item, joinPath(path, index)));
  if (value instanceof Set) return new Set([...value].map((item, index) => one(item, joinPath(path, index))));
  if (value instanceof Map)
    return new Map(
      [...value].map(([key, item]) => [key, one(item, joinPath(path, keyShown(String(key), place.options.isSecret)))]),
    );
  return one(value, path);
}

function instantiateOne(fieldClass: unknown, value: unknown, path: string, options: InstantiateOptions): unknown {
  if (fieldClass === Date) return dateOf(value, path, options);
  return isFilled(fieldClass) && isPlain(value) ? instantiateFields(fieldClass, value, path, options) : value;
}

function instantiateChosen(choice: TagChoice, value: unknown, path: string, options: InstantiateOptions): unknown {
  if (!isPlain(value)) return value;
  const tag: unknown = Object.hasOwn(value, choice.field) ? Reflect.get(value, choice.field) : undefined;
  const chosen = typeof tag === 'string' ? choice.classes.get(tag) : sameClass(choice, options.classes.get(value));
  if (!isFilled(chosen)) {
    const expected = `one of ${[...choice.classes.keys()].map(quoted).join(', ')}`;
    options.issues.add(joinPath(path, choice.field), () => ({ expected, got: valueShown(tag, options.isSecret) }));
    options.issues.settle(path);
    return value;
  }
  const declared = describeClass(chosen).fillable.has(choice.field);
  const rest = declared ? value : { ...value };
  if (!declared) Reflect.deleteProperty(rest, choice.field);
  const filled = instantiateFields(chosen, rest, path, options);
  if (choice.keep && !declared && tag !== undefined)
    setField({ instance: filled, shape: describeClass(chosen), at: path, options }, choice.field, tag);
  return filled;
}

/** An instance needs no tag: its class says what it is. */
function sameClass(choice: TagChoice, found: unknown): unknown {
  return [...choice.classes.values()].find((known) => known === found);
}

function dateOf(value: unknown, path: string, { issues, isSecret }: InstantiateOptions): unknown {
  if (value === null || value === undefined || value instanceof Date) return value;
  const date = dateFrom(value);
  if (date !== undefined) return date;
  issues.add(path, () => ({ expected: DATE_EXPECTED, got: valueShown(value, isSecret) }));
  return value;
}

const DAY = String.raw`\d{4}-\d\d-\d\d`;
const TIME = String.raw`T\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:?\d\d)`;
const ISO_8601 = new RegExp(`^(${DAY})(?:${TIME})?$`);

/** What a date may be written as, for texts. */
const DATE_EXPECTED = 'a date: ISO 8601 text with a time zone, or milliseconds';

/**
 * The date that a string or a number of milliseconds stands for, or undefined. A day alone is its start in UTC; a time
 * needs its zone, for without one it would be another moment on every machine.
 */
export function dateFrom(value: unknown): Date | undefined {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? valid(new Date(value)) : undefined;
  if (typeof value !== 'string') return undefined;
  const day = ISO_8601.exec(value)?.[1];
  if (day === undefined || !isDay(day)) return undefined;
  return valid(new Date(value));
}

/** Whether the day is in the calendar: engines read 30 February as a day in March. */
function isDay(day: string): boolean {
  return valid(new Date(day))?.toISOString().startsWith(day) === true;
}

function valid(date: Date): Date | undefined {
  return Number.isNaN(date.getTime()) ? undefined : date;
}
