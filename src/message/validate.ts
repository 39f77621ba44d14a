// Runs the validators of a class on an instance. The verdict is class-validator's, but stricter in four points: a rule with
// `each` needs a collection, a missing item is not skipped, a nested message without `each` is one object and no collection,
// and one that is missing needs `@IsOptional`.
//
// VALIDATE-1. Every validator that applies runs once.
// VALIDATE-2. Nothing is awaited unless a validator returns a promise.

import { describeClass } from './class-info.ts';
import {
  isChecked,
  isFilled,
  type ClassDescription,
  type FieldDescription,
  type Rule,
  type RuleArguments,
} from './description.ts';
import { joinPath } from '../values/describe.ts';
import type { Issues } from '../values/issues.ts';
import { isThenable } from '../values/promises.ts';
import { explained, holdsSecrets, keyShown, valueShown } from './secrets.ts';
import { runNamed, threw } from './user-code.ts';

/** What the checks of one message share. */
export interface ValidationContext {
  readonly issues: Issues;
  /** What asynchronous validators have still to say. None of them rejects. */
  readonly pending: PendingCheck[];
  /** It is about what a sensitive field holds. */
  readonly isSecret?: boolean;
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
  const shape = describeClass(messageClass);
  for (const field of shape.fields) {
    if (!isChecked(field)) continue;
    validateField(shape, field, instance, at, context, without?.has(field.name) === true ? DONE : undefined);
  }
}

/** Checks what is nested in a field: it is checked already. */
export const DONE = (): void => undefined;

/** Checks one field of an instance; @param nested checks what is nested in it. @default as its class says */
export function validateField(
  shape: ClassDescription,
  field: FieldDescription,
  instance: object,
  at: string,
  context: ValidationContext,
  nested?: () => void,
): void {
  const value: unknown = runNamed(`reading ${shape.name}.${field.name}`, () => Reflect.get(instance, field.name));
  new FieldCheck(shape, field, instance, value, at, context).run(nested);
}

interface Finding {
  readonly value: unknown;
  readonly rules: Rule[];
}

class FieldCheck {
  #findings: Map<string, Finding> | undefined;
  #waiting: Promise<void>[] | undefined;

  constructor(
    private readonly shape: ClassDescription,
    private readonly field: FieldDescription,
    private readonly instance: object,
    private readonly value: unknown,
    private readonly at: string,
    private readonly context: ValidationContext,
  ) {}

  #isSecret(): boolean {
    return this.field.sensitive || this.context.isSecret === true;
  }

  /** Built when asked for: most fields have nothing wrong. */
  get path(): string {
    return joinPath(this.at, this.field.inputName);
  }

  run(nested: (() => void) | undefined): void {
    const { field, instance, value, context } = this;
    if (!context.issues.empty && context.issues.has(this.path)) return;
    if (!this.#ofField(() => field.conditions.every((condition) => condition.holds(instance, value)))) return;
    for (const rule of field.rules) this.#apply(rule);
    if (this.#waiting === undefined) this.#report();
    else context.pending.push(this.#pendingCheck(this.#waiting));
    if (field.nested === undefined) return;
    if (nested === undefined) this.#nested(field.nested.each);
    else if (!context.issues.has(this.path)) nested();
  }

  #pendingCheck(waiting: readonly Promise<void>[]): PendingCheck {
    const verdict = Promise.all(waiting).then(() => this.#report());
    const check = { of: `${this.shape.name}.${this.field.name}`, verdict, isOver: false };
    const end = (): void => {
      check.isOver = true;
    };
    void verdict.then(end);
    return check;
  }

  #apply(rule: Rule): void {
    const { instance, value } = this;
    const applies = rule.applies;
    if (applies !== undefined && !this.#ofField(() => applies(instance, value))) return;
    if (!rule.each) return this.#judge(rule, value, undefined);
    const items = itemsOf(value);
    if (items === undefined) this.#expectCollection();
    else for (const [key, item] of items) this.#judge(rule, item, key);
  }

  #judge(rule: Rule, value: unknown, key: string | number | undefined): void {
    let verdict: unknown;
    try {
      verdict = rule.test(value, this.#given(rule, this.value));
    } catch (cause) {
      this.#fail(cause);
      return;
    }
    if (isThenable(verdict)) {
      const answer = Promise.resolve(verdict).then(
        (accepted: unknown) => {
          if (!accepted) this.#find(rule, value, key);
        },
        (cause: unknown) => this.#fail(cause),
      );
      (this.#waiting ??= []).push(answer);
    } else if (!verdict) this.#find(rule, value, key);
  }

  #find(rule: Rule, value: unknown, key: string | number | undefined): void {
    const path = key === undefined ? this.path : this.#pathOf(key);
    this.#findings ??= new Map();
    const finding = this.#findings.get(path);
    if (finding === undefined) this.#findings.set(path, { value, rules: [rule] });
    else finding.rules.push(rule);
  }

  #report(): void {
    for (const [path, { value, rules }] of this.#findings ?? []) {
      this.#ofField(() =>
        this.context.issues.add(path, () => ({
          expected: [...new Set(rules.map((rule) => this.#explain(rule, value)))].join(', '),
          got: this.#shown(value),
        })),
      );
    }
  }

  #nested(each: boolean): void {
    const { value, path } = this;
    // Where it may be missing, a condition has said so.
    if (this.context.issues.has(path)) return;
    if (!each) this.#nestedItem(value, path);
    else {
      const items = itemsOf(value);
      if (items === undefined) this.#expectCollection();
      else for (const [key, item] of items) this.#nestedItem(item, this.#pathOf(key));
    }
  }

  #nestedItem(value: unknown, path: string): void {
    const { context } = this;
    const isSecret = this.#isSecret();
    if (context.issues.has(path)) return;
    if (typeof value === 'object' && value !== null && itemsOf(value) === undefined) {
      if (isFilled(value.constructor)) validate(value, path, isSecret ? { ...context, isSecret } : context);
      else context.issues.add(path, () => ({ expected: this.#expectedClass(value), got: this.#shown(value) }));
    } else context.issues.add(path, () => ({ expected: 'an object', got: this.#shown(value) }));
  }

  /** What is missing where an object has become no instance of a class. */
  #expectedClass(value: object): string {
    // A date or a URL has a class, and no fields of a message.
    if (value.constructor !== Object) return 'an object';
    return this.field.type === undefined
      ? 'an object of a class (@ValidateNested needs @Type(() => …) next to it)'
      : 'an object of a class (the function of @Type gives no class of a message)';
  }

  #expectCollection(): void {
    this.context.issues.add(this.path, () => ({ expected: 'an array', got: this.#shown(this.value) }));
  }

  #pathOf(key: string | number): string {
    return joinPath(this.path, keyShown(key, this.#isSecret()));
  }

  #explain(rule: Rule, value: unknown): string {
    return explained(rule, this.#given(rule, value), this.#isSecretly(value));
  }

  #shown(value: unknown): string {
    return valueShown(value, this.#isSecretly(value));
  }

  /** What is given in the place of an object with secrets may be one. */
  #isSecretly(value: unknown): boolean {
    return this.#isSecret() || (typeof value !== 'object' && holdsSecrets(this.field));
  }

  #given(rule: Rule, value: unknown): RuleArguments {
    const { shape, field, instance } = this;
    return { targetName: shape.name, property: field.name, object: instance, value, constraints: rule.constraints };
  }

  #what(): string {
    return `a validator of ${this.shape.name}.${this.field.name}`;
  }

  #ofField<T>(run: () => T): T | undefined {
    try {
      return run();
    } catch (cause) {
      this.#fail(cause);
      return undefined;
    }
  }

  #fail(cause: unknown): void {
    this.context.issues.fail(this.path, threw(this.#what(), cause, this.#isSecret()));
  }
}

/** The parts of a collection with their keys, or undefined for anything else. */
function itemsOf(value: unknown): readonly (readonly [string | number, unknown])[] | undefined {
  if (Array.isArray(value)) return value.map((item: unknown, index) => [index, item] as const);
  if (value instanceof Set) return [...value].map((item: unknown, index) => [index, item] as const);
  if (value instanceof Map) return [...value].map(([key, item]: [unknown, unknown]) => [String(key), item] as const);
  return undefined;
}
