// Classes and data of the kinds that the published tests of class-validator and class-transformer have: nesting, inheritance,
// conditions, options of validators, unknown fields, exposed names, defaults, transforms, tags. Which kinds there are is taken
// from typestack/class-validator (test/functional: nested- at 46dbf13d, inherited- at 718c7ec0, conditional- at 2e25aaf0,
// whitelist- at 73fd1e70, validation-options at 69321185, nested-whitelist-array at 6c308136) and from
// typestack/class-transformer (test/functional: es6-data-types at 87e7419e, custom-transform at dff90ca0, default-values at
// 16a05065, discriminator at 9c54a477, ignore-decorators and specify-maps at 01db2225, inheritence at 01db2225); both MIT.

import 'reflect-metadata';
import { Type } from 'class-transformer';
import {
  Allow,
  ArrayMinSize,
  Contains,
  Equals,
  IsArray,
  IsDefined,
  IsInt,
  IsNotEmpty,
  IsOptional,
  IsString,
  Min,
  MinLength,
  registerDecorator,
  Validate,
  ValidateBy,
  ValidateIf,
  ValidateNested,
  ValidatorConstraint,
  type ValidatorConstraintInterface,
} from 'class-validator';
import { TRANSFORMED } from './published-transforms.ts';

/** One class, and data for it. */
export interface Shape {
  readonly what: string;
  readonly messageClass: new () => object;
  readonly data: readonly object[];
  /** Sets and maps, with the class of what is in them: class-transformer takes only lists and objects. */
  readonly collections?: Readonly<Record<string, new () => object>>;
}

class Badge {
  @MinLength(5) label!: string;
}

class Greeting {
  @Contains('hello') title!: string;
  @ValidateNested() @IsDefined() @Type(() => Badge) badge!: Badge;
}

class Tree {
  @ValidateNested() @Type(() => Badge) list!: Badge[];
  @ValidateNested() @Type(() => Badge) lists!: Badge[][];
}

class Collections {
  @IsOptional() @ValidateNested({ each: true }) @Type(() => Badge) list?: Badge[];
  @IsOptional() @ValidateNested({ each: true }) @Type(() => Badge) set?: Set<Badge>;
  @IsOptional() @ValidateNested({ each: true }) @Type(() => Badge) map?: Map<string, Badge>;
}

const short = { label: 'my' };
const long = { label: 'not-short' };

const NESTED: readonly Shape[] = [
  {
    what: 'a nested object',
    messageClass: Greeting,
    data: [
      { title: 'hello', badge: long },
      { title: 'helo', badge: short },
      { title: 'helo' },
      { title: 'hello', badge: {} },
      { title: 'hello', badge: null },
      { title: 'hello', badge: 'no object' },
      { title: 'hello', badge: 5 },
    ],
  },
  {
    what: 'lists where one object is declared',
    messageClass: Tree,
    data: [
      { list: [long], lists: [[long]] },
      { list: [short, long], lists: [[short]] },
      { list: long, lists: long },
    ],
  },
  {
    what: 'a list, a set and a map of nested objects',
    messageClass: Collections,
    collections: { set: Badge, map: Badge },
    data: [
      {},
      { list: [long, long], set: new Set([long]), map: new Map([['one', long]]) },
      {
        list: [short, long],
        set: new Set([short, long]),
        map: new Map([
          ['one', short],
          ['a b', long],
        ]),
      },
      { list: [{ label: 1 }, {}], set: new Set([{ label: 1 }, {}]), map: new Map([['x', {}]]) },
      { list: [], set: new Set(), map: new Map() },
      { list: ['no object'], set: new Set([1]), map: new Map([['x', 'y']]) },
      { list: [null] },
      { list: long },
      { set: 'none' },
    ],
  },
];

class Titled {
  @Contains('hello') title!: string;
}
class TitledAndNamed extends Titled {
  @MinLength(5) name!: string;
}
class Longer extends Titled {
  @MinLength(5) declare title: string;
}
class Grown {
  @Min(30) age!: number;
  @Equals('first') one!: string;
  @Equals('second') two!: string;
}
class Older extends Grown {
  @Min(40) declare age: number;
  @Equals('second') declare one: string;
  @Equals('first') declare two: string;
}
class ByParent {
  @Contains('parent') title!: string;
}
class ByBoth extends ByParent {
  @Equals('child') declare title: string;
}

const INHERITED: readonly Shape[] = [
  {
    what: 'fields of a base class',
    messageClass: TitledAndNamed,
    data: [
      { title: 'hello', name: 'longer' },
      { title: 'helo', name: 'my' },
    ],
  },
  {
    what: 'validators of a field in the base class and in the derived one',
    messageClass: Longer,
    data: [{ title: 'helo' }, { title: 'hello' }, { title: 'longer' }],
  },
  {
    what: 'validators of the derived class in the place of the same ones',
    messageClass: Older,
    data: [
      { age: 20, one: 'second', two: 'second' },
      { age: 35, one: 'first', two: 'first' },
      { age: 40, one: 'second', two: 'first' },
    ],
  },
  {
    what: 'different validators, of which both count',
    messageClass: ByBoth,
    data: [{ title: 'child' }, { title: 'parent' }, { title: 'parent and child' }],
  },
];

class NeverAsked {
  @ValidateIf(() => false) @IsNotEmpty() title?: string;
}
class AlwaysAsked {
  @ValidateIf(() => true) @IsNotEmpty() title = '';
}
class AskedByAnother {
  @IsInt() age!: number;
  @ValidateIf((object: AskedByAnother) => object.age > 17) @IsNotEmpty() licence?: string;
}
class MayLack {
  @IsOptional() @Equals('test') title?: string | null;
}
class WithDefault {
  @IsOptional() @Equals('test') title = 'bad';
}

const CONDITIONAL: readonly Shape[] = [
  { what: 'a condition that never holds', messageClass: NeverAsked, data: [{}, { title: '' }, { title: 'x' }] },
  { what: 'a condition that always holds', messageClass: AlwaysAsked, data: [{}, { title: '' }, { title: 'x' }] },
  {
    what: 'a condition about another field',
    messageClass: AskedByAnother,
    data: [{ age: 3 }, { age: 18 }, { age: 18, licence: 'B' }],
  },
  {
    what: 'an optional field',
    messageClass: MayLack,
    data: [{}, { title: null }, { title: undefined }, { title: '' }, { title: 'bad' }, { title: 'test' }],
  },
  { what: 'an optional field with a default', messageClass: WithDefault, data: [{}, { title: 'test' }] },
];

class Listed {
  @IsDefined() title!: string;
  @Min(0) views!: number;
}
class Allowed {
  @Allow() views!: number;
}
class Bare {}
class Vehicle {
  @IsString() @IsNotEmpty() vin!: string;
  @IsInt() @IsOptional() year?: number;
}
class Dump {
  @IsInt({ always: true }) version!: number;
  @IsArray({ always: true })
  @ArrayMinSize(0, { always: true })
  @IsOptional({ always: true })
  @ValidateNested({ always: true, each: true })
  @Type(() => Vehicle)
  vehicles?: Vehicle[];
}
class Dumps {
  @IsArray() @ArrayMinSize(1) @ValidateNested({ each: true }) @Type(() => Dump) dumps!: Dump[];
}

const WHITELIST: readonly Shape[] = [
  {
    what: 'a field that nobody declared',
    messageClass: Listed,
    data: [
      { title: 'hello', views: 56 },
      { title: 'hello', views: 56, other: 42 },
      { title: 'hello', views: -1, other: 42 },
    ],
  },
  { what: '@Allow', messageClass: Allowed, data: [{}, { views: 420 }, { views: 420, other: 'no' }] },
  { what: 'a class that declares nothing', messageClass: Bare, data: [{ other: 'taken' }] },
  {
    what: 'unknown fields in lists in lists',
    messageClass: Dumps,
    data: [
      { dumps: [{ version: 1, vehicles: [{ vin: 'X', year: 2005 }] }] },
      { dumps: [{ version: 1, vehicles: [{ vin: 'X', wheels: 4 }] }] },
      { dumps: [{ version: 1 }, { version: 2, owner: 'me' }] },
      { dumps: [] },
    ],
  },
];

@ValidatorConstraint({ name: 'isNoCollection' })
class IsNoCollection implements ValidatorConstraintInterface {
  validate(value: unknown): boolean {
    return !Array.isArray(value) && !(value instanceof Set) && !(value instanceof Map);
  }
}
@ValidatorConstraint({ name: 'saysHello', async: true })
class SaysHello implements ValidatorConstraintInterface {
  validate(value: unknown): boolean | Promise<boolean> {
    return String(value).includes('hello') || Promise.resolve(false);
  }
}
const isLongerThan =
  (other: string): PropertyDecorator =>
  (prototype, property) =>
    registerDecorator({
      name: 'isLongerThan',
      target: prototype.constructor,
      propertyName: String(property),
      constraints: [other],
      validator: {
        validate: (value: unknown, given) =>
          String(value).length > String(Reflect.get(given?.object ?? {}, other)).length,
        defaultMessage: () => '$property must be longer than $constraint1',
      },
    });

class Each {
  @Contains('hello', { each: true }) words!: unknown;
}
class EachByOwn {
  @Validate(IsNoCollection, { each: true }) words!: unknown;
}
class EachLater {
  @Validate(SaysHello, { each: true }) words!: unknown;
}
class OwnTexts {
  @Contains('hello', { message: '$target.$property is $value, without $constraint1' }) a!: string;
  @Contains('hello', { message: (given) => `${given.property} of ${given.targetName}` }) b!: string;
}
class Compared {
  @IsString() first!: string;
  @isLongerThan('first') second!: string;
  @ValidateBy({ name: 'isEven', validator: { validate: (value) => Number(value) % 2 === 0 } }) third!: number;
}
class Grouped {
  @MinLength(5, { groups: ['one'] }) one!: string;
  @MinLength(5, { validateIf: (_, value) => value !== 'skip' }) two!: string;
}

const texts = ['hell no world', 'hello', 'helo world', 'hello world'];
const inMap = (items: readonly string[]): Map<string, string> => new Map(items.map((item, at) => [`key${at}`, item]));
const COLLECTIONS = [texts, new Set(texts), inMap(texts), ['hello'], new Set(['hello']), inMap(['hello']), []];

const OPTIONS: readonly Shape[] = [
  {
    what: '`each`',
    messageClass: Each,
    collections: { words: String },
    data: [...COLLECTIONS, 'hello', undefined].map((words) => ({ words })),
  },
  {
    what: '`each` of a class of the user’s',
    messageClass: EachByOwn,
    collections: { words: String },
    data: COLLECTIONS.map((words) => ({ words })),
  },
  {
    what: '`each` of a class that answers later',
    messageClass: EachLater,
    collections: { words: String },
    data: COLLECTIONS.map((words) => ({ words })),
  },
  {
    what: 'texts of the user’s',
    messageClass: OwnTexts,
    data: [
      { a: 'x', b: 'y' },
      { a: 'hello', b: 'hello' },
    ],
  },
  {
    what: 'decorators of the user’s',
    messageClass: Compared,
    data: [
      { first: 'ab', second: 'abc', third: 2 },
      { first: 'ab', second: 'a', third: 3 },
    ],
  },
  {
    what: 'groups and conditions of one validator',
    messageClass: Grouped,
    data: [
      { one: 'longer', two: 'skip' },
      { one: 'my', two: 'my' },
    ],
  },
];

export const SHAPES: readonly Shape[] = [
  ...NESTED,
  ...INHERITED,
  ...CONDITIONAL,
  ...WHITELIST,
  ...OPTIONS,
  ...TRANSFORMED,
];
