// Changes of runs as an engine gives them to a store, for tests of stores alone.

import type { RunChange, StoredSummary } from '../../src/engines/store/store.ts';

/** A run that is under way. */
export const SUMMARY: StoredSummary = {
  job: 'Shop.order',
  fingerprint: undefined,
  tags: [],
  status: 'running',
  isOpen: true,
  waitsIn: undefined,
  createdAt: 1,
  endedAt: 0,
};

/** A run that is over. */
export const OVER: StoredSummary = { ...SUMMARY, status: 'completed', isOpen: false, endedAt: 1 };

/** @param expected the version of the run; 0: it begins. */
export function change(runId: string, expected = 0, more: Partial<RunChange> = {}): RunChange {
  return { runId, expected, summary: SUMMARY, writes: [], payloads: [], timers: [], ...more };
}
