// Numbers and durations that can be read in the source and make no sense.

import { durationMs } from '../../src/graph/duration.ts';
import { entryOf, fold, isUndefined, type Folded } from '../model/fold.ts';
import type { NodeModel } from '../model/model.ts';
import { valueOf } from '../model/read-services.ts';
import type { Scope } from '../model/scope.ts';
import { checkOption, COUNT, DURATION, FLAG, type Option, type Rule } from './option-rule.ts';
import type { Report } from './problem.ts';

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
  const value = valueOf(node);
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
