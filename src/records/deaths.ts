// How often in a row the process of a body has died with it: a number in the record of its step.
//
// DEATHS-1. Nothing else of a run depends on it, so nothing else is read or written: a process that takes over counts a
//     death for every body that was under way.

import type { StepEvent } from '../run/event.ts';
import { Phase } from '../run/status.ts';
import { readRecord, RECORDS, RUN_KEY, type RecordWrite } from './keys.ts';
import { written } from './outbox.ts';
import type { RunRecord, RecordsRead } from './records.ts';
import { phaseOf, type StepRecord } from './step-record.ts';

export type DeathEvent = Extract<StepEvent, { type: 'redelivered' | 'survived' }>;

/** The step's record with a death more, or with fewer; undefined if the event is not for the step as it is. */
export function countDeaths(records: RecordsRead, event: DeathEvent): RecordWrite | undefined {
  const { step, life = 1 } = event.at;
  const key = RECORDS.step.key(step);
  const json = records.get(key);
  const run = readRecord<Partial<RunRecord>>(records.get(RUN_KEY));
  const phase = phaseOf(json, event.attempt);
  if (phase === Phase.OVER || life !== (run?.life ?? 1)) return undefined;
  const { deaths = 0, ...others } = readRecord<Partial<StepRecord>>(json) ?? {};
  if (event.type === 'survived' && deaths <= event.deaths) return undefined;
  if (event.type === 'redelivered' && (phase !== Phase.RUNNING || deaths !== event.deaths - 1)) return undefined;
  return written(key, event.deaths === 0 ? others : { ...others, deaths: event.deaths });
}
