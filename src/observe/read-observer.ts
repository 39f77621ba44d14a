// Observers and their options as they are given, checked before they are added.

import { didYouMean, nearestName } from '../errors/nearest-name.ts';
import { OnwardError, readEach } from '../errors/onward-error.ts';
import { fitsGlob } from '../graph/glob.ts';
import { describeValue } from '../values/describe.ts';
import { assertNone, isObject, OBSERVE_OPTIONS, OBSERVER_MEMBERS, problemsOf } from '../values/option-rules.ts';
import { EVENT_TYPES, isEventType } from './interest.ts';
import { MEMBERS, type ObserveOptions, type Observer } from './observer.ts';

const KNOWN: readonly string[] = MEMBERS;
const OPTIONS: readonly string[] = Object.keys(OBSERVER_MEMBERS);

/** An observer with options that fit. */
export interface CheckedObserver {
  readonly observer: Observer;
  readonly options: ObserveOptions;
}

/**
 * @param nodes the names of the graph's nodes.
 * @throws {OnwardError} ONW3060 if it has no known hook, ONW3004 with every option that is wrong.
 */
export function readObserver(observer: unknown, options: unknown, nodes: readonly string[]): CheckedObserver {
  const strangers = isObject(observer) ? namesOf(observer).filter((name) => hookLike(name) !== undefined) : [];
  if (strangers.length > 0) throw misspelt(strangers);
  if (!isObserver(observer)) throw noObserver(observer);
  const { precise, showsFailures, eventTypes } = observer;
  const given = options ?? {};
  assertNone(
    [
      ...problemsOf(given, OBSERVE_OPTIONS),
      ...problemsOfNames(given, nodes),
      ...problemsOf({ precise, showsFailures, eventTypes }, OBSERVER_MEMBERS),
      ...misspeltOptions(observer),
      ...problemsOfTypes('eventTypes', eventTypes),
    ],
    'the options of observe are not valid',
  );
  return { observer, options: isObserveOptions(given) ? given : {} };
}

/** Those of a start or of `createRuntime`: each alone, or with its options. @throws as `readObserver`, for all of them. */
export function readObservers(entries: readonly unknown[], nodes: readonly string[]): CheckedObserver[] {
  return readEach(entries, 'observers', (entry) =>
    Array.isArray(entry) ? readObserver(entry[0], entry[1], nodes) : readObserver(entry, undefined, nodes),
  );
}

function isObserver(observer: unknown): observer is Observer {
  return isObject(observer) && MEMBERS.some((member) => typeof observer[member] === 'function');
}

/** They fit the table. */
function isObserveOptions(given: unknown): given is ObserveOptions {
  return isObject(given);
}

function noObserver(observer: unknown): OnwardError {
  if (!isObject(observer)) {
    const next = typeof observer === 'function' ? '; call it, or make an instance of it' : '';
    const text = `expected an observer, an object with hooks such as onRunStart, got ${describeValue(observer)}${next}`;
    return new OnwardError('ONW3060', text);
  }
  const text = `the observer has no hook that is known; the hooks are ${MEMBERS.join(', ')}`;
  return new OnwardError('ONW3060', text, { details: { members: namesOf(observer) } });
}

/** It looks like hooks, and they are none: they would never be called. */
function misspelt(names: readonly string[]): OnwardError {
  const hints = names.map((name) => `there is no hook \`${name}\`; did you mean \`${hookLike(name)}\`?`);
  return new OnwardError('ONW3060', hints.join('; '), { details: { members: names } });
}

/** The hook that a name stands for in other systems, or looks like; undefined for a hook, and for anything else. */
function hookLike(name: string): string | undefined {
  if (KNOWN.includes(name)) return undefined;
  const lower = name.toLowerCase();
  const same = KNOWN.find((known) => known.toLowerCase() === lower);
  // Any other name that does not begin as a hook may be a member of its own, such as `closed`.
  if (same !== undefined || !/^on[A-Z]/.test(name)) return same;
  const renamed = name
    .replace(/^on(Workflow|Flow|Job)/, 'onRun')
    .replace(/^on(Node|Task)/, 'onStep')
    .replace(/(Finish|Complet|Done|Stop)\w*$/, 'End')
    .replace(/(Begin)\w*$/, 'Start');
  return KNOWN.includes(renamed) ? renamed : nearestName(name, KNOWN);
}

/** What it says of itself under a name that is nearly right: nobody reads it. Any other name may be its own. */
function misspeltOptions(observer: object): string[] {
  return namesOf(observer).flatMap((name) => {
    const meant = OPTIONS.includes(name) || KNOWN.includes(name) ? undefined : nearestName(name, OPTIONS);
    if (meant === undefined || Math.abs(meant.length - name.length) > 1) return [];
    return [`the observer has \`${name}\`, which nobody reads; did you mean \`${meant}\`?`];
  });
}

/** Its own members and those of its class. */
function namesOf(observer: object): string[] {
  const names = new Set<string>();
  for (let at: object | null = observer; at !== null && at !== Object.prototype; at = Object.getPrototypeOf(at)) {
    for (const name of Object.getOwnPropertyNames(at)) if (name !== 'constructor') names.add(name);
  }
  return [...names];
}

function problemsOfNames(options: unknown, nodes: readonly string[]): string[] {
  if (!isObject(options)) return [];
  const { nodes: patterns, events } = options;
  const given: readonly unknown[] = Array.isArray(patterns) ? patterns : [patterns];
  const strangers = given.filter(
    (pattern): pattern is string => typeof pattern === 'string' && !nodes.some((node) => fitsGlob(node, pattern)),
  );
  return [
    ...strangers.map(
      (pattern) => `\`nodes\` names ${JSON.stringify(pattern)}, which fits no node${near(pattern, nodes)}`,
    ),
    ...problemsOfTypes('events', events),
  ];
}

function problemsOfTypes(option: string, types: unknown): string[] {
  const given: readonly unknown[] = Array.isArray(types) ? types : [];
  const unknown = given.filter((type): type is string => typeof type === 'string' && !isEventType(type));
  return unknown.map(
    (type) => `\`${option}\` names ${JSON.stringify(type)}, which is no type of events${near(type, EVENT_TYPES)}`,
  );
}

function near(name: string, known: readonly string[]): string {
  const hint = didYouMean(name, known);
  return hint === undefined ? '' : `; ${hint}`;
}
