// The published tests of class-validator and class-transformer, as tables of our own: each value and each shape goes through
// the two libraries, the compiled reader and the interpreter. The verdict, the paths and what is expected at each are the
// same, but where docs/messages.md says otherwise; those cases are counted by kind.
//
// published-values.ts and published-shapes.ts say where the facts are from.

import 'reflect-metadata';
import { isDeepStrictEqual } from 'node:util';
import { plainToInstance } from 'class-transformer';
import * as library from 'class-validator';
import { beforeAll, describe, expect, test } from 'vitest';

import { interpret } from '../../src/message/interpreter.ts';
import { copyOf } from '../../src/message/copy.ts';
import { createParser, loadCompiler, type Parse } from '../../src/message/parser.ts';
import { Refusal } from '../../src/message/refusal.ts';
import { expectedText } from '../../src/message/rule-text.ts';
import { joinPath } from '../../src/values/describe.ts';
import { DEFAULT_LIMITS } from '../../src/values/sanitize.ts';
import { SHAPES, type Shape } from './published-shapes.ts';
import { LATER_JUDGED, OURS, PUBLISHED, type ValueRow } from './published-values.ts';
import type { MadeClass } from './random-messages.ts';
import { shown } from './random-values.ts';

beforeAll(loadCompiler);

/** What somebody says of data: an instance, or what is expected at each path. */
interface Verdict {
  readonly instance?: object;
  /** Our code, if it is not about the fields. */
  readonly code?: string;
  readonly issues: ReadonlyMap<string, string>;
  /** In our words. */
  readonly text: string;
}

const ACCEPTED: ReadonlyMap<string, string> = new Map();

async function verdictOf(parse: Parse, data: unknown): Promise<Verdict> {
  const parsed = await parse(data);
  if (!(parsed instanceof Refusal)) return { instance: parsed, issues: ACCEPTED, text: shown(parsed) };
  const issues = new Map(parsed.issues.map(({ path, expected }) => [path, expected]));
  return { ...(parsed.code !== 'ONW2003' && { code: parsed.code }), issues, text: parsed.error.message };
}

/** What the libraries say, in our words for it. */
async function verdictOfLibraries({ messageClass, collections = {} }: Made, data: object): Promise<Verdict> {
  const issues = new Map<string, string>();
  let instance: object;
  try {
    instance = made(messageClass, data, collections);
  } catch (error) {
    return { issues: issues.set('', THREW), text: String(error) };
  }
  collect(await library.validate(instance, { whitelist: true, forbidNonWhitelisted: true }), '', issues);
  return issues.size === 0 ? { instance, issues, text: shown(instance) } : { issues, text: [...issues].join('; ') };
}

type Made = Pick<Shape, 'messageClass' | 'collections'>;

/** By class-transformer, but for sets and maps: it reads these as objects. What it is given it changes. */
function made(messageClass: MadeClass, data: object, collections: NonNullable<Shape['collections']>): object {
  const rest = copyOf(data);
  for (const name of Object.keys(collections))
    if (isSetOrMap(Reflect.get(rest, name))) Reflect.deleteProperty(rest, name);
  const instance = plainToInstance(messageClass, rest);
  for (const [name, itemClass] of Object.entries(collections)) {
    const one = (item: unknown): unknown =>
      typeof item === 'object' ? plainToInstance(itemClass, copyOf(item)) : item;
    const given: unknown = Reflect.get(data, name);
    if (given instanceof Set) Reflect.set(instance, name, new Set([...given].map(one)));
    if (given instanceof Map) Reflect.set(instance, name, new Map([...given].map(([key, item]) => [key, one(item)])));
  }
  return instance;
}

const isSetOrMap = (value: unknown): boolean => value instanceof Set || value instanceof Map;

function collect(errors: readonly library.ValidationError[], at: string, issues: Map<string, string>): void {
  for (const { property, constraints = {}, children = [], target, value } of errors) {
    const isItem = Array.isArray(target) || isSetOrMap(target);
    // Of an object without any annotation there is no property.
    const isPosition = isItem && !(target instanceof Map);
    const path = 'unknownValue' in constraints ? at : joinPath(at, isPosition ? Number(property) : property);
    for (const [rule, text] of Object.entries(constraints)) {
      // They say it once of the collection, we say it of each item.
      const isOfItems = text.startsWith(`each value in ${property} `) || (text === '' && typeof value === 'object');
      const of = isOfItems ? `${path}${ITEMS}` : path;
      const expected = rule === 'nestedValidation' ? nestedExpected(text, isItem) : expectedOf(rule, text, property);
      issues.set(of, [...(issues.get(of)?.split(', ') ?? []), expected].join(', '));
    }
    collect(children, path, issues);
  }
}

const ITEMS = ' of items';
const THREW = 'class-transformer threw';

function expectedOf(rule: string, text: string, property: string): string {
  if (rule === 'whitelistValidation') return 'no field of this name';
  // A class of the user's without a text.
  return text === '' ? `a value that ${rule} accepts` : expectedText(text, property);
}

const nestedExpected = (text: string, isItem: boolean): string =>
  text.startsWith('each value') && !isItem ? 'an array' : 'an object';

/** In the order of the words, for the two order rules differently. */
const sorted = (expected: string): string => expected.split(', ').toSorted().join(', ');

function isSame(ours: Verdict, theirs: Verdict): boolean {
  if (ours.instance !== undefined && theirs.instance !== undefined) return isEqual(ours.instance, theirs.instance);
  const all = ({ issues }: Verdict): unknown =>
    [...new Set([...issues].map(([path, expected]) => `${collapsed(path, theirs)}: ${sorted(expected)}`))].toSorted();
  return isDeepStrictEqual(all(ours), all(theirs));
}

/** The path of an item of which the libraries say something of all items. */
function collapsed(path: string, { issues }: Verdict): string {
  const around = path.replace(/(\[[^\]]*\]|\.[^.[]*)$/, '');
  return issues.has(`${around}${ITEMS}`) ? `${around}${ITEMS}` : path;
}

/** A field that is undefined is as good as none. */
function isEqual(one: unknown, other: unknown): boolean {
  try {
    expect(one).toEqual(other);
    return classesIn(one) === classesIn(other);
  } catch {
    return false;
  }
}

/** The classes of an instance and of all that is nested in it. */
function classesIn(value: unknown): string {
  if (typeof value !== 'object' || value === null) return '';
  const parts = value instanceof Map || value instanceof Set ? [...value.values()] : Object.keys(value).toSorted();
  const inside = parts.map((part) => classesIn(typeof part === 'string' ? Reflect.get(value, part) : part));
  return `${value.constructor.name}(${inside.join('')})`;
}

/** What both say of data: the compiled reader says what the interpreter says, word for word. */
function waysOf(messageClass: MadeClass): (data: object) => Promise<Verdict> {
  const compiled = createParser().of(messageClass);
  const settings = { limits: DEFAULT_LIMITS, timeout: undefined };
  // The first two messages are interpreted.
  for (let seen = 0; seen < 2; seen += 1) void compiled(1);
  return async (data) => {
    const interpreted = await verdictOf((given) => interpret(messageClass, given, {}, settings), data);
    const ours = await verdictOf(compiled, data);
    expect(ours.text, shown(data)).toBe(interpreted.text);
    expect(ours.issues).toEqual(interpreted.issues);
    return ours;
  };
}

/** Why we say something else than the libraries, as docs/messages.md has it. The first that holds is counted. */
type Reason = readonly [kind: string, holds: (ours: Verdict, theirs: Verdict, data: unknown) => boolean];

const expects =
  (test: (expected: string) => boolean) =>
  ({ issues }: Verdict): boolean =>
    [...issues.values()].some((expected) => test(expected));

const REASONS_OF_VALUES: readonly Reason[] = [
  ['functions are no data', ({ code }) => code === 'ONW2007'],
  ['NaN and infinities are refused', expects((expected) => expected === 'a finite number')],
  ['an instance is read by its fields', expects((expected) => expected.startsWith('an instance of'))],
  ['undefined counts as missing', (_ours, _theirs, data) => shown(data).includes(':undefined}')],
];

const REASONS_OF_SHAPES: readonly Reason[] = [
  ['class-transformer throws', (_, theirs) => theirs.issues.get('') === THREW],
  ['a class that declares nothing takes all', (_, theirs) => theirs.text.includes('unknown value')],
  ['a tag that stays is no unknown field', ({ instance }) => instance?.constructor.name === 'KeepsTags'],
  ['a tag has to be known', expects((expected) => expected.startsWith('one of '))],
  ['dates are ISO 8601 or milliseconds', expects((expected) => expected.startsWith('a date: '))],
  ['`each` needs a collection', expects((expected) => expected === 'an array')],
  ['a list is no object', ({ text }) => /expected an object, got an array/.test(text)],
  ['excluded fields are refused', expects((expected) => expected === 'no field of this name')],
  ['what is missing is said once', (_, theirs) => theirs.text.includes('not null or undefined, an object')],
  ['defaults stay', ({ instance }) => instance?.constructor.name === 'Renamed'],
  ['nothing is converted', ({ instance }) => /^(Typed|Armed)$/.test(instance?.constructor.name ?? '')],
];

/** The kind of the case: the same verdict, or why it is another one. */
function kindOf(
  ours: Verdict,
  theirs: Verdict,
  { data, reasons }: { data: unknown; reasons: readonly Reason[] },
): string {
  if (isSame(ours, theirs)) return ours.instance === undefined ? 'refused' : 'accepted';
  const reason = reasons.find(([, holds]) => holds(ours, theirs, data));
  return reason?.[0] ?? `${shown(data)}: ${theirs.text} / ${ours.text}`;
}

class Counts {
  readonly of: Record<string, number> = {};

  add(kind: string): void {
    this.of[kind] = (this.of[kind] ?? 0) + 1;
  }
}

function classWith({ decorator, given }: ValueRow): MadeClass {
  class Checked {
    declare value: unknown;
  }
  const made: unknown = Reflect.apply(Reflect.get(library, decorator), undefined, given);
  if (typeof made !== 'function') throw new Error(`${decorator} is no decorator`);
  made(Checked.prototype, 'value');
  return Checked;
}

/** Exported functions that are no decorators of values. */
const NO_DECORATORS_OF_VALUES: Readonly<Record<string, string>> = {
  Allow: 'it asks nothing; among the shapes',
  IsOptional: 'a condition; among the shapes',
  ValidateIf: 'a condition; among the shapes',
  ValidateNested: 'it asks the nested class; among the shapes',
  Validate: 'it takes a class of the user’s; among the shapes',
  ValidateBy: 'it takes a validator of the user’s; among the shapes',
  ValidatorConstraint: 'it marks such a class; among the shapes',
  ValidatePromise: 'it waits for a promise, and a promise is no data (ONW2007)',
  MetadataStorage: 'no decorator',
  ValidationError: 'no decorator',
  ValidationTypes: 'no decorator',
  Validator: 'no decorator',
};

describe('values by decorator', () => {
  test('each is accepted or refused, and for the same reason', async () => {
    const counts = new Counts();
    for (const row of [...PUBLISHED, ...LATER_JUDGED, ...OURS]) {
      const messageClass = classWith(row);
      const judge = waysOf(messageClass);
      for (const value of [...row.fits, ...row.misfits]) {
        const theirs = await verdictOfLibraries({ messageClass }, { value });
        const what = `${row.decorator}(${row.given.map((each) => shown(each)).join()}) on ${shown(value)}`;
        expect(theirs.instance !== undefined, what).toBe(row.fits.includes(value));
        counts.add(kindOf(await judge({ value }), theirs, { data: value, reasons: REASONS_OF_VALUES }));
      }
    }
    expect(counts.of).toMatchInlineSnapshot(`
      {
        "NaN and infinities are refused": 6,
        "accepted": 478,
        "an instance is read by its fields": 1,
        "functions are no data": 1,
        "refused": 810,
        "undefined counts as missing": 2,
      }
    `);
  });

  test('every decorator of the installed version is in the table, or it is said why not', () => {
    const inTable = new Set([...PUBLISHED, ...OURS].map(({ decorator }) => decorator));
    const exported = Object.entries(library).filter(
      ([name, value]) => typeof value === 'function' && /^[A-Z]/.test(name),
    );
    const names = exported.map(([name]) => name);
    const said = [...inTable, ...Object.keys(NO_DECORATORS_OF_VALUES)];
    expect(names.filter((name) => !said.includes(name))).toEqual([]);
    expect(said.filter((name) => !names.includes(name))).toEqual([]);
    const withoutFits = [...inTable].filter((name) =>
      [...PUBLISHED, ...OURS].every(
        (row) => row.decorator !== name || row.fits.length === 0 || row.misfits.length === 0,
      ),
    );
    expect(withoutFits).toEqual([]);
  });
});

describe('shapes', () => {
  test('each message is the same instance, or refused for the same reasons', async () => {
    const counts = new Counts();
    for (const shape of SHAPES) {
      const judge = waysOf(shape.messageClass);
      for (const data of shape.data) {
        const theirs = await verdictOfLibraries(shape, data);
        counts.add(kindOf(await judge(data), theirs, { data, reasons: REASONS_OF_SHAPES }));
      }
    }
    expect(counts.of).toMatchInlineSnapshot(`
      {
        "\`each\` needs a collection": 3,
        "a class that declares nothing takes all": 1,
        "a list is no object": 2,
        "a tag has to be known": 2,
        "a tag that stays is no unknown field": 2,
        "accepted": 62,
        "class-transformer throws": 1,
        "dates are ISO 8601 or milliseconds": 1,
        "defaults stay": 1,
        "excluded fields are refused": 2,
        "nothing is converted": 2,
        "refused": 39,
        "what is missing is said once": 1,
      }
    `);
  });
});
