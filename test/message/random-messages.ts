// Random message classes, and data for them: mostly right, now and then wrong, odd or hostile. By a seed.

import 'reflect-metadata';
import { Exclude, Expose, Transform, Type } from 'class-transformer';
import * as rules from 'class-validator';
import { markSensitive } from '../../src/values/sensitive.ts';
import { seededRandom } from '../../src/testing/random.ts';
import { getterOf, JSON_VALUES, ODD, shown } from './random-values.ts';

export type MadeClass = new () => object;

/** `json`: what class-validator itself judges in the same way. `any`: everything, and the user's code. */
export type Range = 'json' | 'any';

interface Field {
  readonly name: string;
  readonly inputName: string;
  readonly decorators: readonly PropertyDecorator[];
  readonly isOptional: boolean;
  readonly isExcluded: boolean;
  readonly value: () => unknown;
  readonly makeDefault?: () => unknown;
}

interface Kind {
  readonly decorators: () => readonly PropertyDecorator[];
  readonly value: () => unknown;
  /** A nested message is required by us, and not by class-validator. */
  readonly nested?: boolean;
}

const NAMES = ['a', 'b', 'count', 'größe', 'item', 'a b', 'toString', 'kind', 'note'];
const COLORS = { Red: 'red', Blue: 'blue', Zero: 0, 0: 'Zero' };

export class RandomMessages {
  /** What code of the user's was called with, in turn. */
  readonly calls: string[] = [];
  readonly #random: () => number;
  readonly #range: Range;
  readonly #plans = new Map<MadeClass, readonly Field[]>();
  #made = 0;

  constructor(seed: number, range: Range) {
    this.#random = seededRandom(seed);
    this.#range = range;
  }

  /** A class with up to two levels of others in it. */
  messageClass(depth = 2): MadeClass {
    if (this.#range === 'any' && this.#chance(depth === 2 ? 0.02 : 0.08)) return this.#openClass();
    const base = depth === 2 && this.#chance(0.25) ? this.messageClass(0) : undefined;
    const fields = new Map<string, Field>();
    for (let at = 0; at < 1 + this.#below(5); at += 1) {
      const name = this.#name();
      if (!fields.has(name)) fields.set(name, this.#field(name, depth));
    }
    const own = [...fields.values()];
    const isDefined = this.#chance(0.3);
    const fill = (instance: object): void => {
      for (const { name, makeDefault } of own) {
        // As fields of classes are: no setter of a base class is called, for a constructor may run twice.
        if (makeDefault !== undefined) define(instance, name, makeDefault());
        else if (isDefined) define(instance, name, undefined);
      }
    };
    const made = this.#class(base, fill);
    for (const { name, decorators } of own) for (const decorate of decorators) decorate(made.prototype, name);
    if (this.#range === 'any')
      for (const { name, makeDefault } of own) if (makeDefault === undefined && !isDefined) this.#accessor(made, name);
    // class-validator refuses what has no annotation at all.
    if (own.every(({ decorators }) => decorators.length === 0)) rules.IsOptional()(made.prototype, 'note');
    const inherited = base === undefined ? [] : (this.#plans.get(base) ?? []);
    this.#plans.set(made, [...inherited.filter(({ name }) => !fields.has(name)), ...own]);
    return made;
  }

  /** A class that declares nothing, and takes what there is. */
  #openClass(): MadeClass {
    const made = this.#class(undefined, () => undefined);
    const value = (): unknown => this.#pick([1, 'x', { q: [1] }, ['a']]);
    this.#plans.set(
      made,
      ['a', 'größe', 'toString'].map((name) => ({
        name,
        inputName: name,
        decorators: [],
        isOptional: true,
        isExcluded: false,
        value,
      })),
    );
    return made;
  }

  #name(): string {
    const name = this.#pick(NAMES);
    // class-validator cannot take a field that is named as a method of all objects.
    return this.#range === 'json' && name in Object.prototype ? 'note' : name;
  }

  /** Now and then a field is set and read by code of the user's, which may look at, or change, another field. */
  #accessor(made: MadeClass, name: string): void {
    if (!this.#chance(0.05)) return;
    const { calls } = this;
    const [throws, isPrivate] = [this.#chance(0.2), this.#chance(0.5)];
    const changes = name !== 'note' && this.#chance(0.3);
    const kept = new WeakMap<object, unknown>();
    Object.defineProperty(made.prototype, name, {
      configurable: true,
      enumerable: this.#chance(0.1),
      get(this: object): unknown {
        calls.push(`getter of ${name}`);
        return isPrivate ? kept.get(this) : Reflect.get(this, `_${name}`);
      },
      set(this: object, value: unknown) {
        calls.push(`setter of ${name} ${shown(value)} ${shown(this)}`);
        if (throws && typeof value === 'string') throw new TypeError('set');
        if (changes) Reflect.set(this, 'note', 'changed');
        if (isPrivate) kept.set(this, value);
        else Reflect.set(this, `_${name}`, value);
      },
    });
  }

  #class(base: MadeClass | undefined, fill: (instance: object) => void): MadeClass {
    this.#made += 1;
    const name = `Made${this.#made}`;
    const Base = base ?? class {};
    return (
      {
        [name]: class extends Base {
          constructor() {
            super();
            fill(this);
          }
        },
      }[name] ?? Base
    );
  }

  /** Data for a class. */
  data(messageClass: MadeClass): unknown {
    if (this.#range === 'any' && this.#chance(0.01)) return this.#pick(ODD)(this.calls);
    return this.#fieldsOf(messageClass);
  }

  #fieldsOf(messageClass: MadeClass): object {
    const plan = this.#plans.get(messageClass) ?? [];
    const data: Record<string, unknown> = {};
    for (const field of this.#chance(0.3) ? plan.toReversed() : plan) {
      if (this.#range === 'json' && field.isExcluded) continue;
      if (!this.#chance(field.isOptional ? 0.6 : 0.95)) continue;
      const isWrong = this.#range === 'any' ? this.#chance(0.06) : false;
      define(data, field.inputName, isWrong ? this.#pick(ODD)(this.calls) : field.value());
    }
    return this.#range === 'json' ? data : this.#disturbed(messageClass, data, plan);
  }

  /** Data with more, other or hidden fields, getters, a class or a proxy. */
  #disturbed(messageClass: MadeClass, data: object, plan: readonly Field[]): object {
    let given = data;
    const anyName = (): string => this.#pick(plan).inputName;
    if (this.#chance(0.06))
      define(given, this.#pick(['zz', 'role', '__proto__', 'x\u202E']), this.#pick(ODD)(this.calls));
    if (this.#chance(0.02)) define(given, anyName(), undefined);
    const form = this.#below(50);
    if (form < 5) given = Object.defineProperties(new messageClass(), Object.getOwnPropertyDescriptors(data));
    else if (form === 5) given = Object.assign(Object.create(null), data);
    else if (form === 6) given = new Proxy(data, {});
    // Those of plain objects run, and again if the interpreter takes over.
    const isPlain = Object.getPrototypeOf(given) === Object.prototype;
    if (this.#chance(0.02) && !isPlain) Object.defineProperty(given, anyName(), getterOf(this.calls));
    return given;
  }

  #field(name: string, depth: number): Field {
    const kind = this.#kind(depth);
    const decorators = [...kind.decorators()];
    const isOptional = this.#chance(kind.nested === true ? 0.3 : 0.25);
    if (isOptional) decorators.push(rules.IsOptional());
    let inputName = name;
    // class-transformer takes the default of such a field away.
    if (this.#range === 'any' && this.#chance(0.05)) {
      inputName = this.#pick(['in_a', 'other']);
      decorators.push(Expose({ name: inputName }));
    }
    const isExcluded = this.#chance(0.03);
    if (isExcluded) decorators.push(Exclude());
    if (this.#range === 'any') decorators.push(...this.#userDecorators());
    const makeDefault = this.#chance(0.15) ? this.#pick([() => 'dd', () => 5, () => null, () => []]) : undefined;
    const mayLack = kind.nested !== true || isOptional || this.#range === 'any';
    return {
      name,
      inputName,
      decorators,
      isOptional: mayLack && isOptional,
      isExcluded: isExcluded && mayLack,
      value: kind.value,
      ...(makeDefault !== undefined && { makeDefault }),
    };
  }

  #userDecorators(): readonly PropertyDecorator[] {
    const { calls } = this;
    const all: PropertyDecorator[] = [];
    if (this.#chance(0.05)) {
      const holds = (_: object, value: unknown): boolean => {
        calls.push(`condition ${shown(value)}`);
        return value !== 'skip' && value !== null;
      };
      all.push(rules.ValidateIf(holds));
    }
    if (this.#chance(0.03)) {
      const kind = this.#below(6);
      const transform = ({ value, obj }: { value: unknown; obj: object }): unknown => {
        calls.push(`transform ${shown(value)} ${shown(obj)}`);
        if (kind === 1) Reflect.set(obj, 'note', 'changed');
        if (kind === 2) Reflect.deleteProperty(obj, 'b');
        if (kind === 3 && typeof value === 'string') throw new TypeError('transform');
        if (kind === 4 && Array.isArray(value)) value.pop();
        return kind === 5 ? [value] : value;
      };
      all.push(Transform(transform));
      if (this.#chance(0.3)) all.push(Expose());
    }
    if (this.#chance(0.03)) all.push((prototype, name) => markSensitive(prototype, [String(name)]));
    return all;
  }

  #kind(depth: number): Kind {
    const kinds = [...this.#flatKinds(), ...(depth > 0 ? this.#nestedKinds(depth) : [])];
    return this.#pick(this.#range === 'any' ? [...kinds, ...this.#userKinds()] : kinds);
  }

  #flatKinds(): readonly Kind[] {
    const pick = <T>(items: readonly T[]): T => this.#pick(items);
    const of = (decorators: () => readonly PropertyDecorator[], values: readonly unknown[]): Kind => ({
      decorators,
      value: () => pick(this.#chance(0.85) ? values : JSON_VALUES),
    });
    const o = (): rules.ValidationOptions => this.#options();
    return [
      of(() => [rules.IsString(o())], ['x', 'abc', 'ö', '']),
      of(
        () => [rules.Length(pick([0, 1, 2]), pick([2, 3, 5, 40]), o()), rules.IsString(o())],
        ['a', 'ab', '😀', 'abc', 'e\uFE0F', '😀\uFE0F', 'ab😀', 'abcdef'],
      ),
      of(
        () => [rules.MaxLength(pick([2, 4]), o()), rules.MinLength(pick([1, 2, 3]), o())],
        ['ab', 'abc', '😀x', 'é\uFE0Fa', '😀\uFE0E'],
      ),
      of(() => [rules.Matches(pick([/^[a-z]+$/, /x/g, /^.$/u]), o())], ['x', 'abc', 'X']),
      of(() => [rules.Min(pick([0, 1, -5]), o()), rules.Max(10, o()), rules.IsInt(o())], [1, 2, 10, 11, -6, 0.5]),
      of(() => [rules.IsNumber(pick([{}, { maxDecimalPlaces: 1 }, { allowNaN: true }]), o())], [1, 2.5, -3, 0.25]),
      of(() => [pick([rules.IsPositive, rules.IsNegative])(o())], [1, -1, 0]),
      of(() => [rules.IsBoolean(o())], [true, false]),
      of(
        () => [
          pick([rules.IsIn, rules.IsNotIn])(
            pick([
              ['x', 'y', 1, null],
              ['x', 'y'],
              [1, 2],
            ]),
            o(),
          ),
        ],
        ['x', 'y', 1, 'z', 2],
      ),
      of(() => [rules.IsEnum(COLORS, o())], ['red', 'blue', 0, 'Zero', 'no']),
      of(() => [pick([rules.Equals, rules.NotEquals])(pick(['x', 1, true, -0]), o())], ['x', 1, true, 0]),
      of(() => [pick([rules.IsDefined, rules.IsNotEmpty, rules.IsEmpty])(o())], [1, 'x', '']),
      of(
        () => [
          pick([rules.ArrayMinSize(1), rules.ArrayMaxSize(2), rules.ArrayNotEmpty(), rules.ArrayUnique()]),
          rules.IsArray(o()),
        ],
        [[], [1], [1, 1], [1, 2, 3]],
      ),
      of(() => [rules.IsString({ each: true }), rules.IsArray()], [['a'], ['ab', 'c'], [], ['a', 1]]),
      of(
        () => [rules.Min(1, { ...o(), each: true }), rules.IsInt({ each: true }), rules.IsArray()],
        [[1, 2], [3], [0]],
      ),
      of(() => [rules.IsObject(o())], [{ q: [1] }, {}]),
      of(() => [rules.IsUUID(pick(['all', '4'] as const), o())], ['0b0d7c1e-6a4b-4f6b-9c0e-2b8f0c7f5a11', 'x']),
      of(() => [rules.IsEmail({}, o())], ['a@b.co', 'a']),
      of(() => [rules.Allow(o())], [1, 'x', { a: [1] }]),
      {
        decorators: () => [Type(() => Date), rules.IsDate(o())],
        value: () => pick(['2026-11-21', '2026-11-21T10:00:00Z', 5]),
      },
    ];
  }

  #nestedKinds(depth: number): readonly Kind[] {
    const inner = this.messageClass(depth - 1);
    const other = this.messageClass(depth - 1);
    const many = (): readonly unknown[] => Array.from({ length: this.#below(4) }, () => this.#fieldsOf(inner));
    const collection = (): unknown => {
      const items = many();
      if (this.#range === 'json' || this.#chance(0.85)) return items;
      return this.#pick([() => new Set(items), () => new Map(items.map((item, at) => [`k${at}`, item]))])();
    };
    const one = (): unknown => {
      if (this.#range === 'any' && this.#chance(0.1)) return collection();
      return this.#fieldsOf(inner);
    };
    const tagged = (): unknown => {
      const [tag, made] = this.#pick([['one', inner] as const, ['two', other] as const]);
      const data = this.#fieldsOf(made);
      const isRight = this.#range === 'json' || this.#chance(0.9);
      if (Object.isExtensible(data)) define(data, 'kind', isRight ? tag : this.#pick(['three', 5, undefined]));
      return data;
    };
    const byTag = (): PropertyDecorator => {
      const subTypes = [
        { name: 'one', value: inner },
        { name: 'two', value: other },
      ];
      const discriminator = { property: 'kind', subTypes };
      return Type(() => Object, { discriminator, keepDiscriminatorProperty: this.#chance(0.5) });
    };
    const type = (): PropertyDecorator => Type(() => inner);
    const kinds: Kind[] = [
      { decorators: () => [type(), rules.ValidateNested(this.#options())], value: one, nested: true },
      {
        decorators: () => [
          type(),
          rules.ValidateNested({ each: true }),
          ...(this.#chance(0.5) ? [rules.IsArray()] : []),
        ],
        value: collection,
        nested: true,
      },
      {
        decorators: () => [
          type(),
          rules.ValidateNested({ each: true }),
          rules.ArrayMaxSize(2),
          rules.IsObject({ each: true }),
        ],
        value: collection,
        nested: true,
      },
    ];
    if (this.#range === 'json') return kinds;
    return [
      ...kinds,
      { decorators: () => [byTag(), rules.ValidateNested()], value: tagged, nested: true },
      {
        decorators: () => [byTag(), rules.ValidateNested({ each: true })],
        value: () => Array.from({ length: this.#below(3) }, tagged),
        nested: true,
      },
      { decorators: () => [rules.ValidateNested()], value: () => ({ a: 1 }), nested: true },
      {
        decorators: () => [Type((given) => (given === undefined ? inner : inner)), rules.ValidateNested()],
        value: one,
      },
      { decorators: () => [type()], value: one },
    ];
  }

  #userKinds(): readonly Kind[] {
    const values = ['ab', 'abc', 4, null, { a: 1 }];
    const value = (): unknown => this.#pick(values);
    return [
      { decorators: () => [this.#custom(false, false)], value },
      { decorators: () => [this.#custom(true, false), rules.IsString()], value },
      { decorators: () => [this.#custom(this.#chance(0.3), true)], value },
      { decorators: () => [rules.IsDate()], value: () => new Date(9) },
      {
        decorators: () => [Type(() => Date), rules.IsDate({ each: true })],
        value: () => [new Date(1), '2026-11-21', 7],
      },
      { decorators: () => [Type(() => Number), rules.IsInt()], value: () => this.#pick([4, '4']) },
      {
        decorators: () => [rules.ArrayUnique((item: unknown) => (this.calls.push(`unique ${shown(item)}`), item))],
        value: () => [1, 2, 1],
      },
      { decorators: () => [], value },
    ];
  }

  /** A validator of the user's, often under a name of the library's. */
  #custom(isAsync: boolean, throws: boolean): PropertyDecorator {
    const { calls } = this;
    const name = this.#pick(['mine', 'isInt', 'isString', 'matches']);
    const hasText = this.#chance(0.5);
    const accepts = (value: unknown): boolean => {
      if (throws && typeof value === 'number') throw new TypeError('boom');
      return typeof value === 'string' ? value.length % 2 === 0 : value !== null;
    };
    const validate = (value: unknown, given?: rules.ValidationArguments): boolean | Promise<boolean> => {
      calls.push(`validator ${name} ${shown(value)} ${shown(given?.object)}`);
      const verdict = accepts(value);
      return isAsync ? Promise.resolve(verdict) : verdict;
    };
    const validator = { validate, ...(hasText && { defaultMessage: () => '$property must be mine, not $value' }) };
    return (prototype, field) =>
      rules.registerDecorator({
        name,
        target: prototype.constructor,
        propertyName: String(field),
        options: this.#options(),
        async: isAsync,
        validator,
      });
  }

  #options(): rules.ValidationOptions {
    const { calls } = this;
    const options: rules.ValidationOptions = {};
    if (this.#chance(0.08)) {
      options.message = this.#pick([
        'own $property $value',
        ({ property }: rules.ValidationArguments): string => `of ${property}`,
        ...(this.#range === 'json'
          ? []
          : [
              (): string => {
                calls.push('text');
                throw new TypeError('text');
              },
            ]),
      ]);
    }
    if (this.#chance(0.05)) options.groups = ['g'];
    if (this.#chance(0.04))
      options.validateIf = (_: unknown, value: unknown): boolean => (calls.push('if'), value !== 'skip');
    return options;
  }

  #chance(share: number): boolean {
    return this.#random() < share;
  }

  #below(limit: number): number {
    return Math.floor(this.#random() * limit);
  }

  #pick<T>(items: readonly T[]): T {
    const item = items[this.#below(items.length)];
    if (item === undefined && items.length === 0) throw new Error('nothing to pick from');
    return item as T;
  }
}

function define(target: object, name: string, value: unknown): void {
  Object.defineProperty(target, name, { value, enumerable: true, configurable: true, writable: true });
}
