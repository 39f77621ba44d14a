// Verdicts beside class-validator itself, with class-transformer: any data that a JSON text can hold, for random classes.
// Where ours is stricter, docs/messages.md says so, and the case is counted apart.

import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import { beforeAll, expect, test } from 'vitest';

import { compile } from '../../src/message/compiled/compile.ts';
import { createParser, loadCompiler } from '../../src/message/parser.ts';
import { Refusal } from '../../src/message/refusal.ts';
import { RandomMessages } from './random-messages.ts';
import { shown } from './random-values.ts';

beforeAll(loadCompiler);

const CLASSES = process.env['SOAK'] === undefined ? 30 : 500;
const PER_CLASS = process.env['SOAK'] === undefined ? 100 : 200;

/** Issues that only we have, as docs/messages.md says. */
const STRICTER = [
  // "A nested message is required like any other field", and "takes one object".
  ({ expected, got }: Said): boolean => expected === 'an object' && /^(nothing$|null$|an array)/.test(got),
  // "`each` needs a collection": anything else is refused.
  ({ expected }: Said): boolean => expected === 'an array',
  // "Nothing is converted … Dates are the one exception": with `@Type(() => Date)` anything else is refused.
  ({ expected }: Said): boolean => expected.startsWith('a date: '),
  // Two fields of one name in the data: the second one is not asked for.
  ({ expected }: Said): boolean => expected === 'no field of this name',
];

interface Said {
  readonly expected: string;
  readonly got: string;
}

test('the verdict is class-validator’s, but where ours is said to be stricter', () => {
  const seed = Number(process.env['SEED'] ?? 1);
  const counts = { cases: 0, accepted: 0, refused: 0, stricter: 0, compiled: 0 };
  for (let at = 0; at < CLASSES; at += 1) {
    const random = new RandomMessages(seed * 100_000 + at, 'json');
    const messageClass = random.messageClass();
    const parser = createParser();
    const parse = parser.of(messageClass);
    for (let seen = 0; seen < 2; seen += 1) void parse(1);
    if (typeof compile(messageClass, {}) !== 'string') counts.compiled += 1;
    for (let one = 0; one < PER_CLASS; one += 1) {
      const data = random.data(messageClass);
      const parsed = parse(structuredClone(data));
      const errors = validateSync(plainToInstance(messageClass, structuredClone(data)));
      const theirs = errors.length === 0;
      const ours = !(parsed instanceof Refusal);
      counts.cases += 1;
      if (ours === theirs) counts[ours ? 'accepted' : 'refused'] += 1;
      else if (parsed instanceof Refusal && parsed.issues.every((issue) => STRICTER.some((is) => is(issue))))
        counts.stricter += 1;
      else {
        const said = parsed instanceof Refusal ? parsed.error.message : 'accepted';
        expect.fail(`seed ${seed}, class ${at}: ${shown(data)}: theirs: ${errors.join()}, ours: ${said}`);
      }
    }
  }
  expect(counts.cases).toBe(CLASSES * PER_CLASS);
  expect(counts.compiled).toBeGreaterThan(CLASSES * 0.9);
  expect(counts.accepted).toBeGreaterThan(counts.cases / 5);
  expect(counts.refused).toBeGreaterThan(counts.cases / 5);
  expect(counts.stricter).toBeLessThan(counts.cases / 5);
});
