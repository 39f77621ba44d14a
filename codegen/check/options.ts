// Options: whether the annotation takes them, and whether their values make sense, as far as both can be read.
//
// OPTIONS-1. The tables of the run time say which annotation takes an option and what its value may be.
// OPTIONS-2. What cannot be read is checked when the program runs.

import { didYouMean } from '../../src/errors/nearest-name.ts';
import { durationMs } from '../../src/graph/duration.ts';
import { problemOfPattern } from '../../src/schedule/calendar.ts';
import { inBackticks } from '../../src/values/describe.ts';
import {
  EDGE_OPTIONS,
  FUNCTION,
  LONGEST_WAIT,
  missingParts,
  NODE_OPTIONS,
  SCHEDULE_OPTIONS,
  TAG,
  unknownOption,
  type OptionRule,
  type OptionTable,
} from '../../src/values/option-rules.ts';
import type { EdgeOn } from '../../src/wiring/v1.ts';
import { MOMENTS } from '../model/edge-options.ts';
import { entryOf, fold, keysOf, optionOf, type Folded } from '../model/fold.ts';
import type { EdgeModel, NodeModel, Place } from '../model/model.ts';
import type { Scope } from '../model/scope.ts';
import type { Report } from '../problem.ts';
import { EDGE_ANNOTATIONS } from '../read/our-names.ts';
import { showList } from '../words.ts';

/** Options that decide what the wiring proves and how the node runs: the generator has to read them. */
const STRUCTURE: ReadonlySet<string> = new Set(['exhaustive', 'waits']);

export function checkOptions(scope: Scope, node: NodeModel, report: Report): void {
  const { options } = node;
  if (options === undefined) return;
  checkExhaustive(node, report);
  // What is wrong with a name has codes of its own.
  const { name: _, ...table } = NODE_OPTIONS;
  for (const name of keysOf(scope, options) ?? []) {
    if (Object.hasOwn(NODE_OPTIONS, name)) continue;
    const written = entryOf(scope, options, name);
    const at = written === undefined || written === 'hidden' ? node.place : placeOf(written);
    const annotation = node.kind === 'job' ? '@Job' : '@Handler';
    report('ONW1114', at, noSuchOption(annotation, name, Object.keys(NODE_OPTIONS)));
  }
  checkTable(scope, { options, table, stem: '' }, report);
  checkDelays(scope, options, report);
  for (const written of writtenIn(scope, options, 'tags')) checkTags(scope, written, report);
  for (const name of STRUCTURE) {
    for (const written of writtenIn(scope, options, name)) checkReadable(scope, name, written, report);
  }
  checkWaitingJob(scope, node, options, report);
}

export function checkSchedules(scope: Scope, node: NodeModel, report: Report): void {
  for (const { place, pattern, options } of node.schedules) {
    if (node.kind !== 'job') {
      const text = `only a job can be started, and ${node.id} is a handler; add @Job() next to @Schedule`;
      report('ONW1136', place, text);
    }
    if (pattern === undefined) {
      const text =
        'the pattern of @Schedule cannot be read at build time; write it as a literal, or open it with `runtime.schedule`';
      report('ONW1131', place, text);
    }
    const problem = pattern === undefined ? undefined : problemOfPattern(pattern);
    if (problem !== undefined) report('ONW1140', place, problem);
    if (options === undefined) continue;
    for (const name of keysOf(scope, options) ?? []) {
      if (name === 'message' || Object.hasOwn(SCHEDULE_OPTIONS, name)) continue;
      const written = entryOf(scope, options, name);
      const at = written === undefined || written === 'hidden' ? place : placeOf(written);
      report('ONW1114', at, noSuchOption('@Schedule', name, ['message', ...Object.keys(SCHEDULE_OPTIONS)]));
    }
    checkTable(scope, { options, table: SCHEDULE_OPTIONS, stem: '' }, report);
  }
}

/**
 * Schedules need a package that other programs do without. Reported once.
 *
 * @param first the place of the first schedule.
 */
export function checkScheduleParser(first: Place | undefined, hasParser: () => boolean, report: Report): void {
  if (first === undefined || hasParser()) return;
  const text =
    'schedules need croner, which is not installed: their patterns are not checked, and opening them will fail; install it with `npm i croner`';
  report('ONW6010', first, text, { severity: 'warning' });
}

/** A literal is never the error, so its edge would never be taken. What stands in a name is checked by types. */
const ERROR_OPTIONS: OptionTable = {
  ...EDGE_OPTIONS.error,
  when: { ...FUNCTION, expected: 'an error class, an array of them, or a function that returns true or false' },
};

export function checkEdgeOptions(scope: Scope, node: NodeModel, report: Report): void {
  // A join is many edges with one annotation.
  const decorators = new Map(node.edges.map((edge) => [edge.decorator, edge]));
  for (const edge of decorators.values()) {
    if (edge.options === undefined) continue;
    const { options } = edge;
    for (const name of keysOf(scope, options) ?? []) checkTaken(scope, edge, { options, name }, report);
    const table = edge.on === 'error' ? ERROR_OPTIONS : EDGE_OPTIONS[edge.on];
    checkTable(scope, { options, table, stem: '' }, report);
  }
}

/** A longest wait below the first one: nobody knows which of them is meant. */
function checkDelays(scope: Scope, options: Folded, report: Report): void {
  for (const retry of writtenIn(scope, options, 'retry')) {
    const [delay] = writtenIn(scope, retry, 'delay');
    const [maxDelay] = writtenIn(scope, retry, 'maxDelay');
    const delayMs = delay === undefined ? undefined : durationIn(scope, delay);
    if (delayMs === undefined || maxDelay === undefined) continue;
    // What is no duration at all has been reported.
    const fits = (value: unknown): boolean => (durationMs(value) ?? delayMs) >= delayMs;
    checkValue(scope, { name: 'retry.maxDelay', at: maxDelay }, { fits, expected: LONGEST_WAIT }, report);
  }
}

function durationIn(scope: Scope, at: Folded): number | undefined {
  const { value } = fold(scope, at);
  return value.kind === 'literal' ? durationMs(value.value) : undefined;
}

/** Options that are written somewhere, and what they may be. */
interface WrittenOptions {
  readonly options: Folded;
  readonly table: OptionTable;
  /** What stands before the names in problems: `retry.` */
  readonly stem: string;
}

function checkTable(scope: Scope, { options, table, stem }: WrittenOptions, report: Report): void {
  for (const [name, rule] of Object.entries(table)) {
    for (const written of writtenIn(scope, options, name)) {
      checkValue(scope, { name: stem + name, at: written }, rule, report);
      const inner = { options: written, table: rule.parts ?? {}, stem: `${stem}${name}.` };
      checkTable(scope, inner, report);
      const given = keysOf(scope, written);
      if (given === undefined) continue;
      for (const part of rule.parts === undefined ? [] : given) {
        if (Object.hasOwn(inner.table, part)) continue;
        const [at = written] = writtenIn(scope, written, part);
        report('ONW1114', placeOf(at), unknownOption(part, inner.table, inner.stem));
      }
      for (const text of missingParts(rule, (part) => !given.includes(part), inner.stem))
        report('ONW1140', placeOf(written), text);
    }
  }
}

/** One value, or none: the option is left out, or cannot be read. */
function writtenIn(scope: Scope, options: Folded, name: string): Folded[] {
  const found = optionOf(scope, options, name);
  return found === undefined || found === 'hidden' ? [] : [found];
}

function checkTags(scope: Scope, written: Folded, report: Report): void {
  const { file, value } = fold(scope, written);
  if (value.kind !== 'array') return;
  for (const [at, item] of value.items.entries()) {
    checkValue(scope, { name: `tags[${at}]`, at: { file, value: item } }, TAG, report);
  }
}

/** An option that is there and can be read. */
interface Written {
  readonly name: string;
  readonly at: Folded;
}

function placeOf({ file, value }: Folded): Place {
  return { file, at: value.at };
}

function checkValue(scope: Scope, { name, at }: Written, rule: OptionRule, report: Report): void {
  const { value } = fold(scope, at);
  const isNamed = value.kind === 'name' && (value.path[0] === 'NaN' || value.path[0] === 'Infinity');
  if (value.kind !== 'literal' && !isNamed) return;
  const read = value.kind === 'literal' ? value.value : Number(value.path[0]);
  if (rule.fits(read)) return;
  const shown = typeof read === 'string' ? JSON.stringify(read) : String(read);
  report('ONW1140', placeOf(at), `expected \`${name}\` to be ${rule.expected}, got ${shown}`);
}

function checkReadable(scope: Scope, name: string, at: Folded, report: Report): void {
  if (fold(scope, at).value.kind === 'literal') return;
  const text = `\`${name}\` cannot be read at build time; write \`${name}: true\`, or leave it out`;
  report('ONW1131', placeOf(at), text);
}

// Types with more literals than a graph can route.
const ENDLESS: ReadonlySet<string> = new Set(['string', 'number', 'bigint', 'symbol', 'object', 'unknown']);

function checkExhaustive(node: NodeModel, report: Report): void {
  const { value } = node;
  if (!node.facts.exhaustive || value?.kind !== 'keyword' || !ENDLESS.has(value.text)) return;
  const text = `expected a method with \`exhaustive\` to return literals, ${node.id} returns ${value.text}; write them out as its return type, or remove \`exhaustive\``;
  report('ONW1140', node.place, text);
}

/** A job has its message when it is started. */
function checkWaitingJob(scope: Scope, { kind, facts }: NodeModel, options: Folded, report: Report): void {
  const [written] = writtenIn(scope, options, 'waits');
  if (kind !== 'job' || facts.waits === false || written === undefined) return;
  const text =
    '@Job takes no `waits`: a job has its message when it is started; put @Handler({ waits: true }) on a handler, and add an edge that leads to it';
  report('ONW1114', placeOf(written), text);
}

function checkTaken(
  scope: Scope,
  { on, to, each, join, place }: EdgeModel,
  { options, name }: { readonly options: Folded; readonly name: string },
  report: Report,
): void {
  const takers = EDGE_ANNOTATIONS.filter((annotation) => isTaken(name, MOMENTS[annotation]));
  const written = entryOf(scope, options, name);
  const at = written === undefined || written === 'hidden' ? place : placeOf(written);
  if (takers.length === 0) {
    const own = EDGE_ANNOTATIONS.find((annotation) => MOMENTS[annotation] === on);
    const text = Object.hasOwn(NODE_OPTIONS, name)
      ? `@${own} takes no \`${name}\`, which is an option of the node and not of the edge; it belongs to ${to.kind === 'job' ? '@Job' : '@Handler'}({ ${name} }) on the same method`
      : noSuchOption(`@${own}`, name, Object.keys(EDGE_OPTIONS[on]));
    report('ONW1114', at, text);
    return;
  }
  if (!isTaken(name, on)) {
    const own = EDGE_ANNOTATIONS.find((annotation) => MOMENTS[annotation] === on);
    const taken = Object.keys(EDGE_OPTIONS[on]).map((other) => `\`${other}\``);
    const others = listed(takers.map((taker) => `@${taker}`));
    const text = `@${own} takes no \`${name}\`, only ${listed(taken)}; ${others} ${takers.length === 1 ? 'does' : 'do'}`;
    report('ONW1114', at, text);
  } else if ((name === 'concurrency' || name === 'stopAfterFailures') && !each) {
    report('ONW1114', at, `\`${name}\` counts the items of \`each\`; write \`each: true\` next to it, or remove it`);
  } else if (name === 'cancelRest' && join?.cancelRest === true && join.mode === 'all') {
    const text =
      "`cancelRest` needs a join that runs on its first source; write `mode: 'any'` next to it, or remove it";
    report('ONW1114', at, text);
  }
}

function noSuchOption(annotation: string, name: string, known: readonly string[]): string {
  const hint = didYouMean(name, known, inBackticks) ?? `it takes ${listed(known.map((other) => `\`${other}\``))}`;
  return `${annotation} takes no \`${name}\`; ${hint}`;
}

function isTaken(name: string, on: EdgeOn): boolean {
  return Object.hasOwn(EDGE_OPTIONS[on], name);
}

/** All of them: what is taken is the next step. */
function listed(names: readonly string[]): string {
  return showList(names, 'and', names.length);
}
