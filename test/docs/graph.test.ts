// The page on the graph, and its table of codes.

import { expect, test } from 'vitest';
import { StepCode } from 'onward';
import { testGuide } from './guide.ts';

const page = testGuide('graph', 13);

test('the table of codes has every code, and no other', () => {
  const rows = [...page.matchAll(/^\| (−?\d+) \| `([A-Z_]+)` \|/gm)];
  const told = rows.map(([, code = '', name]) => [name, Number(code.replace('−', '-'))]);
  expect(told).toEqual(Object.entries(StepCode));
});
