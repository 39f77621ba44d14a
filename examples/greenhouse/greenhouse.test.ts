// The plans on both engines: how each step ends, and what is refused beforehand.

import { expect, test } from 'vitest';
import { memoryEngine } from 'onward';
import { journaledEngine } from 'onward/testing';
import { tend } from './src/day.ts';

test.each([
  ['memory', memoryEngine],
  ['journaled', journaledEngine],
])('%s engine: good plans, and one of every mistake', async (_, engine) => {
  const lines: string[] = [];
  await tend((line) => lines.push(line), { engine: engine() });
  expect(lines.join('\n')).toMatchInlineSnapshot(`
    "  12 litres for the tomatoes
      tomatoes: 22 moist, watered: true
    tomatoes: DONE, DONE, IF_CONDITION_FAILED, DONE
      windows 40 % open
      orchids: 61 moist, watered: false
    orchids: DONE, IF_CONDITION_FAILED, DONE, DONE
      basil: how moist, watered: false
    basil: UNHANDLED_EXCEPTION, SKIPPED, SKIPPED, DONE
      5 litres for the tomatoes
      5 litres for the tomatoes
    look     failed     101 UNHANDLED_EXCEPTION
    hidden   failed     102 BLOCK_NOT_FOUND
    nothing  failed     103 INVALID_ARGUMENT
    look     failed     104 DUPLICATE_STEP_IDS
    poison   failed     105 FORBIDDEN_BLOCK
    storm    failed     106 ASSERTION_ERROR
    words    failed     107 INVALID_TYPE
    never    skipped    110 IF_CONDITION_FAILED
    once     completed  0 DONE
    twice    completed  0 DONE
    thrice   failed     108 STEP_LIMIT_EXCEED
    late     skipped    100 SKIPPED
    steps[0].id: an id of 1 to 200 characters, none of them a control character, and not __proto__, constructor or prototype
    steps[0].pot: no field of this name (did you mean \`job\`?)
    steps[0].if: \`==\` to compare"
  `);
});
