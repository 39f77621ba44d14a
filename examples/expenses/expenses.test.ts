// The claims on both engines: who decides, and after how long.

import { expect, test } from 'vitest';
import { memoryEngine } from 'onward';
import { journaledEngine } from 'onward/testing';
import { settleAll } from './src/office.ts';

test.each([
  ['memory', memoryEngine],
  ['journaled', journaledEngine],
])('%s engine: five claims', async (_, engine) => {
  const lines: string[] = [];
  await settleAll((line) => lines.push(line), { engine: engine() });
  expect(lines.join('\n')).toMatchInlineSnapshot(`
    "Ada claims 12.40 € for stamps
    paid: petty cash
    completed on day 0
    Bela claims 189.00 € for the ferry
    granted: expected a boolean value
    paid: Dr Orban
    completed on day 2
    Cleo claims 310.00 € for a dinner
    refused: Dr Orban, who was invited?
    completed on day 1
    Dan claims 2200.00 € for a crane
    paid: Ms Lind
    completed on day 5
    Eve claims 4100.00 € for a piano
    failed on day 5, nobody answered as Claims.boss, nobody answered as Claims.deputy"
  `);
});
