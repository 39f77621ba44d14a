// Options: whether the annotation takes them, and whether their values make sense, as far as both can be read.
//
// OPTIONS-1. Two tables say everything about an option: which annotations take it, what its value may be, whether it has
//            to be readable.
// OPTIONS-2. What cannot be read is checked when the decorator runs; a name that is in no table is left to the compiler.

import { durationMs } from '../../src/graph/duration.ts';
import type { EdgeOn } from '../../src/wiring/v1.ts';
import { MOMENTS } from '../model/edge-options.ts';
import { entryOf, fold, isUndefined, keysOf, type Folded } from '../model/fold.ts';
import type { EdgeModel, NodeModel, Place } from '../model/model.ts';
import type { Scope } from '../model/scope.ts';
import { returnedValue } from '../model/services.ts';
import type { Report } from '../problem.ts';
import { EDGE_ANNOTATIONS } from '../read/our-names.ts';
import { showList } from '../words.ts';

/** What a value may be; `expected` ends the sentence "expected `timeout` to be …". */
interface Rule {
  readonly fits: (value: unknown) => boolean;
  readonly expected: string;
}

interface NodeOption {
  readonly rule: Rule;
  /** It decides what the wiring proves and how the node runs: the generator has to read it. */
  readonly isStructure?: true;
}

interface EdgeOption {
  /** The moments whose annotations take it. */
  readonly on: readonly EdgeOn[];
  /** Absent where other checks look at the value. */
  readonly rule?: Rule;
}

const DURATION_WORDS = "milliseconds or a string such as '200ms', '20s', '5m'";
const DURATION: Rule = { fits: (value) => durationMs(value) !== undefined, expected: DURATION_WORDS };
const TIME_LIMIT: Rule = {
  fits: (value) => (durationMs(value) ?? 0) > 0,
  expected: `more than 0: ${DURATION_WORDS}`,
};
const COUNT: Rule = {
  fits: (value) => Number.isSafeInteger(value) && Number(value) >= 1,
  expected: 'a whole number of at least 1',
};
const FACTOR: Rule = {
  fits: (value) => typeof value === 'number' && value >= 1 && value < Infinity,
  expected: 'a number of at least 1',
};
const SHARE: Rule = {
  fits: (value) => typeof value === 'number' && value >= 0 && value <= 1,
  expected: 'a number from 0 to 1',
};
const FLAG: Rule = { fits: (value) => typeof value === 'boolean', expected: 'true or false' };
const WORD: Rule = {
  fits: (value) => typeof value === 'string' && value.trim() !== '',
  expected: 'a string that is not empty',
};

function oneOf(...words: readonly string[]): Rule {
  return {
    fits: (value) => words.some((word) => word === value),
    expected: words.map((word) => `'${word}'`).join(' or '),
  };
}

/** For what is written as more than a literal: no literal fits. */
function compound(expected: string): Rule {
  return { fits: () => false, expected };
}

/** Of `@Job` and `@Handler`, by path: `retry.delay` is in `retry`, `tags[]` is each item of `tags`. */
const NODE_OPTIONS: Readonly<Record<string, NodeOption>> = {
  timeout: { rule: TIME_LIMIT },
  concurrency: { rule: COUNT },
  maxRounds: { rule: COUNT },
  maxPerRun: { rule: COUNT },
  exhaustive: { rule: FLAG, isStructure: true },
  expose: { rule: FLAG },
  waits: { rule: FLAG, isStructure: true },
  tags: { rule: compound('an array of strings') },
  'tags[]': { rule: WORD },
  retry: { rule: compound('an object') },
  'retry.attempts': { rule: COUNT },
  'retry.delay': { rule: DURATION },
  'retry.factor': { rule: FACTOR },
  'retry.maxDelay': { rule: DURATION },
  'retry.jitter': { rule: SHARE },
};

const EVERY = Object.values(MOMENTS);

/** Of the edge annotations, in the order in which problems name them. */
const EDGE_OPTIONS: Readonly<Record<string, EdgeOption>> = {
  when: { on: ['success', 'error'] },
  otherwise: { on: ['success', 'error'] },
  each: { on: ['success'] },
  concurrency: { on: ['success'], rule: COUNT },
  stopAfterFailures: { on: ['success'], rule: COUNT },
  recover: { on: ['error'] },
  after: { on: ['success', 'error'], rule: DURATION },
  mode: { on: ['join'], rule: oneOf('all', 'any') },
  onMissing: { on: ['join'], rule: oneOf('skip', 'run') },
  bind: { on: EVERY },
  critical: { on: EVERY, rule: FLAG },
};

export function checkOptions(scope: Scope, node: NodeModel, report: Report): void {
  const { options } = node;
  if (options === undefined) return;
  checkExhaustive(node, report);
  for (const [path, { rule, isStructure }] of Object.entries(NODE_OPTIONS)) {
    for (const option of writtenAt(scope, options, path)) {
      checkValue(scope, option, rule, report);
      if (isStructure === true) checkReadable(scope, option, report);
    }
  }
  checkWaitingJob(scope, node, options, report);
}

export function checkEdgeOptions(scope: Scope, node: NodeModel, report: Report): void {
  // A join is many edges with one annotation.
  const decorators = new Map(node.edges.map((edge) => [edge.decorator, edge]));
  for (const edge of decorators.values()) {
    if (edge.options === undefined) continue;
    const options = { file: edge.place.file, value: edge.options };
    for (const name of keysOf(scope, options) ?? []) checkTaken(scope, edge, { options, name }, report);
    for (const [name, { on, rule }] of Object.entries(EDGE_OPTIONS)) {
      if (rule === undefined || !on.includes(edge.on)) continue;
      for (const option of writtenAt(scope, options, name)) checkValue(scope, option, rule, report);
    }
  }
}

/** An option that is there and can be read. */
interface Written {
  readonly name: string;
  readonly at: Folded;
}

function writtenAt(scope: Scope, options: Folded, path: string): Written[] {
  const [key = '', inner] = path.split(/\.|(?=\[\])/);
  const found = entryOf(scope, options, key);
  if (found === undefined || found === 'hidden' || isUndefined(found.value)) return [];
  if (inner === undefined) return [{ name: path, at: found }];
  if (inner !== '[]') return writtenAt(scope, found, inner).map(({ at }) => ({ name: path, at }));
  const { file, value } = fold(scope, found);
  if (value.kind !== 'array') return [];
  return value.items.map((item, at) => ({ name: `${key}[${at}]`, at: { file, value: item } }));
}

function placeOf({ file, value }: Folded): Place {
  return { file, at: value.at };
}

function checkValue(scope: Scope, { name, at }: Written, rule: Rule, report: Report): void {
  const { value } = fold(scope, at);
  const isNamed = value.kind === 'name' && (value.path[0] === 'NaN' || value.path[0] === 'Infinity');
  if (value.kind !== 'literal' && !isNamed) return;
  const read = value.kind === 'literal' ? value.value : Number(value.path[0]);
  if (rule.fits(read)) return;
  const shown = typeof read === 'string' ? JSON.stringify(read) : String(read);
  report('ONW1140', placeOf(at), `expected \`${name}\` to be ${rule.expected}, got ${shown}`);
}

function checkReadable(scope: Scope, { name, at }: Written, report: Report): void {
  if (fold(scope, at).value.kind === 'literal') return;
  const text = `\`${name}\` cannot be read at build time; write \`${name}: true\`, or leave it out`;
  report('ONW1131', placeOf(at), text);
}

// Types with more literals than a graph can route.
const ENDLESS: ReadonlySet<string> = new Set(['string', 'number', 'bigint', 'symbol', 'object', 'unknown']);

function checkExhaustive(node: NodeModel, report: Report): void {
  const value = returnedValue(node);
  if (!node.facts.exhaustive || value?.kind !== 'keyword' || !ENDLESS.has(value.text)) return;
  const text = `expected a method with \`exhaustive\` to return literals, ${node.id} returns ${value.text}; write them out as its return type, or remove \`exhaustive\``;
  report('ONW1140', node.place, text);
}

/** A job has its message when it is started. */
function checkWaitingJob(scope: Scope, { kind, facts }: NodeModel, options: Folded, report: Report): void {
  const [written] = writtenAt(scope, options, 'waits');
  if (kind !== 'job' || facts.waits === false || written === undefined) return;
  const text =
    '@Job takes no `waits`: a job has its message when it is started; put @Handler({ waits: true }) on a handler, and add an edge that leads to it';
  report('ONW1114', placeOf(written.at), text);
}

function checkTaken(
  scope: Scope,
  { on, each, place }: EdgeModel,
  { options, name }: { readonly options: Folded; readonly name: string },
  report: Report,
): void {
  const option = Object.hasOwn(EDGE_OPTIONS, name) ? EDGE_OPTIONS[name] : undefined;
  if (option === undefined) return;
  const written = entryOf(scope, options, name);
  const at = written === undefined || written === 'hidden' ? place : placeOf(written);
  if (!option.on.includes(on)) {
    const taken = Object.keys(EDGE_OPTIONS).filter((other) => EDGE_OPTIONS[other]?.on.includes(on));
    const takers = EDGE_ANNOTATIONS.filter((annotation) => option.on.includes(MOMENTS[annotation]));
    const own = EDGE_ANNOTATIONS.find((annotation) => MOMENTS[annotation] === on);
    const text = `@${own} takes no \`${name}\`, only ${listed(taken.map((other) => `\`${other}\``))}; ${listed(takers.map((taker) => `@${taker}`))} ${takers.length === 1 ? 'does' : 'do'}`;
    report('ONW1114', at, text);
  } else if ((name === 'concurrency' || name === 'stopAfterFailures') && !each) {
    report('ONW1114', at, `\`${name}\` counts the items of \`each\`; write \`each: true\` next to it, or remove it`);
  }
}

/** All of them: what is taken is the next step. */
function listed(names: readonly string[]): string {
  return showList(names, 'and', names.length);
}
