// Rules of class-validator as code: an expression that holds where the rule accepts the value.
//
// RULE-CODE-1. An expression accepts only what the validator accepts. A rule without a row here, or with arguments that its
//              row does not know, is code that calls the validator.
// RULE-CODE-2. What was given to a decorator is asked as it is: an array or an enum that changes later is seen.

import type { Rule } from '../description.ts';
import { quotedName } from './source-text.ts';
import { isObject } from '../../values/option-rules.ts';

/** A type of value that some rules ask for. */
export type Kind = 'string' | 'number' | 'boolean' | 'array';

/** Names a value that the code refers to. */
export type Keep = (value: unknown, hint: string) => string;

interface Row {
  /** The rule accepts values of this kind only. */
  readonly kind?: Kind | ((constraints: readonly unknown[]) => Kind | undefined);
  /** Whether the value is accepted, given that it is of the kind; undefined where the arguments say something else. */
  readonly code: (v: string, constraints: readonly unknown[], keep: Keep) => string | undefined;
}

const ROWS: ReadonlyMap<string, Row> = new Map<string, Row>([
  ['isString', { kind: 'string', code: () => '' }],
  ['isBoolean', { kind: 'boolean', code: () => '' }],
  ['isArray', { kind: 'array', code: () => '' }],
  ['isInt', { kind: 'number', code: (v) => `Number.isInteger(${v})` }],
  [
    'isNumber',
    { kind: 'number', code: (v, [options]) => (isPlainNumber(options) ? `Number.isFinite(${v})` : undefined) },
  ],
  ['min', { kind: 'number', code: (v, [least]) => withNumber(least, (n) => `${v} >= ${n}`) }],
  ['max', { kind: 'number', code: (v, [most]) => withNumber(most, (n) => `${v} <= ${n}`) }],
  ['isPositive', { kind: 'number', code: (v) => `${v} > 0` }],
  ['isNegative', { kind: 'number', code: (v) => `${v} < 0` }],
  ['minLength', { kind: 'string', code: (v, [least]) => (isSize(least) ? longEnough(v, least) : undefined) }],
  ['maxLength', { kind: 'string', code: (v, [most]) => (isSize(most) ? shortEnough(v, most) : undefined) }],
  ['isLength', { kind: 'string', code: (v, [least, most]) => lengthBetween(v, least, most) }],
  ['matches', { kind: 'string', code: (v, [pattern, modifiers], keep) => matching(v, pattern, modifiers, keep) }],
  ['isIn', { kind: ([values]) => kindOfAll(values), code: (v, [values], keep) => oneOf(v, values, '!==', keep) }],
  ['isNotIn', { code: (v, [values], keep) => oneOf(v, values, '===', keep) }],
  [
    'isEnum',
    {
      kind: ([entity]) => (isObject(entity) ? kindOfAll(Object.values(entity)) : undefined),
      code: (v, [entity], keep) => (isObject(entity) ? enumMember(v, entity, keep) : undefined),
    },
  ],
  ['equals', { code: (v, [value]) => withLiteral(value, (literal) => `${v} === ${literal}`) }],
  ['notEquals', { code: (v, [value]) => withLiteral(value, (literal) => `${v} !== ${literal}`) }],
  ['isDefined', { code: (v) => `${v} !== undefined && ${v} !== null` }],
  ['isNotEmpty', { code: (v) => `${v} !== "" && ${v} !== undefined && ${v} !== null` }],
  [
    'isObject',
    {
      code: (v) => `(typeof ${v} === "object" || typeof ${v} === "function") && ${v} !== null && !Array.isArray(${v})`,
    },
  ],
  ['arrayNotEmpty', { kind: 'array', code: (v) => `${v}.length > 0` }],
  ['arrayMinSize', { kind: 'array', code: (v, [least]) => withNumber(least, (n) => `${v}.length >= ${n}`) }],
  ['arrayMaxSize', { kind: 'array', code: (v, [most]) => withNumber(most, (n) => `${v}.length <= ${n}`) }],
]);

/** The names of the rules that have code of their own. */
export const CODED_RULES: readonly string[] = [...ROWS.keys()];

/** The only kind of value that all the rules accept; undefined if they do not say. */
export function kindOf(rules: readonly Rule[]): Kind | undefined {
  for (const rule of rules) {
    const kind = rule.each ? undefined : ruleKind(rule);
    if (kind !== undefined) return kind;
  }
  return undefined;
}

/** What `typeof` may say of a value. */
const TYPES = ['undefined', 'object', 'boolean', 'number', 'string', 'bigint', 'symbol', 'function'] as const;
type TypeName = (typeof TYPES)[number];

const PRIMITIVES = TYPES.filter((type) => type !== 'object');

/** The types of value of which the code of all the rules accepts what the rules do, and no less. */
export function exactTypes(rules: readonly Rule[]): ReadonlySet<TypeName> {
  return new Set(TYPES.filter((type) => rules.every((rule) => exactTypesOf(rule).includes(type))));
}

/**
 * Some rules accept more than their code: what is listed may change later, and a boxed string or boolean fits too. The
 * sanitizer lets none through, but a default of the class or a marked value may be one.
 */
function exactTypesOf(rule: Rule): readonly TypeName[] {
  switch (rule.name) {
    case 'isString':
    case 'isBoolean':
      return PRIMITIVES;
    case 'isIn': {
      // The list is asked as it is about values of the kind that it had.
      const kind = ruleKind(rule);
      return PRIMITIVES.filter((type) => type === kind);
    }
    case 'isEnum':
      return [];
    default:
      return TYPES;
  }
}

function ruleKind({ name = '', constraints }: Rule): Kind | undefined {
  const kind = ROWS.get(name)?.kind;
  return typeof kind === 'function' ? kind(constraints) : kind;
}

/** The one kind of all the values now. One of another kind that comes later is asked about. */
function kindOfAll(values: unknown): Kind | undefined {
  if (!Array.isArray(values)) return undefined;
  return SCALARS.find((kind) => values.length > 0 && values.every((value) => typeof value === kind));
}

const SCALARS = ['string', 'number', 'boolean'] as const;

/** Whether a value is of the kind, as code. */
export function kindCode(v: string, kind: Kind): string {
  return kind === 'array' ? `Array.isArray(${v})` : `typeof ${v} === "${kind}"`;
}

/** Whether the rule accepts the value, as code; empty if it always does. @param known what the value is already. */
function ruleCode(rule: Rule, v: string, known: Kind | undefined, keep: Keep): string {
  const { name = '', constraints } = rule;
  const row = ROWS.get(name);
  const code = row?.code(v, constraints, keep);
  if (row === undefined || code === undefined) return `${keep(rule.accepts, name)}(${v})`;
  const kind = ruleKind(rule);
  // A list or an enum says by itself what it has.
  if (kind === undefined || kind === known || typeof row.kind === 'function') return code;
  return code === '' ? kindCode(v, kind) : `${kindCode(v, kind)} && ${code}`;
}

/** Whether all the rules accept the value, as code; empty if they always do. */
export function rulesCode(rules: readonly Rule[], v: string, known: Kind | undefined, keep: Keep): string {
  let kind = known;
  const conditions: string[] = [];
  for (const rule of rules) {
    conditions.push(ruleCode(rule, v, kind, keep));
    // What one condition has asked about holds in those behind it.
    if (typeof ROWS.get(rule.name ?? '')?.kind === 'string') kind ??= ruleKind(rule);
  }
  return allOf(conditions);
}

/** Whether a value of the kind is one that any message may have, as code; empty where the rules say so. */
export function safeCode(rules: readonly Rule[], v: string, kind: Kind): string {
  if (kind === 'string') {
    const isListed = rules.some((rule) => listedValues(rule)?.every((value) => isWholeText(value)) === true);
    return isListed ? '' : `${v}.isWellFormed()`;
  }
  if (kind !== 'number') return '';
  const hasBound = (name: string): boolean =>
    rules.some((rule) => rule.name === name && Number.isSafeInteger(rule.constraints[0]));
  return allOf([hasBound('min') ? '' : `${v} >= ${-SAFE}`, hasBound('max') ? '' : `${v} <= ${SAFE}`]);
}

const SAFE = Number.MAX_SAFE_INTEGER;

/** What the value is one of, if the rule says so. */
function listedValues({ name, constraints: [first] }: Rule): readonly unknown[] | undefined {
  if (name === 'equals') return [first];
  if (name === 'isIn' && Array.isArray(first)) return first;
  return name === 'isEnum' && isObject(first) ? Object.values(first) : undefined;
}

function isWholeText(value: unknown): boolean {
  return typeof value === 'string' && value.isWellFormed();
}

/** Conditions joined; empty ones hold. An alternative in one of them stands in parentheses. */
export function allOf(conditions: readonly string[]): string {
  return conditions.filter((condition) => condition !== '').join(' && ');
}

const isSize = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value);

/** No options of `@IsNumber` that accept more, or less, than finite numbers. */
function isPlainNumber(options: unknown): boolean {
  if (options === undefined) return true;
  const names = ['maxDecimalPlaces', 'allowNaN', 'allowInfinity'];
  return isObject(options) && names.every((name) => Reflect.get(options, name) === undefined);
}

function withNumber(value: unknown, code: (literal: string) => string): string | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? withLiteral(value, code) : undefined;
}

function withLiteral(value: unknown, code: (literal: string) => string): string | undefined {
  if (typeof value === 'string') return code(quotedName(value));
  if (typeof value === 'boolean') return code(String(value));
  if (typeof value !== 'number' || !Number.isFinite(value)) return undefined;
  return code(value < 0 || Object.is(value, -0) ? `(${Object.is(value, -0) ? '-0' : value})` : String(value));
}

/** A pair of surrogates counts as one character, and so does a character with its variation selector. */
function longEnough(v: string, least: number): string {
  if (least <= 1) return `${v}.length >= ${least}`;
  return `${v}.length >= ${least} && (${v}.length >= ${least * 3} || charactersIn(${v}) >= ${least})`;
}

function shortEnough(v: string, most: number): string {
  return `(${v}.length <= ${most} || charactersIn(${v}) <= ${most})`;
}

function lengthBetween(v: string, least: unknown, most: unknown): string | undefined {
  if (!isSize(least) || (most !== undefined && !isSize(most))) return undefined;
  return allOf([longEnough(v, least), ...(most === undefined ? [] : [shortEnough(v, most)])]);
}

function matching(v: string, pattern: unknown, modifiers: unknown, keep: Keep): string | undefined {
  const isPlain = pattern instanceof RegExp && Object.getPrototypeOf(pattern) === RegExp.prototype;
  // A sticky or global pattern remembers where it was.
  if (!isPlain || modifiers !== undefined || pattern.global || pattern.sticky) return undefined;
  return `${keep(pattern, 'pattern')}.test(${v})`;
}

function oneOf(v: string, values: unknown, found: '===' | '!==', keep: Keep): string | undefined {
  return Array.isArray(values) ? `${keep(values, 'values')}.indexOf(${v}) ${found} -1` : undefined;
}

function enumMember(v: string, entity: object, keep: Keep): string {
  const names = new Map(Object.keys(entity).map((name): [unknown, string] => [Reflect.get(entity, name), name]));
  return `isMember(${v}, ${keep(names, 'names')}, ${keep(entity, 'members')})`;
}

const WIDE = /[\uFE0E\uFE0F\uD800-\uDBFF]/;

/** The length of a text as class-validator counts it. */
export function charactersIn(text: string): number {
  if (!WIDE.test(text)) return text.length;
  const selected = text.match(/[^\uFE0F\uFE0E][\uFE0F\uFE0E]/g)?.length ?? 0;
  return text.length - selected - (text.match(/[\uD800-\uDBFF][\uDC00-\uDFFF]/g)?.length ?? 0);
}

/** Whether the value is that of a member of the enum now; its name was looked up before. */
export function isMember(value: unknown, names: ReadonlyMap<unknown, string>, members: object): boolean {
  const name = names.get(value);
  return name !== undefined && Reflect.get(members, name) === value;
}
