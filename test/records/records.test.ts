// Records leave out what is usual, member by member: what is unusual comes back, whichever member it is. RECORDS-2.

import { describe, expect, test } from 'vitest';
import { compileGraph } from '../../src/graph/compile.ts';
import { RUN_KEY, SETTINGS_KEY } from '../../src/records/keys.ts';
import { changesOf, hydrate, readRunRecord, type RunRecord } from '../../src/records/records.ts';
import { compactEnd, readEnd } from '../../src/records/step-record.ts';
import { Stage, StepCode } from '../../src/run/status.ts';
import type { StepView } from '../../src/run/view.ts';
import type { Json } from '../../src/values/json.ts';
import { SETTINGS } from './schedule.ts';

const asKept = (record: object): Json => JSON.parse(JSON.stringify(record));

const END: Required<StepView> = {
  id: 3,
  node: 'Shop.order',
  key: 'by hand',
  round: 2,
  status: 'failed',
  code: StepCode.TIMEOUT,
  via: 'a>success>b',
  cause: 1,
  owner: 2,
  item: 0,
  attempt: 2,
  attempts: [{ number: 1, code: StepCode.TIMEOUT, error: 'e', startedAt: 1, endedAt: 2, seq: 3, nextAt: 4 }],
  faults: [{ edge: 'a>success>c', error: 'f' }],
  message: 'm',
  value: 'v',
  watchedError: 'w',
  isCallbackFailure: true,
  failedChild: 4,
  recoveredBy: 5,
  recoveredFrom: 'r',
  missing: ['left'],
  startedAt: 6,
  endedAt: 7,
  startSeq: 8,
  endSeq: 9,
  unmatched: true,
  conflicts: ['field'],
  exitIgnored: true,
  entry: 0,
  entryName: 'first',
  listens: true,
  messageWait: { seq: 10, at: 11 },
};

const RUN: Required<Omit<RunRecord, 'plan'>> = {
  endedAt: 1,
  status: 'cancelled',
  code: StepCode.CANCELLED,
  stage: Stage.OVER,
  outcome: 'failed',
  cancelling: true,
  cancelReason: 'enough',
  timedOut: true,
  suspended: true,
  failed: true,
  limitReached: true,
  exit: { value: 'x' },
  steps: 2,
  seq: 3,
  live: 4,
  openJoins: 5,
  completedSteps: 6,
  failedSteps: 7,
  skippedSteps: 8,
  cancelledSteps: 9,
  entryStatus: 'skipped',
  entryCode: StepCode.SKIPPED,
  entryValue: 'v',
  life: 2,
  hasEarlier: true,
  graphMet: { hash: 'h', isHeld: true },
};

describe('what is unusual comes back', () => {
  test('of a step that is over', () => {
    expect(readEnd('run', asKept(compactEnd('run', END)))).toEqual(END);
  });

  test('of a run', () => {
    const settings = { ...SETTINGS, name: 'Shop.order', createdAt: 1, graph: 'g', history: 'all' };
    const before = new Map<string, Json>([
      [SETTINGS_KEY, asKept(settings)],
      [RUN_KEY, { steps: 0, seq: 0 }],
    ]);
    const loaded = hydrate(compileGraph({ nodes: [], edges: [] }), 'run', new Map([...before, [RUN_KEY, asKept(RUN)]]));
    const [write] = loaded === undefined ? [] : changesOf(loaded, before);
    expect(write?.[0]).toBe(RUN_KEY);
    expect(write?.[1]).toEqual(RUN);
    expect(readRunRecord(write?.[1] ?? undefined)).toEqual(RUN);
  });
});
