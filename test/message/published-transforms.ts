// Of the published kinds of classes and data those that class-transformer changes: `published-shapes.ts` says whose they are.

import 'reflect-metadata';
import { Exclude, Expose, Transform, Type } from 'class-transformer';
import { Allow, IsDefined, IsInt, IsOptional, IsString, ValidateNested } from 'class-validator';

import type { Shape } from './published-shapes.ts';

class Weapon {
  @IsString() model!: string;
  @IsInt() range!: number;
}
class Armed {
  @Allow() @Type(() => String) tags!: Map<string, string>;
  @Allow() @Type(() => Set) names!: Set<string>;
}
class ArmedWell {
  @Allow() @Type(() => Weapon) list!: Weapon[];
  @Allow() @Type(() => Weapon) map?: Map<string, Weapon>;
}
class Typed {
  @Allow() @Type(() => String) text!: unknown;
  @Allow() @Type(() => Number) count!: unknown;
  @Allow() @Type(() => Boolean) active!: unknown;
}
class Dated {
  @Type(() => Date) @IsDefined() at!: unknown;
}
class Renamed {
  @Allow() @Expose({ name: 'user_name' }) @Transform(({ value }) => String(value).toUpperCase()) name!: string;
  @Expose({ name: 'AGE' }) @IsOptional() age?: number = 18;
  @Transform(({ value }) => Boolean(value)) @IsDefined() admin!: boolean;
  @IsString() last = 'default';
}
class Hidden {
  @IsString() name!: string;
  @Exclude() @IsOptional() password?: string;
}
@Exclude()
class OnlyExposed {
  @Expose() @IsString() name!: string;
  @IsOptional() password?: string;
}
class Contact {
  @Transform(({ value }) => String(value).toUpperCase()) @IsString() name!: string;
}
class Student extends Contact {
  @Transform(({ value, obj }) => `${String(value)} of ${String(obj.name)}`) @IsString() school!: string;
}

abstract class Hobby {
  @IsString() name!: string;
}
class Sports extends Hobby {}
class Programming extends Hobby {
  @Transform(({ value }) => String(value).toUpperCase()) @IsString() ability!: string;
}
const hobbies = {
  discriminator: {
    property: '__type',
    subTypes: [
      { value: Sports, name: 'sports' },
      { value: Programming, name: 'program' },
    ],
  },
};
class Person {
  @IsOptional() @ValidateNested() @Type(() => Hobby, hobbies) hobby?: Hobby | null;
  @IsOptional() @ValidateNested({ each: true }) @Type(() => Hobby, hobbies) list?: (Hobby | null)[];
}
class KeepsTags {
  @ValidateNested() @Type(() => Hobby, { ...hobbies, keepDiscriminatorProperty: true }) hobby!: Hobby;
}
class Filtered {
  @Type(() => Weapon)
  @Transform(({ value }: { value: Weapon[] }) => value.filter(({ range }) => range > 1))
  @ValidateNested({ each: true })
  weapons!: Weapon[];
}

const knife = { model: 'knife', range: 1 };
const eagle = { model: 'eagle', range: 200 };
const coding = { __type: 'program', name: 'typescript coding', ability: 'testing' };
const football = { __type: 'sports', name: 'football' };

export const TRANSFORMED: readonly Shape[] = [
  {
    what: 'maps and sets of plain values',
    messageClass: Armed,
    collections: { tags: String, names: String },
    data: [
      { tags: { first: 'knife' }, names: ['knife', 'eagle'] },
      { tags: new Map([['first', 'knife']]), names: new Set(['knife']) },
    ],
  },
  {
    what: 'objects of a class that are not validated',
    messageClass: ArmedWell,
    collections: { map: Weapon },
    data: [{ list: [knife, eagle] }, { list: [knife], map: new Map([['one', knife]]) }, { list: [] }],
  },
  {
    what: 'built-in types',
    messageClass: Typed,
    data: [
      { text: 321, count: '123', active: '1' },
      { text: 'a', count: 1, active: true },
    ],
  },
  {
    what: 'dates',
    messageClass: Dated,
    data: [
      { at: '2026-11-29T10:00:00.000Z' },
      { at: 1_790_000_000_000 },
      { at: new Date(1967, 2, 1) },
      { at: 'Wed Mar 01 1967' },
    ],
  },
  {
    what: 'other names, defaults and transforms',
    messageClass: Renamed,
    data: [
      { user_name: 'Johny Cage', AGE: 4, admin: 1, last: 'x' },
      { user_name: 'Johny Cage', admin: 0 },
      { user_name: 'Johny Cage', AGE: 5, admin: '' },
    ],
  },
  { what: 'excluded fields', messageClass: Hidden, data: [{ name: 'a' }, { name: 'a', password: 'secret' }] },
  { what: 'classes that expose some', messageClass: OnlyExposed, data: [{ name: 'a' }, { name: 'a', password: 'x' }] },
  {
    what: 'transforms in a base class',
    messageClass: Student,
    data: [
      { name: 'Johny Cage', school: 'mit' },
      { name: 5, school: null },
    ],
  },
  {
    what: 'objects of which a tag says the class',
    messageClass: Person,
    data: [
      { hobby: coding },
      { hobby: football, list: [football, coding] },
      { hobby: null },
      { list: [null] },
      { hobby: { ...coding, name: 5 }, list: [{ ...football, name: 5 }] },
      { hobby: { __type: 'chess', name: 'x' } },
      { hobby: { name: 'x' } },
    ],
  },
  { what: 'tags that stay', messageClass: KeepsTags, data: [{ hobby: coding }, { hobby: football }] },
  {
    what: 'a transform of nested objects',
    messageClass: Filtered,
    data: [
      { weapons: [knife, eagle] },
      { weapons: [knife, { ...eagle, model: 5 }] },
      { weapons: [{ ...knife, model: 5 }, eagle] },
    ],
  },
];
