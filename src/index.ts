// The entry `onward`: annotations, the runtime, plans and errors.

// annotations
export { Service, type ServiceOptions } from './decorators/node.ts';
export {
  Handler,
  Job,
  type HandlerOptions,
  type JobOptions,
  type RateLimitOptions,
  type RetryOptions,
} from './decorators/node.ts';
export { Schedule, type AnnotatedScheduleOptions, type Overlap, type ScheduleOptions } from './decorators/schedule.ts';
export { OnSuccess, type SuccessOptions, type SuccessSource } from './decorators/success.ts';
export { OnError, type ErrorOptions, type ErrorSource } from './decorators/error.ts';
export { OnStart, type MessageSource, type WatchOptions } from './decorators/watch.ts';
export { OnEnd, type EndOptions, type EndSource } from './decorators/watch.ts';
export { OnCancel } from './decorators/watch.ts';
export { OnRunEnd, OnRunError, OnRunSuccess, type RunCallbackOptions, type RunSource } from './decorators/run.ts';
export { from, type From } from './decorators/method-types.ts';
export { Join, type Joined, type JoinOptions, type JoinSources } from './decorators/join.ts';
export { ErrorValue, Message, ReturnValue, Sensitive } from './decorators/marks.ts';

// run
export { createRuntime } from './runtime/runtime.ts';
export type { Logger } from './observe/log.ts';
export type { MessageOptions, RuntimeOptions } from './runtime/runtime-options.ts';
export { formatReport, type FormatOptions } from './execute/format-report.ts';
export type {
  CloseOptions,
  RefusedData,
  Runtime,
  RuntimeOf,
  SafeParsed,
  WaitingStep,
  WorkOptions,
} from './api/runtime.ts';
export type { EventsOptions, RunHandle, SendOptions, StartedRun } from './api/run.ts';
export type { StartOptions } from './api/run.ts';

// plans
export type {
  ChainOptions,
  Condition,
  Plan,
  PlanEntry,
  PlanOptions,
  Plans,
  SavedPlan,
  Swarm,
  SwarmOptions,
} from './api/plans.ts';
export type { ScheduleHandle } from './schedule/schedule.ts';
export type { EntryResult, FoundRun, PlanRun, SwarmRun } from './api/plan-run.ts';
export type { AnySignature, Signature, SignedStartOptions } from './api/signature.ts';

export type { AttemptReport, CallbackFailure, RunInspection, RunReport, StepReport } from './wiring/run-report.ts';
export type { Clock } from './execute/clock.ts';
export type { Sent } from './wiring/context.ts';
export type { Previous, StepContext, StepInfo } from './wiring/context.ts';
export type { FailedStep, RunEvent, Severity } from './run/run-event.ts';
export { chained } from './observe/chained.ts';
export type {
  AttemptStarted,
  FailureEvent,
  HookResult,
  ObserveOptions,
  Observer,
  ObserverFailure,
  ObserveRunOptions,
  RunEnded,
  RunObserver,
  RunStart,
  RunStarted,
  StepEnded,
  StepStarted,
} from './observe/observer.ts';
export type { History } from './run/view.ts';
export { StepCode, type FinalStatus, type RunStatus, type StepStatus } from './run/status.ts';
export type { Duration, DurationString } from './graph/duration.ts';

// engines
export { memoryEngine, type MemoryEngineOptions } from './engines/memory/engine.ts';
export type { RunPage, RunQuery, RunRow } from './execute/run-query.ts';
export type { Capabilities } from './engines/capabilities.ts';
export type { Engine } from './engines/engine.ts';

// errors
export type { ErrorCode } from './errors/codes.ts';
export {
  InvalidArgument,
  isOnwardError,
  OnwardError,
  RetryableError,
  StepTimeout,
  TerminalError,
  type Issue,
  type OnwardErrorOptions,
} from './errors/onward-error.ts';
