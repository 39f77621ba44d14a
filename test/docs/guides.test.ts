// The guides, each with the samples that it has at least, and what some of their tables must say.

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { StepCode } from 'onward';
import { testGuide } from './guide.ts';

const LEAST = {
  edges: 7,
  joins: 2,
  bodies: 4,
  runtime: 8,
  options: 1,
  errors: 4,
  plans: 6,
  definitions: 3,
  schedules: 3,
  observers: 9,
  durable: 2,
  resume: 1,
};

describe.each(Object.entries(LEAST))('docs/%s.md', (name, least) => void testGuide(name, least));

test('the table of step codes has every code, and no other', () => {
  const page = readFileSync(fileURLToPath(new URL('../../docs/errors.md', import.meta.url)), 'utf8');
  const rows = [...page.matchAll(/^\| (−?\d+) \| `([A-Z_]+)` \|/gm)];
  const listed = rows.map(([, code = '', name]) => [name, Number(code.replace('−', '-'))]);
  expect(listed).toEqual(Object.entries(StepCode));
});
