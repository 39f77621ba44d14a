// What tests of code that uses Onward work with.

export {
  journaledEngine,
  type JournaledEngine,
  type JournaledEngineOptions,
  type JournalStatistics,
} from './journaled/engine.ts';
export { seededRandom } from './random.ts';
export { virtualClock, type VirtualClock } from './virtual-clock.ts';
