// What tests of code that uses Onward work with.

export {
  journaledEngine,
  type JournaledEngine,
  type JournaledEngineOptions,
  type JournalStatistics,
} from './journaled-engine.ts';
export { engineConformance, type EngineUnderTest } from './engine-conformance.ts';
export { eventOf } from './event-of.ts';
export { killRandomly, type KillOptions, type KillReport } from './kill-randomly.ts';
export { crashAtEveryCommit, type CrashPoint, type CrashPointOptions } from './crash-points.ts';
export { breakDiskAtEveryCommit, type DiskPoint } from './disk-points.ts';
export { faultyDisk, type FaultyDisk, type FaultyDiskOptions } from './faulty-disk.ts';
export { onwardMatchers, type ExpectedError, type MatcherResult, type OnwardMatchers } from './matchers.ts';
export { recorder, type Recorder } from './recorder.ts';
export {
  createTestRuntime,
  type Fault,
  type FaultOptions,
  type TestRuntimeExtras,
  type TestRuntimeOptions,
} from './test-runtime.ts';
export { seededRandom } from './random.ts';
export { storeConformance, type ConformanceCase, type StoreUnderTest } from './store-conformance.ts';
export { virtualClock, type VirtualClock } from './virtual-clock.ts';
