// Compiled messages beside interpreted ones: the same instance, field for field in the same order, or the same refusal,
// issue for issue; and the user's code was called with the same, in the same order.

import { beforeAll, expect, test } from 'vitest';

import { copyFields, copyOf } from '../../src/message/copy.ts';
import { compile } from '../../src/message/compiled/compile.ts';
import { interpret, type ParserOptions } from '../../src/message/interpreter.ts';
import { createParser, loadCompiler } from '../../src/message/parser.ts';
import { Refusal } from '../../src/message/refusal.ts';
import { OnwardError } from '../../src/errors/onward-error.ts';
import { isPlain, setOwnField } from '../../src/values/json.ts';
import { DEFAULT_LIMITS, type MessageLimits } from '../../src/values/sanitize.ts';
import { RandomMessages } from './random-messages.ts';
import { shown } from './random-values.ts';

beforeAll(loadCompiler);

const CLASSES = process.env['SOAK'] === undefined ? 150 : 5_000;
const PER_CLASS = 20;
const LIMITS: readonly Partial<MessageLimits>[] = [
  {},
  {},
  {},
  { maxBytes: 120 },
  { maxBytes: 300, maxNodes: 25 },
  { maxDepth: 2 },
  { maxNodes: 12 },
  { maxKeys: 4 },
  { maxItems: 2 },
];

async function outcome(parse: () => object | Promise<object>, calls: string[]): Promise<string> {
  calls.length = 0;
  const answer = await answerOf(parse);
  return `${answer}\n${calls.join('\n')}`;
}

async function answerOf(parse: () => object | Promise<object>): Promise<string> {
  try {
    const parsed = await parse();
    if (!(parsed instanceof Refusal)) return `${shown(parsed)}\n${copyShown(parsed)}`;
    const { code, issues, error } = parsed;
    return shown({ code, issues, message: error.message, details: error.details, cause: error.cause });
  } catch (error) {
    if (!(error instanceof OnwardError)) throw error;
    return `threw ${error.message} ${shown(error.details)}`;
  }
}

/** A marked value is taken as it is, and may throw when it is copied. */
function copyShown(message: object): string {
  try {
    return shown(copyOf(message));
  } catch (error) {
    return `copying threw ${String(error)}`;
  }
}

test('a compiled message is the interpreted one, or refused in the same words', async () => {
  const seed = Number(process.env['SEED'] ?? 1);
  const counts = { cases: 0, built: 0, compiled: 0, interpreted: 0 };
  for (let at = 0; at < CLASSES; at += 1) {
    const random = new RandomMessages(seed * 100_000 + at, 'any');
    const messageClass = random.messageClass();
    const limits = { ...DEFAULT_LIMITS, ...LIMITS[at % LIMITS.length] };
    const parser = createParser(limits);
    const inner = random.messageClass(0);
    const options: readonly ParserOptions[] = [
      {},
      {},
      { unknownFields: 'drop' },
      { marked: { note: true } },
      { marked: { item: inner, b: true } },
    ];
    // The first two messages are interpreted.
    for (const each of options)
      for (let seen = 0; seen < 2; seen += 1) void answerOf(() => parser.of(messageClass, each)(1));
    counts[typeof compile(messageClass, {}) === 'string' ? 'interpreted' : 'compiled'] += 1;
    for (let one = 0; one < PER_CLASS; one += 1) {
      const given = options[one % options.length] ?? {};
      const data = random.data(messageClass);
      if (given.marked?.['item'] === inner && isPlain(data) && Object.isExtensible(data))
        setOwnField(data, 'item', random.data(inner));
      const interpreted = await outcome(
        () => interpret(messageClass, data, given, { limits, timeout: undefined }),
        random.calls,
      );
      const compiled = await outcome(() => parser.of(messageClass, given)(data), random.calls);
      counts.cases += 1;
      if (interpreted.startsWith('Made')) counts.built += 1;
      expect(compiled, `seed ${seed}, class ${at}, case ${one}: ${shown(data)}, limits ${at % LIMITS.length}`).toBe(
        interpreted,
      );
    }
  }
  expect(counts.cases).toBe(CLASSES * PER_CLASS);
  expect(counts.built).toBeGreaterThan(counts.cases / 10);
  expect(counts.compiled).toBeGreaterThan(counts.interpreted);
});

test('a compiled copy is the copy', () => {
  class Box {
    a: unknown = 1;
    b: unknown;
  }
  const box = Object.assign(new Box(), { b: [new Box(), new Date(4)] });
  const before = shown(copyFields(box, 0));
  expect(typeof compile(Box, {})).toBe('object');
  expect(shown(copyOf(box))).toBe(before);
  expect(shown(copyOf(Object.assign(box, { more: 1 })))).toContain('more:1');
});
