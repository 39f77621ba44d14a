// What the value of an option may be, as far as it can be read in the source.
//
// Numbers and durations that can be read in the source and make no sense.
//
// The options of edges: whether the annotation takes them, and whether their values make sense.

import { durationMs } from '../../src/graph/duration.ts';
import { fold, isUndefined, type Folded, entryOf, keysOf } from '../model/fold.ts';
import type { Scope } from '../model/scope.ts';
import { showList } from '../words.ts';
import type { Report } from '../problem.ts';
import type { NodeModel, EdgeModel } from '../model/model.ts';
import { returnedValue } from '../model/services.ts';
import type { EdgeOn } from '../../src/wiring/v1.ts';
import { EDGE_ANNOTATIONS } from '../read/our-names.ts';
import { MOMENTS } from '../model/edge-options.ts';

export interface Rule {
  readonly fits: (value: unknown) => boolean;
  readonly expected: string;
}

const DURATION: Rule = {
  fits: (value) => durationMs(value) !== undefined,
  expected: "milliseconds or text such as '200ms', '20s', '5m'",
};
const COUNT: Rule = {
  fits: (value) => Number.isSafeInteger(value) && Number(value) >= 1,
  expected: 'a whole number of at least 1',
};
const FLAG: Rule = { fits: (value) => typeof value === 'boolean', expected: 'true or false' };

function oneOf(...words: readonly string[]): Rule {
  return {
    fits: (value) => words.some((word) => word === value),
    expected: words.map((word) => `'${word}'`).join(' or '),
  };
}

export interface Option {
  readonly name: string;
  readonly written: Folded | 'hidden' | undefined;
  readonly rule: Rule;
}

/** What cannot be read is checked when the decorator runs. */
function checkOption(scope: Scope, { name, written, rule }: Option, report: Report): void {
  if (written === undefined || written === 'hidden' || isUndefined(written.value)) return;
  const { value } = fold(scope, written);
  const isNamed = value.kind === 'name' && (value.path[0] === 'NaN' || value.path[0] === 'Infinity');
  if (value.kind !== 'literal' && !isNamed) return;
  const read = value.kind === 'literal' ? value.value : Number(value.path[0]);
  if (rule.fits(read)) return;
  const place = { file: written.file, at: written.value.at };
  const shown = typeof read === 'string' ? JSON.stringify(read) : String(read);
  report('ONW1140', place, `expected \`${name}\` to be ${rule.expected}, got ${shown}`);
}

const TIMEOUT: Rule = {
  ...DURATION,
  fits: (value) => (durationMs(value) ?? 0) > 0,
  expected: `more than 0: ${DURATION.expected}`,
};
const RETRY: Readonly<Record<string, Rule>> = {
  attempts: COUNT,
  delay: DURATION,
  factor: {
    fits: (value) => typeof value === 'number' && value >= 1 && value < Infinity,
    expected: 'a number of at least 1',
  },
  maxDelay: DURATION,
  jitter: { fits: (value) => typeof value === 'number' && value >= 0 && value <= 1, expected: 'a number from 0 to 1' },
};

const NODE: Readonly<Record<string, Rule>> = {
  timeout: TIMEOUT,
  concurrency: COUNT,
  maxRounds: COUNT,
  maxPerRun: COUNT,
  exhaustive: FLAG,
  expose: FLAG,
  waits: FLAG,
};
const TAG: Rule = {
  fits: (value) => typeof value === 'string' && value.trim() !== '',
  expected: 'a text that is not empty',
};

export function checkOptions(scope: Scope, node: NodeModel, report: Report): void {
  const { options } = node;
  if (options === undefined) return;
  checkExhaustive(node, report);
  for (const [name, rule] of Object.entries(NODE)) {
    checkOption(scope, { name, written: entryOf(scope, options, name), rule }, report);
  }
  checkTags(scope, entryOf(scope, options, 'tags'), report);
  for (const name of ['exhaustive', 'waits'])
    checkReadable(scope, { name, written: entryOf(scope, options, name) }, report);
  checkJob(scope, node, options, report);
  const retry = entryOf(scope, options, 'retry');
  if (retry === undefined || retry === 'hidden') return;
  for (const [name, rule] of Object.entries(RETRY)) {
    checkOption(scope, { name: `retry.${name}`, written: entryOf(scope, retry, name), rule }, report);
  }
}

// Types that hold more literals than anybody can route.
const ENDLESS: ReadonlySet<string> = new Set(['string', 'number', 'bigint', 'symbol', 'object', 'unknown']);

function checkExhaustive(node: NodeModel, report: Report): void {
  const value = returnedValue(node);
  if (!node.facts.exhaustive || value?.kind !== 'keyword' || !ENDLESS.has(value.text)) return;
  const text = `expected a method with \`exhaustive\` to return literals, ${node.id} returns ${value.text}; write them out as its return type, or remove \`exhaustive\``;
  report('ONW1140', node.place, text);
}

function checkTags(scope: Scope, written: Folded | 'hidden' | undefined, report: Report): void {
  if (written === undefined || written === 'hidden') return;
  const { file, value } = fold(scope, written);
  if (value.kind !== 'array') {
    const rule = { fits: () => false, expected: 'a list of texts' };
    checkOption(scope, { name: 'tags', written, rule }, report);
    return;
  }
  for (const [at, item] of value.items.entries()) {
    checkOption(scope, { name: `tags[${at}]`, written: { file, value: item }, rule: TAG }, report);
  }
}

/** A job that is started has its message already. */
function checkJob(scope: Scope, { kind, facts }: NodeModel, options: Folded, report: Report): void {
  const written = entryOf(scope, options, 'waits');
  if (kind !== 'job' || facts.waits === false || written === undefined || written === 'hidden') return;
  const at = { file: written.file, at: written.value.at };
  const text =
    '@Job takes no `waits`: a job has its message when it is started; let a handler wait, with @Handler({ waits: true }), and an edge lead to it';
  report('ONW1114', at, text);
}

/** It decides what the wiring proves and how the node is run. */
function checkReadable(scope: Scope, { name, written }: Pick<Option, 'name' | 'written'>, report: Report): void {
  if (written === undefined || written === 'hidden' || isUndefined(written.value)) return;
  if (fold(scope, written).value.kind === 'literal') return;
  const text = `\`${name}\` cannot be read at build time; write \`${name}: true\`, or leave it out`;
  report('ONW1131', { file: written.file, at: written.value.at }, text);
}

const WATCHING = ['bind', 'critical'];
const CHOOSING = ['when', 'otherwise', 'bind', 'after', 'critical'];

const TAKEN: Readonly<Record<EdgeOn, readonly string[]>> = {
  start: WATCHING,
  success: [...CHOOSING, 'each', 'concurrency', 'stopAfterFailures'],
  error: [...CHOOSING, 'recover'],
  end: WATCHING,
  cancel: WATCHING,
  runSuccess: WATCHING,
  runError: WATCHING,
  runEnd: WATCHING,
  join: ['mode', 'bind', 'onMissing', 'critical'],
};
// Words that we do not know at all are told by the compiler.
const KNOWN: ReadonlySet<string> = new Set(Object.values(TAKEN).flat());

const RULES: Readonly<Record<string, Rule>> = {
  concurrency: COUNT,
  stopAfterFailures: COUNT,
  after: DURATION,
  critical: FLAG,
  mode: oneOf('all', 'any'),
  onMissing: oneOf('skip', 'run'),
};

export function checkEdgeOptions(scope: Scope, node: NodeModel, report: Report): void {
  // A join is many edges with one annotation.
  const decorators = new Map(node.edges.map((edge) => [edge.decorator, edge]));
  for (const edge of decorators.values()) {
    if (edge.options === undefined) continue;
    const options = { file: edge.place.file, value: edge.options };
    checkTaken(scope, edge, options, report);
    for (const [name, rule] of Object.entries(RULES)) {
      if (TAKEN[edge.on].includes(name))
        checkOption(scope, { name, written: entryOf(scope, options, name), rule }, report);
    }
  }
}

function checkTaken(scope: Scope, { on, each, place }: EdgeModel, options: Folded, report: Report): void {
  for (const name of keysOf(scope, options) ?? []) {
    if (!KNOWN.has(name)) continue;
    const written = entryOf(scope, options, name);
    const at = written === undefined || written === 'hidden' ? place : { file: written.file, at: written.value.at };
    if (!TAKEN[on].includes(name)) {
      const text = `${annotationOf(on)} takes no \`${name}\`, only ${listed(TAKEN[on].map(quoted))}; ${listed(takersOf(name))} ${takersOf(name).length === 1 ? 'does' : 'do'}`;
      report('ONW1114', at, text);
    } else if ((name === 'concurrency' || name === 'stopAfterFailures') && !each) {
      report('ONW1114', at, `\`${name}\` counts the items of \`each\`; write \`each: true\` beside it, or remove it`);
    }
  }
}

function annotationOf(on: EdgeOn): string {
  return `@${EDGE_ANNOTATIONS.find((name) => MOMENTS[name] === on)}`;
}

function takersOf(option: string): string[] {
  return EDGE_ANNOTATIONS.filter((name) => TAKEN[MOMENTS[name]].includes(option)).map((name) => `@${name}`);
}

function quoted(name: string): string {
  return `\`${name}\``;
}

function listed(names: readonly string[]): string {
  return showList(names, 'and', names.length);
}
