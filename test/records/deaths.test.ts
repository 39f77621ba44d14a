// Deaths are counted in the record of a step, and nothing else of its run is touched. R23.

import { describe, expect, test } from 'vitest';
import { countDeaths, type DeathEvent } from '../../src/records/deaths.ts';
import { Phase } from '../../src/run/status.ts';
import type { Json } from '../../src/values/json.ts';

const AT = { step: 3, node: 'Shop.order', around: [] };
const RECORD = { node: 'Shop.order', startedAt: 1, startSeq: 2 };

const died = (deaths: number, attempt = 1, at: DeathEvent['at'] = AT): DeathEvent => ({
  type: 'redelivered',
  ...{ at, attempt, deaths },
});
const survived = (deaths = 0): DeathEvent => ({ type: 'survived', at: AT, attempt: 1, deaths });

function after(event: DeathEvent, record: object = RECORD, run: object = {}): unknown {
  const json = (value: object): Json => JSON.parse(JSON.stringify(value));
  const write = countDeaths(
    new Map<string, Json>([
      ['r', json(run)],
      ['s/3', json(record)],
    ]),
    event,
  );
  if (write === undefined) return undefined;
  const [key, value, text] = write;
  expect(key).toBe('s/3');
  expect(JSON.parse(text ?? '')).toEqual(value);
  return value;
}

describe('counting deaths', () => {
  test('one is counted for the body that was called again, and the rest of its record stays', () => {
    expect(after(died(1))).toEqual({ ...RECORD, deaths: 1 });
    expect(after(died(2), { ...RECORD, deaths: 1 })).toEqual({ ...RECORD, deaths: 2 });
  });

  test('the same one again, and one behind that, changes nothing', () => {
    expect(after(died(1), { ...RECORD, deaths: 1 })).toBeUndefined();
    expect(after(died(3), { ...RECORD, deaths: 1 })).toBeUndefined();
  });

  test('none is counted for another attempt, another life of the run, or what is no body', () => {
    expect(after(died(1, 2))).toBeUndefined();
    expect(after(died(1, 1, { ...AT, life: 2 }))).toBeUndefined();
    expect(after(died(1), RECORD, { life: 2 })).toBeUndefined();
    expect(after(died(1), { ...RECORD, phase: Phase.SCHEDULED })).toBeUndefined();
  });

  test('a body that was not called after all takes its last one back, once', () => {
    expect(after(survived(3), { ...RECORD, deaths: 4 })).toEqual({ ...RECORD, deaths: 3 });
    expect(after(survived(3), { ...RECORD, deaths: 3 })).toBeUndefined();
  });

  test('a body that lives takes all of them back, once', () => {
    expect(after(survived(), { ...RECORD, deaths: 4 })).toEqual(RECORD);
    expect(after(survived())).toBeUndefined();
  });
});
