// What a decorator of the sources is: an annotation of ours, also under another name or out of a function of the
// project's own, or something that hides one.
//
// ANNOTATION-1. Followed are constants, entries of objects, and functions that do nothing but return an annotation.
//               Literals that are given to such a function stand for its parameters.
// ANNOTATION-2. What mentions an annotation of ours on a way that cannot be followed is hidden, never passed over.

import { Table } from '../memory.ts';
import { isDeclaration } from '../read/outputs.ts';
import type { AnnotationRecord, FileRecord, ValueRecord } from '../read/file-record.ts';
import { textAt, type Span } from '../read/span.ts';
import { METHOD_ANNOTATIONS, isMark } from '../read/our-names.ts';
import { fold, type Folded } from './fold.ts';
import type { Annotation } from './model.ts';
import type { Scope } from './scope.ts';

export type AnnotationMeaning =
  | ({ readonly kind: 'ours' } & Annotation)
  /** It calls one of ours, or may; with why it cannot be read. */
  | { readonly kind: 'hidden'; readonly text: string; readonly isSure: boolean }
  | { readonly kind: 'other' };

const OTHER: AnnotationMeaning = { kind: 'other' };

const MEANINGS = new Table<AnnotationRecord, AnnotationMeaning>();

/** Read once a scope. */
export function meaningOf(scope: Scope, file: FileRecord, record: AnnotationRecord): AnnotationMeaning {
  // Most are validators, of which nothing is kept.
  if (scope.isForeign(file, record.path)) return OTHER;
  return MEANINGS.recall(scope.sources.memory, record, () => readMeaning(scope, file, record));
}

/** The annotation of ours that a decorator is; undefined for any other. */
export function annotationOf(scope: Scope, file: FileRecord, record: AnnotationRecord): Annotation | undefined {
  const meaning = meaningOf(scope, file, record);
  return meaning.kind === 'ours' ? meaning : undefined;
}

function readMeaning(scope: Scope, file: FileRecord, record: AnnotationRecord): AnnotationMeaning {
  const { path, at, isCalled } = record;
  const name = path.length === 0 ? undefined : scope.ours(file, path);
  if (name !== undefined) return { kind: 'ours', name, record, file, options: file };
  const missing = missingImport(scope, file, path);
  if (missing !== undefined) return missing;
  const value: ValueRecord = isCalled
    ? { kind: 'call', path, arguments: record.arguments, at }
    : { kind: 'name', path, at };
  const made = path.length === 0 ? undefined : evaluate(scope, { file, value }, 0);
  if (made?.kind === 'ours')
    return { kind: 'ours', name: made.name, record: { ...record, isCalled: false }, file, options: file };
  if (made?.kind === 'annotation' && made.given.every((item) => item.kind !== 'other')) {
    const { name: own, given, file: options } = made;
    return { kind: 'ours', name: own, record: { ...record, isCalled: true, arguments: given }, file, options };
  }
  if (made?.kind === 'function' && evaluateReturned(scope, made, [], 0)?.kind === 'annotation') {
    const shown = `@${path.join('.')}`;
    return hidden(`${shown} has no parentheses, so it annotates nothing; write ${shown}()`);
  }
  return hides(scope, file, record) ? hidden(textOfHidden(path)) : OTHER;
}

function hidden(text: string): AnnotationMeaning {
  return { kind: 'hidden', text, isSure: true };
}

function textOfHidden(path: readonly string[]): string {
  const shown = path.length === 0 ? 'the decorator' : `@${path.join('.')}`;
  return `${shown} has an annotation of onward in it that cannot be read at build time; write that annotation here, or let a function do nothing but return it, as in \`() => Job({ … })\``;
}

/** A decorator out of a file that is not there may be one of ours. */
function missingImport(
  { sources }: Scope,
  file: FileRecord,
  [first]: readonly string[],
): AnnotationMeaning | undefined {
  const imported = file.imports.find((item) => item.local === first);
  if (imported === undefined || sources.resolve(imported.from, file.path, imported.isRequired) !== undefined) {
    return undefined;
  }
  const { isOwn, text } = sources.packages.explainMissing(imported.from, file.path);
  return {
    kind: 'hidden',
    text: `whether @${first} is an annotation of onward cannot be seen: ${text}`,
    isSure: isOwn,
  };
}

/** What an expression makes that has to do with us. */
type Made =
  /** `Job`, not yet called. */
  | { readonly kind: 'ours'; readonly name: string }
  | {
      readonly kind: 'annotation';
      readonly name: string;
      readonly given: readonly ValueRecord[];
      readonly file: FileRecord;
    }
  | { readonly kind: 'function'; readonly file: FileRecord; readonly value: FunctionValue };

type FunctionValue = Extract<ValueRecord, { kind: 'function' }>;

// Functions that return what functions return: further than anybody writes.
const MAX_DEPTH = 8;

function evaluate(scope: Scope, { file, value }: Folded, depth: number): Made | undefined {
  if (depth > MAX_DEPTH) return undefined;
  if (value.kind === 'function') return { kind: 'function', file, value };
  if (value.kind === 'call') {
    const callee = evaluate(scope, { file, value: { kind: 'name', path: value.path, at: value.at } }, depth + 1);
    if (callee?.kind === 'ours') return { kind: 'annotation', name: callee.name, given: value.arguments, file };
    const given = value.arguments.map((item) => ({ file, value: item }));
    return callee?.kind === 'function' ? evaluateReturned(scope, callee, given, depth + 1) : undefined;
  }
  if (value.kind !== 'name') return undefined;
  const name = scope.ours(file, value.path);
  if (name !== undefined) return { kind: 'ours', name };
  const next = fold(scope, { file, value });
  if (next.value !== value) return evaluate(scope, next, depth + 1);
  return undefined;
}

function evaluateReturned(
  scope: Scope,
  { file, value }: Extract<Made, { kind: 'function' }>,
  given: readonly Folded[],
  depth: number,
): Made | undefined {
  if (value.returns === undefined) return undefined;
  const values = new Map<string, ValueRecord | undefined>();
  for (const [at, { names, default: otherwise }] of value.parameters.entries()) {
    const [only, ...others] = names;
    const argument = given[at] ?? (otherwise === undefined ? undefined : { file, value: otherwise });
    for (const name of others) values.set(name, undefined);
    if (only !== undefined)
      values.set(only, others.length > 0 || argument === undefined ? undefined : fold(scope, argument).value);
  }
  return evaluate(scope, { file, value: withGiven(value.returns, values) }, depth + 1);
}

/** A value with literals in the place of parameters; what else a parameter may be cannot be read. */
function withGiven(value: ValueRecord, given: ReadonlyMap<string, ValueRecord | undefined>): ValueRecord {
  const { at } = value;
  switch (value.kind) {
    case 'name': {
      const [first = ''] = value.path;
      if (!given.has(first)) return value;
      const literal = value.path.length === 1 ? given.get(first) : undefined;
      return literal?.kind === 'literal' ? { ...literal, at } : { kind: 'other', at };
    }
    case 'call': {
      const items = value.arguments.map((item) => withGiven(item, given));
      return given.has(value.path[0] ?? '') ? { kind: 'other', at } : { ...value, arguments: items };
    }
    case 'array':
      return { ...value, items: value.items.map((item) => withGiven(item, given)) };
    case 'object':
      return {
        ...value,
        entries: value.entries.map((entry) => ({ ...entry, value: withGiven(entry.value, given) })),
        spreads: value.spreads.map((item) => withGiven(item, given)),
      };
    default:
      return value;
  }
}

/** Whether the words of a decorator, or of what it is declared as, lead to an annotation of ours. */
function hides(scope: Scope, file: FileRecord, { path, at }: AnnotationRecord): boolean {
  if (path.length === 0) return mentions(scope, file, at, new Set());
  const found = scope.declared(file, path.slice(0, 1));
  const span = found?.declaration.at;
  return found !== undefined && span !== undefined && mentions(scope, found.file, span, new Set());
}

const ON_METHODS: ReadonlySet<string> = new Set(METHOD_ANNOTATIONS);
const COMMENTS = /\/\*[^]*?\*\/|\/\/[^\n\r]*/g;
const WORDS = /(?<![.\w$])[\p{ID_Start}$_][\p{ID_Continue}$]*(?:\s*\.\s*[\p{ID_Start}$_][\p{ID_Continue}$]*)?/gu;

function mentions(scope: Scope, file: FileRecord, at: Span, seen: Set<string>): boolean {
  const visit = `${file.path}\0${at}`;
  if (seen.has(visit) || seen.size > MAX_SEEN) return false;
  seen.add(visit);
  const text = textAt(file.text, at).replace(COMMENTS, ' ');
  // Of a declaration file there are types only: whatever is ours in them comes from an annotation.
  const isTyped = isDeclaration(file.path);
  if (isTyped && /\bimport\(\s*["']onward["']\s*\)/.test(text)) return true;
  return [...new Set(text.match(WORDS))].some((word) => {
    const path = word.split('.').map((part) => part.trim());
    const name = scope.ours(file, path.slice(0, 1)) ?? scope.ours(file, path);
    if (name !== undefined) return isTyped || ON_METHODS.has(name) || isMark(name);
    const found = scope.declared(file, path.slice(0, 1));
    const span = found?.declaration.at;
    return found !== undefined && span !== undefined && mentions(scope, found.file, span, seen);
  });
}

const MAX_SEEN = 200;
