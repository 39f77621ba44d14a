// The arguments of an edge annotation, and what can be read of its options: the form of a `when` and what it asks for, and
// the classes that `when` and `throws` name.
//
// EDGE-OPTIONS-1. The form of a `when` is seen from the way it is written. One that cannot be read is left to what the
//                 annotation records.
// EDGE-OPTIONS-2. The words of a `when`, for lists and pictures, are never longer than a line. What cannot be read is a
//                 name or three dots.

import type { Report } from '../problem.ts';
import type { EdgeOn } from '../../src/wiring/v1.ts';
import type { EdgeAnnotation } from '../read/our-names.ts';
import { fold, isUndefined, keysOf, foldedString, optionOf, type Folded } from './fold.ts';
import type { Annotation, DelayUse, EdgeModel, LiteralUse, ClassUse } from './model.ts';
import type { Scope } from './scope.ts';

/** The moment that an annotation watches. */
export const MOMENTS: Readonly<Record<EdgeAnnotation, EdgeOn>> = {
  OnStart: 'start',
  OnSuccess: 'success',
  OnError: 'error',
  OnEnd: 'end',
  OnCancel: 'cancel',
  OnRunSuccess: 'runSuccess',
  OnRunError: 'runError',
  OnRunEnd: 'runEnd',
  Join: 'join',
};

/** What an annotation takes that decides how the graph looks: it has to be readable. */
const STRUCTURE: Readonly<Partial<Record<EdgeOn, readonly string[]>>> = {
  success: ['when', 'otherwise', 'bind', 'each'],
  error: ['when', 'otherwise', 'bind', 'recover'],
};

/** An annotation's arguments as they are written. */
export interface Arguments {
  readonly service?: Folded;
  readonly method?: Folded;
  /** The sources of a join. */
  readonly sources?: Folded;
  readonly options?: Folded;
}

/** `(() => Billing, 'charge', options)`, `('charge', options)`; `(options)` for any run; `(sources, options)` for a join. */
export function argumentsOf(scope: Scope, on: EdgeOn, { record, options: file }: Annotation): Arguments {
  const given = record.arguments.map((value) => ({ file, value }));
  while (given.length > 0 && isUndefined(given.at(-1)?.value)) given.pop();
  const [first, second, third] = given;
  if (first === undefined) return {};
  if (on === 'join') return { sources: first, ...(second !== undefined && { options: second }) };
  if (foldedString(scope, first) !== undefined)
    return { method: first, ...(second !== undefined && { options: second }) };
  if (isOfRun(on) && (second === undefined || fold(scope, first).value.kind === 'object')) return { options: first };
  return {
    service: first,
    ...(second !== undefined && { method: second }),
    ...(third !== undefined && { options: third }),
  };
}

/** Whether the moment is one of a run, not of a node. */
export function isOfRun(on: EdgeOn): boolean {
  return on === 'runSuccess' || on === 'runError' || on === 'runEnd';
}

type EdgeFacts = Pick<
  EdgeModel,
  | 'when'
  | 'asks'
  | 'values'
  | 'caught'
  | 'otherwise'
  | 'each'
  | 'recover'
  | 'after'
  | 'critical'
  | 'bind'
  | 'bound'
  | 'options'
>;

/** The facts that an edge's options say. */
export function readOptions(scope: Scope, on: EdgeOn, options: Folded | undefined, report: Report): EdgeFacts {
  const needed = STRUCTURE[on] ?? ['bind'];
  const read = (key: string): Folded | 'hidden' | undefined => optionOf(scope, options, key);
  const option = (key: string): Folded | undefined => {
    const found = read(key);
    if (found !== 'hidden') return found;
    if (needed.includes(key)) reportHidden(options, needed, report);
    return undefined;
  };
  const isSet = (key: string): boolean => {
    const found = option(key);
    const value = found === undefined ? false : booleanOf(scope, found);
    if (value === 'hidden' && found !== undefined && needed.includes(key)) {
      const place = { file: found.file, at: found.value.at };
      report('ONW1131', place, `\`${key}\` cannot be read at build time; write \`${key}: true\`, or leave it out`);
    }
    return value === true;
  };
  const when = option('when');
  const bind = option('bind');
  const after = read('after');
  const critical = read('critical');
  return {
    options,
    ...(when !== undefined && whenFacts(scope, on, when)),
    otherwise: isSet('otherwise'),
    each: isSet('each'),
    recover: isSet('recover'),
    ...(after !== undefined && { after: delayOf(scope, after) }),
    ...(critical !== undefined && { critical: critical === 'hidden' ? critical : booleanOf(scope, critical) }),
    ...(bind !== undefined && boundBy(scope, bind)),
  };
}

/** What is bound: the fields of a record, or a function, with the fields of the record that is all it returns. */
function boundBy(scope: Scope, bind: Folded): Pick<EdgeModel, 'bind' | 'bound'> {
  const keys = keysOf(scope, bind);
  if (keys !== undefined) return { bind: keys, bound: keys };
  const { file, value } = fold(scope, bind);
  const returns = value.kind === 'function' ? value.returns : undefined;
  // What is spread may be a parameter.
  const isPlain = returns?.kind === 'object' && returns.spreads.length === 0;
  const bound = isPlain ? keysOf(scope, { file, value: returns }) : undefined;
  return { bind: 'function', ...(bound !== undefined && { bound }) };
}

function reportHidden(options: Folded | undefined, needed: readonly string[], report: Report): void {
  if (options === undefined) return;
  const names = needed.map((name) => `\`${name}\``);
  const last = names.pop() ?? '';
  const all = names.length === 0 ? last : `${names.join(', ')} or ${last}`;
  const text = `whether there is a ${all} cannot be read at build time; write the options as a literal`;
  report('ONW1131', { file: options.file, at: options.value.at }, text);
}

function whenFacts(scope: Scope, on: EdgeOn, when: Folded): Pick<EdgeModel, 'when' | 'asks' | 'values' | 'caught'> {
  const form = formOfWhen(scope, when, on);
  const asks = whenWords(scope, when, form);
  return { ...(asks !== undefined && { asks }), ...formFacts(scope, form, when) };
}

function formFacts(
  scope: Scope,
  form: NonNullable<EdgeModel['when']>,
  when: Folded,
): Pick<EdgeModel, 'when' | 'values' | 'caught'> {
  if (form === 'value') {
    const values = literalsOf(scope, when);
    return { when: form, ...(values !== undefined && { values }) };
  }
  if (form !== 'class') return { when: form };
  const caught = classUses(scope, when);
  return { when: form, ...(caught !== undefined && { caught }) };
}

function literalsOf(scope: Scope, when: Folded): LiteralUse[] | undefined {
  return listed(scope, when, (item) => {
    const { value } = fold(scope, item);
    if (value.kind !== 'literal') return undefined;
    return { place: { file: item.file, at: item.value.at }, value: value.value };
  });
}

export function booleanOf(scope: Scope, option: Folded): boolean | 'hidden' {
  const { value } = fold(scope, option);
  return value.kind === 'literal' && typeof value.value === 'boolean' ? value.value : 'hidden';
}

function delayOf(scope: Scope, option: Folded | 'hidden'): DelayUse {
  const value = option === 'hidden' ? undefined : fold(scope, option).value;
  const isRead = value?.kind === 'literal' && (typeof value.value === 'string' || typeof value.value === 'number');
  return isRead ? { value: value.value } : {};
}

type Form = NonNullable<EdgeModel['when']>;

function formOfWhen(scope: Scope, when: Folded, on: EdgeModel['on']): Form {
  const { file, value } = fold(scope, when);
  switch (value.kind) {
    case 'literal':
      return 'value';
    case 'object':
      return 'pattern';
    case 'function':
      return 'predicate';
    case 'class':
      return 'class';
    case 'array':
      return on === 'error' ? 'class' : 'value';
    case 'name':
      return formOfName(scope, { file, value }, value.path, on);
    case 'call':
    case 'other':
      return 'recorded';
  }
}

function formOfName(scope: Scope, { file }: Folded, path: readonly string[], on: EdgeModel['on']): Form {
  const [first = ''] = path;
  if (path.length === 1 && (first === 'NaN' || first === 'Infinity')) return 'value';
  const found = scope.declared(file, path);
  if (found?.declaration.kind === 'class') return 'class';
  if (found?.declaration.kind === 'function') return 'predicate';
  if (scope.declared(file, path.slice(0, 1))?.declaration.kind === 'enum') return 'value';
  const isGlobal = found === undefined && path.length === 1 && !file.imports.some((item) => item.local === first);
  return on === 'error' && isGlobal && ERRORS.has(first) ? 'class' : 'recorded';
}

/** The errors that every JavaScript has. */
const ERRORS: ReadonlySet<string> = new Set([
  ...['Error', 'AggregateError', 'RangeError', 'TypeError', 'SyntaxError', 'ReferenceError', 'EvalError', 'URIError'],
  'DOMException',
]);

const MAX_LENGTH = 80;
const MAX_DEPTH = 4;
const UNREAD = '…';

/** `"paid"`, `1 or 2`, `{ state: "paid" }`, `CardDeclined`, `isLarge`; undefined where there is nothing to read. */
function whenWords(scope: Scope, when: Folded, form: EdgeModel['when']): string | undefined {
  const words = form === 'class' || form === 'predicate' ? namesOf(scope, when) : valueWords(scope, when, 0);
  if (words === undefined || words === UNREAD) return undefined;
  return words.length > MAX_LENGTH ? `${words.slice(0, MAX_LENGTH)}${UNREAD}` : words;
}

/** Classes and predicates go by the names they are written with. */
function namesOf(scope: Scope, when: Folded): string | undefined {
  if (when.value.kind === 'name') {
    const { value } = fold(scope, when);
    if (value.kind !== 'array') return when.value.path.join('.');
  }
  const { value } = fold(scope, when);
  if (value.kind !== 'array') return undefined;
  return value.items.map((item) => (item.kind === 'name' ? item.path.join('.') : UNREAD)).join(' or ');
}

function valueWords(scope: Scope, written: Folded, depth: number): string {
  const { file, value } = fold(scope, written);
  if (value.kind === 'literal') return JSON.stringify(value.value);
  if (value.kind === 'name') return value.path.join('.');
  if (depth === MAX_DEPTH) return UNREAD;
  if (value.kind === 'array' && depth === 0)
    return value.items.map((item) => valueWords(scope, { file, value: item }, depth + 1)).join(' or ');
  if (value.kind !== 'object') return UNREAD;
  const entries = value.entries.map(
    (entry) => `${entry.key}: ${valueWords(scope, { file, value: entry.value }, depth + 1)}`,
  );
  if (value.isOpen || value.spreads.length > 0) entries.push(UNREAD);
  return entries.length === 0 ? '{}' : `{ ${entries.join(', ')} }`;
}

/** A class, or a list of classes; undefined if it is something else, or cannot be read. */
export function classUses(scope: Scope, written: Folded): ClassUse[] | undefined {
  return listed(scope, written, (item) => classUse(scope, item));
}

/** One thing, or a list of them: a list in a list is none, for it may hold itself. */
function listed<T>(scope: Scope, written: Folded, read: (item: Folded) => T | undefined): T[] | undefined {
  const { file, value } = fold(scope, written);
  const items = value.kind === 'array' ? value.items.map((item) => ({ file, value: item })) : [written];
  const found = items.flatMap((item) => read(item) ?? []);
  return found.length === items.length ? found : undefined;
}

function classUse(scope: Scope, written: Folded): ClassUse | undefined {
  const { file, value } = fold(scope, written);
  if (value.kind !== 'name') return undefined;
  const declared = scope.declared(file, value.path);
  const place = { file: written.file, at: written.value.at };
  return { place, name: value.path.join('.'), ...(declared !== undefined && { declared }) };
}
