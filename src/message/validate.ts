// Runs the validators of a class on an instance. The verdict is class-validator's, but stricter in two points: a rule with
// `each` needs a collection, and a missing item is not skipped.
//
// VALIDATE-1. Every validator that applies runs once.
// VALIDATE-2. Nothing is awaited unless a validator returns a promise.

import { shapeOf, type ClassShape, type FieldShape, type Rule, type RuleArguments } from './class-info.ts';
import { describeValue, joinPath } from '../values/describe.ts';
import { isFilled } from './instantiate-class.ts';
import type { Issues } from '../values/issues.ts';
import { runNamed, threw } from './user-code.ts';

/** What the checks of one message share. */
export interface ValidationContext {
  readonly issues: Issues;
  /** What asynchronous validators have still to say. None of them rejects before it is awaited. */
  readonly pending: PendingCheck[];
}

/** The asynchronous validators of one field. */
export interface PendingCheck {
  /** The class and the field. */
  readonly of: string;
  readonly verdict: Promise<void>;
  isOver: boolean;
}

/** Checks all fields of an instance; `without` names nested fields that are checked already. */
export function validate(
  instance: object,
  at: string,
  context: ValidationContext,
  without?: ReadonlySet<string>,
): void {
  const messageClass: unknown = instance.constructor;
  if (!isFilled(messageClass)) return;
  const shape = shapeOf(messageClass);
  for (const field of shape.checked) {
    const value: unknown = runNamed(`reading ${shape.name}.${field.name}`, () => Reflect.get(instance, field.name));
    new FieldCheck(shape, field, instance, value, at, context).run(without?.has(field.name) === true);
  }
}

interface Finding {
  readonly value: unknown;
  readonly rules: Rule[];
}

class FieldCheck {
  #findings: Map<string, Finding> | undefined;
  #waiting: Promise<void>[] | undefined;

  constructor(
    private readonly shape: ClassShape,
    private readonly field: FieldShape,
    private readonly instance: object,
    private readonly value: unknown,
    private readonly at: string,
    private readonly context: ValidationContext,
  ) {}

  /** Built when asked for: most fields have nothing wrong. */
  get path(): string {
    return joinPath(this.at, this.field.inputName);
  }

  run(nestedDone: boolean): void {
    const { field, instance, value, context } = this;
    if (!context.issues.empty && context.issues.has(this.path)) return;
    if (!field.conditions.every((condition) => this.#named(() => condition(instance, value)))) return;
    for (const rule of field.rules) this.#apply(rule);
    if (this.#waiting === undefined) this.#report();
    else context.pending.push(this.#pendingCheck(this.#waiting));
    if (field.nested !== undefined && !nestedDone) this.#nested(field.nested.each);
  }

  #pendingCheck(waiting: readonly Promise<void>[]): PendingCheck {
    const verdict = settled(Promise.all(waiting).then(() => this.#report()));
    const check = { of: `${this.shape.name}.${this.field.name}`, verdict, isOver: false };
    const end = (): void => {
      check.isOver = true;
    };
    verdict.then(end, end);
    return check;
  }

  #apply(rule: Rule): void {
    const { instance, value } = this;
    const applies = rule.applies;
    if (applies !== undefined && !this.#named(() => applies(instance, value))) return;
    if (!rule.each) return this.#judge(rule, value, undefined);
    const items = itemsOf(value);
    if (items === undefined) this.#expectCollection();
    else for (const [key, item] of items) this.#judge(rule, item, key);
  }

  #judge(rule: Rule, value: unknown, key: string | number | undefined): void {
    const verdict = this.#named(() => rule.test(value, this.#given(rule, this.value)));
    if (isThenable(verdict)) {
      const answer = Promise.resolve(verdict).then(
        (accepted: unknown) => {
          if (!accepted) this.#find(rule, value, key);
        },
        (cause: unknown) => {
          throw threw(this.#what(), cause);
        },
      );
      (this.#waiting ??= []).push(settled(answer));
    } else if (!verdict) this.#find(rule, value, key);
  }

  #find(rule: Rule, value: unknown, key: string | number | undefined): void {
    const path = key === undefined ? this.path : joinPath(this.path, key);
    this.#findings ??= new Map();
    const finding = this.#findings.get(path);
    if (finding === undefined) this.#findings.set(path, { value, rules: [rule] });
    else finding.rules.push(rule);
  }

  #report(): void {
    for (const [path, { value, rules }] of this.#findings ?? []) {
      this.context.issues.add(path, () => ({
        expected: [...new Set(rules.map((rule) => this.#named(() => rule.explain(this.#given(rule, value)))))].join(
          ', ',
        ),
        got: describeValue(value),
      }));
    }
  }

  #nested(each: boolean): void {
    const { value, path } = this;
    if (value === undefined || this.context.issues.has(path)) return;
    const items = itemsOf(value);
    if (items !== undefined) for (const [key, item] of items) this.#nestedItem(item, joinPath(path, key));
    else if (each) this.#expectCollection();
    else this.#nestedItem(value, path);
  }

  #nestedItem(value: unknown, path: string): void {
    const { context } = this;
    if (context.issues.has(path)) return;
    const items = itemsOf(value);
    if (items !== undefined) {
      for (const [key, item] of items) this.#nestedItem(item, joinPath(path, key));
    } else if (typeof value !== 'object' || value === null) {
      context.issues.add(path, () => ({ expected: 'an object', got: describeValue(value) }));
    } else if (!isFilled(value.constructor)) {
      const expected = 'an object of a class (@ValidateNested needs @Type(() => …) next to it)';
      context.issues.add(path, () => ({ expected, got: describeValue(value) }));
    } else validate(value, path, context);
  }

  #expectCollection(): void {
    this.context.issues.add(this.path, () => ({ expected: 'an array', got: describeValue(this.value) }));
  }

  #given(rule: Rule, value: unknown): RuleArguments {
    const { shape, field, instance } = this;
    return { targetName: shape.name, property: field.name, object: instance, value, constraints: rule.constraints };
  }

  #what(): string {
    return `a validator of ${this.shape.name}.${this.field.name}`;
  }

  #named<T>(run: () => T): T {
    return runNamed(this.#what(), run);
  }
}

/** The parts of a collection with their keys, or undefined for anything else. */
function itemsOf(value: unknown): readonly (readonly [string | number, unknown])[] | undefined {
  if (Array.isArray(value)) return value.map((item: unknown, index) => [index, item] as const);
  if (value instanceof Set) return [...value].map((item: unknown, index) => [index, item] as const);
  if (value instanceof Map) return [...value].map(([key, item]: [unknown, unknown]) => [String(key), item] as const);
  return undefined;
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}

/** Keeps a rejection for a later `await`, without counting as unhandled until then. */
function settled(promise: Promise<void>): Promise<void> {
  promise.catch(() => undefined);
  return promise;
}
