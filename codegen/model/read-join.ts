// The sources of a `@Join`: the fields of its message, and the nodes whose values they take.

import { entryOf, fold, isUndefined, keysOf, textOf, type Folded } from './fold.ts';
import type { JoinModel, NodeModel, Place } from './model.ts';
import { findTarget, type Neighbours, type WrittenTarget } from './read-target.ts';
import type { Scope } from './scope.ts';

/** A source whose node was found. */
interface Source {
  readonly source: string;
  readonly place: Place;
  readonly from: NodeModel;
  readonly keys: readonly string[];
}

export function readSources(
  scope: Scope,
  written: Folded | undefined,
  place: Place,
  among: Neighbours,
): readonly Source[] {
  const keys = written === undefined ? undefined : keysOf(scope, written);
  if (written === undefined || keys === undefined) {
    const at = written === undefined ? place : { file: written.file, at: written.value.at };
    const text =
      "the sources of a join cannot be read at build time; write them by the fields of the message, as `{ stock: 'reserve' }`";
    among.report('ONW1131', at, text);
    return [];
  }
  if (keys.length === 0) {
    const at = { file: written.file, at: written.value.at };
    among.report('ONW1115', at, 'a join without sources never runs; name the nodes whose values it waits for');
  }
  return keys.flatMap((source) => {
    const entry = entryOf(scope, written, source);
    if (entry === undefined || entry === 'hidden') return [];
    const at: Place = { file: entry.file, at: entry.value.at };
    const target = targetOf(scope, entry, at);
    if (target === undefined) {
      const text = "the source cannot be read at build time; write it as `'reserve'` or `from(() => Stock, 'reserve')`";
      among.report('ONW1131', at, text);
      return [];
    }
    const from = findTarget(scope, target, among);
    return from === undefined ? [] : [{ source, place: at, from, keys }];
  });
}

/** `'reserve'` of the same class, or `from(() => Stock, 'reserve')`. */
function targetOf(scope: Scope, entry: Folded, place: Place): WrittenTarget | undefined {
  if (textOf(scope, entry) !== undefined) return { place, method: entry, isSource: true };
  const { file, value } = fold(scope, entry);
  if (value.kind !== 'call' || scope.ours(file, value.path) !== 'from') return undefined;
  const [service, method] = value.arguments.map((argument) => ({ file, value: argument }));
  return { place, ...(service !== undefined && { service }), ...(method !== undefined && { method }) };
}

export function joinOf(scope: Scope, options: Folded | undefined): Pick<JoinModel, 'mode' | 'onMissing'> {
  return {
    mode: choiceOf(scope, options, 'mode', ['all', 'any']),
    onMissing: choiceOf(scope, options, 'onMissing', ['skip', 'run']),
  };
}

/** One of two words; the first is the default. */
function choiceOf<const W extends string>(
  scope: Scope,
  options: Folded | undefined,
  key: string,
  words: readonly [W, W],
): W | 'hidden' {
  const found = options === undefined ? undefined : entryOf(scope, options, key);
  if (found === undefined || (found !== 'hidden' && isUndefined(found.value))) return words[0];
  const text = found === 'hidden' ? undefined : textOf(scope, found);
  return words.find((word) => word === text) ?? 'hidden';
}
