// The arguments of an edge annotation, and what can be read of its options.

import type { Report } from '../check/problem.ts';
import type { EdgeOn } from '../../src/wiring/v1.ts';
import type { EdgeAnnotation } from '../read/our-names.ts';
import { classUses, listed } from './class-use.ts';
import { entryOf, fold, isUndefined, keysOf, textOf, type Folded } from './fold.ts';
import type { Annotation, DelayUse, EdgeModel, LiteralUse } from './model.ts';
import type { Scope } from './scope.ts';
import { formOfWhen } from './when-form.ts';
import { whenWords } from './when-words.ts';

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
export function argumentsOf(scope: Scope, on: EdgeOn, { record, file }: Annotation): Arguments {
  const given = record.arguments.map((value) => ({ file, value }));
  while (given.length > 0 && isUndefined(given.at(-1)?.value)) given.pop();
  const [first, second, third] = given;
  if (first === undefined) return {};
  if (on === 'join') return { sources: first, ...(second !== undefined && { options: second }) };
  if (textOf(scope, first) !== undefined) return { method: first, ...(second !== undefined && { options: second }) };
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
  'when' | 'asks' | 'values' | 'caught' | 'otherwise' | 'each' | 'recover' | 'after' | 'critical' | 'bind' | 'options'
>;

/** The facts that an edge's options say. */
export function readOptions(scope: Scope, on: EdgeOn, options: Folded | undefined, report: Report): EdgeFacts {
  const needed = STRUCTURE[on] ?? ['bind'];
  const read = (key: string): Folded | 'hidden' | undefined => {
    const found = options === undefined ? undefined : entryOf(scope, options, key);
    return found === undefined || found === 'hidden' || !isUndefined(found.value) ? found : undefined;
  };
  const option = (key: string): Folded | undefined => {
    const found = read(key);
    if (found !== 'hidden') return found;
    if (needed.includes(key)) tellHidden(options, needed, report);
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
    options: options?.value,
    ...(when !== undefined && whenFacts(scope, on, when)),
    otherwise: isSet('otherwise'),
    each: isSet('each'),
    recover: isSet('recover'),
    ...(after !== undefined && { after: delayOf(scope, after) }),
    ...(critical !== undefined && { critical: critical === 'hidden' ? critical : booleanOf(scope, critical) }),
    ...(bind !== undefined && { bind: keysOf(scope, bind) ?? 'function' }),
  };
}

function tellHidden(options: Folded | undefined, needed: readonly string[], report: Report): void {
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

function booleanOf(scope: Scope, option: Folded): boolean | 'hidden' {
  const { value } = fold(scope, option);
  return value.kind === 'literal' && typeof value.value === 'boolean' ? value.value : 'hidden';
}

function delayOf(scope: Scope, option: Folded | 'hidden'): DelayUse {
  const value = option === 'hidden' ? undefined : fold(scope, option).value;
  const isRead = value?.kind === 'literal' && (typeof value.value === 'string' || typeof value.value === 'number');
  return isRead ? { value: value.value } : {};
}
