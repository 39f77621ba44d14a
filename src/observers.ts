// The entry `onward/observers`: observers that are ready to use.

export { batched, type BatchedObserver, type BatchedOptions } from './observe/ready/batched.ts';
export { consoleObserver, type ConsoleOptions } from './observe/ready/console.ts';
export { history, type HistoryObserver, type HistoryOptions } from './observe/ready/history.ts';
export { logger, type LoggerOptions } from './observe/ready/logger.ts';
export type { LogLevel } from './execute/application.ts';
export type { Logger } from './observe/log.ts';
export {
  metrics,
  type Durations,
  type MetricsObserver,
  type MetricsOptions,
  type MetricsRegistry,
  type MetricsReport,
} from './observe/ready/metrics.ts';
export { notify, type NotifyOptions } from './observe/ready/notify.ts';
export { progress, type ProgressOptions, type ProgressRecord } from './observe/ready/progress.ts';
export type { OutputStream } from './observe/ready/terminal.ts';
