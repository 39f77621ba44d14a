// What the decorators record, and the only place that reads it back.
//
// RECORD-1. A decorator records values that the wiring cannot hold (functions, error classes, options); it decides nothing.
// RECORD-2. Edges and options are kept per method, edges in the order of the source.
// RECORD-3. A subclass that annotates an overriding method replaces the record of its base; otherwise it inherits it.
// RECORD-4. A target is written `() => Billing, 'charge'`, or `'charge'` in the same class. Anything else, which only code
//     without type checks can pass, is refused at the annotation.

import 'reflect-metadata';
import { OnwardError } from '../errors/onward-error.ts';
import { describeValue } from '../values/describe.ts';
import { isObject } from '../values/option-rules.ts';
import { MOMENTS, type Moment, type MomentValue } from '../graph/moments.ts';

const NODE = 'onward:node';
const SERVICE = 'onward:service';
const FIELDS = 'onward:fields';
const PARAMETERS = 'onward:parameters';

export type Mark = MomentValue;

export interface TargetRecord {
  /** Absent: the class of the callback itself. */
  readonly service?: () => unknown;
  readonly method: string;
}

export interface EdgeRecord {
  readonly on: Moment;
  /** Null for a moment of any run, and for a join. */
  readonly target: TargetRecord | null;
  /** Of a join: the fields of its message and where their values come from. */
  readonly sources?: Readonly<Record<string, TargetRecord>>;
  readonly options: Readonly<Record<string, unknown>>;
}

/** What `@Schedule` was called with. */
export interface ScheduleRecord {
  readonly pattern: string;
  readonly message: unknown;
  readonly options: Readonly<Record<string, unknown>>;
}

export interface NodeRecord {
  kind?: 'job' | 'handler';
  options?: Readonly<Record<string, unknown>>;
  /** In source order. */
  readonly schedules: ScheduleRecord[];
  /** In source order. */
  readonly edges: EdgeRecord[];
}

/** The prototypes with annotated methods, in the order in which they were loaded. */
const annotatedPrototypes = new Set<object>();

/** The method's own record, made at the first annotation of this very class. */
function ownRecord(prototype: object, method: string): NodeRecord {
  const own: NodeRecord | undefined = Reflect.getOwnMetadata(NODE, prototype, method);
  if (own !== undefined) return own;
  const made: NodeRecord = { schedules: [], edges: [] };
  Reflect.defineMetadata(NODE, made, prototype, method);
  annotatedPrototypes.add(prototype);
  return made;
}

/** Refuses a call without parentheses: what is given is not options but what is decorated. */
export function assertParentheses(annotation: string, given: readonly unknown[]): void {
  const [first, second] = given;
  const isMember = typeof first === 'object' && first !== null && ['string', 'symbol'].includes(typeof second);
  const isClass = annotation === 'Service' && typeof first === 'function';
  const isStandard = typeof first === 'function' && typeof second === 'object' && second !== null && 'kind' in second;
  if (!isMember && !isClass && !isStandard) return;
  const at = isMember ? ` on ${first.constructor.name}.${String(second)}` : '';
  throw new OnwardError('ONW1118', `@${annotation}${at} has no parentheses; write @${annotation}(…)`);
}

/** Refuses a call by the standard decorators, whose second argument is a context object. */
export function assertLegacyCall(annotation: string, target: unknown, key: unknown): void {
  if (typeof key !== 'object' || key === null || !('kind' in key)) return;
  void target;
  throw new OnwardError(
    'ONW6001',
    `@${annotation} was called as a standard decorator; set "experimentalDecorators": true in tsconfig.json`,
  );
}

/**
 * Refuses a mark on what is no field of an instance: it would have no effect there.
 *
 * @param third what decorators are given beside target and name: of a method its descriptor, of a parameter its position.
 */
export function assertOnField(annotation: string, target: object, name: unknown, third: unknown): void {
  if (typeof target === 'function') {
    const text = `${target.name}.${String(name)} is static, and messages have fields of instances only: remove \`static\``;
    throw new OnwardError('ONW1121', `@${annotation}: ${text}`);
  }
  const isMethod = typeof third === 'object' && third !== null && 'value' in third;
  if (!isMethod && typeof third !== 'number') return;
  const on = `${isMethod ? 'the method' : 'a parameter of'} ${target.constructor.name}.${String(name)}`;
  const text = `@${annotation}() is on ${on}; put it on a field of the message class that the method takes`;
  throw new OnwardError('ONW1123', text);
}

export function recordNode(
  prototype: object,
  method: string,
  kind: 'job' | 'handler',
  options: Readonly<Record<string, unknown>>,
): void {
  const record = ownRecord(prototype, method);
  record.kind = kind;
  record.options = options;
}

export function recordEdge(prototype: object, method: string, edge: EdgeRecord): void {
  // Decorators of one method are applied from the bottom to the top.
  ownRecord(prototype, method).edges.unshift(edge);
}

export function recordSchedule(prototype: object, method: string, schedule: ScheduleRecord): void {
  ownRecord(prototype, method).schedules.unshift(schedule);
}

export function recordService(service: object, name: string): void {
  Reflect.defineMetadata(SERVICE, name, service);
}

export function recordFieldMark(prototype: object, field: string, mark: Mark): void {
  const marks: ReadonlyMap<string, Mark> = Reflect.getOwnMetadata(FIELDS, prototype) ?? new Map<string, Mark>();
  Reflect.defineMetadata(FIELDS, new Map(marks).set(field, mark), prototype);
}

export function recordParameterMark(prototype: object, method: string, index: number, mark: Mark): void {
  const marks: ReadonlyMap<number, Mark> =
    Reflect.getOwnMetadata(PARAMETERS, prototype, method) ?? new Map<number, Mark>();
  Reflect.defineMetadata(PARAMETERS, new Map(marks).set(index, mark), prototype, method);
}

/** What the annotations of one method of an instance said; undefined when it has none. */
export function nodeRecordOf(instance: object, method: string): NodeRecord | undefined {
  return Reflect.getMetadata(NODE, instance, method);
}

/** The marks on the parameters of one method. */
export interface ParameterMarks {
  /** By position. */
  readonly marks: ReadonlyMap<number, Mark>;
  /** They stand on the method that this one overrides, which may have more parameters. */
  readonly isInherited: boolean;
}

/** An override that has neither annotations nor marks of its own has the marks of the annotated method it overrides. */
export function parameterMarksOf(instance: object, method: string): ParameterMarks {
  const declared = prototypeWith(instance, (prototype) => Object.hasOwn(prototype, method));
  const annotated = prototypeWith(instance, (prototype) => Reflect.hasOwnMetadata(NODE, prototype, method));
  const own = declared === undefined ? undefined : ownParameterMarks(declared, method);
  if (own !== undefined) return { marks: own, isInherited: false };
  const inherited = annotated === undefined ? undefined : ownParameterMarks(annotated, method);
  return { marks: inherited ?? new Map<number, Mark>(), isInherited: annotated !== declared };
}

function ownParameterMarks(prototype: object, method: string): ReadonlyMap<number, Mark> | undefined {
  const marks: ReadonlyMap<number, Mark> | undefined = Reflect.getOwnMetadata(PARAMETERS, prototype, method);
  return marks;
}

function prototypeWith(instance: object, holds: (prototype: object) => boolean): object | undefined {
  let at: object | null = Object.getPrototypeOf(instance);
  while (at !== null && !holds(at)) at = Object.getPrototypeOf(at);
  return at ?? undefined;
}

/** The name that `@Service` gave this very class; subclasses do not inherit it. */
export function serviceNameOf(service: object): string | undefined {
  return Reflect.getOwnMetadata(SERVICE, service);
}

/** The methods of a class that have annotations of their own. */
export function annotatedMethodsOf(prototype: object): string[] {
  return Object.getOwnPropertyNames(prototype).filter((method) => Reflect.hasOwnMetadata(NODE, prototype, method));
}

/** Prototypes with annotated methods that none of the instances has. */
export function annotatedApartFrom(instances: Iterable<object>): object[] {
  const had = new Set<object>();
  for (const instance of instances) prototypeWith(instance, (prototype) => !had.add(prototype));
  return [...annotatedPrototypes].filter((prototype) => !had.has(prototype));
}

/** The prototype of the class that goes by this name and has annotations on all the methods; the last one loaded. */
export function annotatedClassCalled(name: string, methods: readonly string[]): object | undefined {
  return [...annotatedPrototypes].findLast(
    (prototype) =>
      (serviceNameOf(prototype.constructor) ?? prototype.constructor.name) === name &&
      methods.every((method) => nodeRecordOf(prototype, method) !== undefined),
  );
}

/** The fields of a message class that carry a mark, base classes included. */
export function markedFieldsOf(messageClass: { readonly prototype: object }): ReadonlyMap<string, Mark> {
  const found = new Map<string, Mark>();
  for (let at: object | null = messageClass.prototype; at !== null; at = Object.getPrototypeOf(at)) {
    const own: ReadonlyMap<string, Mark> | undefined = Reflect.getOwnMetadata(FIELDS, at);
    for (const [field, mark] of own ?? []) if (!found.has(field)) found.set(field, mark);
  }
  return found;
}

/** What a callback decorator was called with, as written. */
export type EdgeArguments = readonly [first: string | (() => unknown), second?: unknown, third?: unknown];

/** The decorator as the compiler's output calls it. */
export type RecordingDecorator = (prototype: object, method: string | symbol, descriptor: never) => void;

/** A decorator that writes one edge down. */
export function edgeDecorator(on: Moment, given: EdgeArguments): RecordingDecorator {
  assertParentheses(MOMENTS[on].annotation, given);
  return recordingDecorator(edgeOf(on, given));
}

export function edgeOf(on: Moment, [first, second, third]: EdgeArguments): EdgeRecord {
  const { annotation } = MOMENTS[on];
  if (typeof first === 'string') return { on, target: { method: first }, options: optionsOf(annotation, second) };
  return { on, target: { service: first, method: String(second) }, options: optionsOf(annotation, third) };
}

/** A decorator that writes down an edge which is put together already. */
export function recordingDecorator(edge: EdgeRecord): RecordingDecorator {
  const { annotation } = MOMENTS[edge.on];
  return (prototype, method) => {
    assertLegacyCall(annotation, prototype, method);
    for (const target of [edge.target, ...Object.values(edge.sources ?? {})]) {
      if (target === null || !('service' in target) || isThunk(target.service)) continue;
      const at = `@${annotation} on ${prototype.constructor.name}.${String(method)}`;
      const { name = '' } = Object(target.service);
      const text =
        target.service === undefined
          ? 'has a class that is not loaded yet, as where files import each other'
          : 'cannot read the class of its target';
      throw new OnwardError('ONW1131', `${at} ${text}; write it as \`() => ${name || 'TheClass'}\``);
    }
    recordEdge(prototype, String(method), edge);
  };
}

/** A class is a function, too, and cannot be called: its prototype cannot be replaced. */
function isThunk(service: unknown): boolean {
  return typeof service === 'function' && Object.getOwnPropertyDescriptor(service, 'prototype')?.writable !== false;
}

/**
 * A copy, so that a later change of the user's object changes no edge.
 *
 * @throws {OnwardError} ONW3004 if they are no object.
 */
export function optionsOf(annotation: string, options: unknown): Readonly<Record<string, unknown>> {
  if (options === undefined) return {};
  if (isObject(options) && !Array.isArray(options)) return { ...options };
  const text = `expected the options of @${annotation} to be an object, got ${describeValue(options)}`;
  throw new OnwardError('ONW3004', `${text}; write them by their names, as in \`{ name: value }\``);
}
