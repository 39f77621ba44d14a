// Which events an observer wants, so that nobody pays for events that nobody reads: kinds of events as bits, and the
// hooks that an event calls.

import type { RunEvent } from '../run/run-event.ts';
import type { FinalStatus } from '../run/status.ts';
import type { Hook, HookResult, Observer, ObserveOptions } from './observer.ts';

/**
 * Kinds of events that can be wanted, as bits of a sum; `AROUND`: something runs around bodies; `PRECISE`: times within a
 * turn of the event loop matter.
 */
export const Wants = {
  START: 1,
  END: 2,
  ATTEMPT: 4,
  OTHER: 8,
  RUN: 16,
  AROUND: 32,
  PRECISE: 256,
  ALL: 31,
  STEPS: 15,
} as const;

// An event is of one of these kinds, and beside that:
/** A run is over. */
export const OVER = 64;
/** Something failed. */
export const FAILED = 128;

const KINDS = {
  'run.started': Wants.RUN,
  'run.ended': Wants.RUN | OVER,
  'run.suspended': Wants.OTHER,
  'run.resumed': Wants.OTHER,
  'step.started': Wants.START,
  'step.attempt': Wants.ATTEMPT,
  'step.waiting': Wants.OTHER,
  'step.retrying': Wants.OTHER | FAILED,
  'step.completed': Wants.END,
  'step.failed': Wants.END | FAILED,
  'step.skipped': Wants.END,
  'step.cancelled': Wants.END,
  'step.late': Wants.OTHER,
  'entry.ended': Wants.OTHER,
  'edge.unmatched': Wants.OTHER,
  'exit.ignored': Wants.OTHER,
  'state.conflict': Wants.OTHER,
  custom: Wants.OTHER,
  progress: Wants.OTHER,
  'callback.failed': Wants.OTHER | FAILED,
  gap: Wants.OTHER,
} as const satisfies Readonly<Record<RunEvent['type'], number>>;

/** Every type of events that observers can be called with. */
export const EVENT_TYPES: readonly string[] = Object.keys(KINDS);

export function isEventType(type: string): type is RunEvent['type'] {
  return Object.hasOwn(KINDS, type);
}

/** What kind of event it is: one bit of `Wants`, and what else `Hooks` asks. */
export function kindOf(event: RunEvent): number {
  return event.type === 'run.ended' ? kindOfEnd(event.status) : KINDS[event.type];
}

/** The same of the end of a run. */
export function kindOfEnd(status: FinalStatus): number {
  return status === 'failed' ? KINDS['run.ended'] | FAILED : KINDS['run.ended'];
}

function wantsOfTypes(types: readonly RunEvent['type'][] | undefined): number {
  return types?.reduce((sum, type) => sum | (KINDS[type] & Wants.ALL), 0) ?? Wants.ALL;
}

/** What an observer wants: the sum of its hooks, as far as its options let their events pass. */
export function wantsOf(observer: Observer, { events }: ObserveOptions): number {
  let wants = 0;
  if (observer.onRunStart !== undefined || observer.onRunEnd !== undefined) wants |= Wants.RUN;
  if (observer.onStepStart !== undefined) wants |= Wants.START;
  if (observer.onStepEnd !== undefined) wants |= Wants.END;
  if (observer.onError !== undefined) wants |= Wants.END | Wants.OTHER | Wants.RUN;
  if (observer.onEvent !== undefined) wants |= wantsOfTypes(observer.eventTypes);
  const passing = wants & wantsOfTypes(events);
  const isAround = observer.around !== undefined && events?.includes('step.attempt') !== false;
  if (isAround) return passing | Wants.AROUND | Wants.PRECISE;
  return observer.precise === true ? passing | Wants.PRECISE : passing;
}

/** The hooks of an observer by what happens, each list in the order of its calls: its kind, failures, every event. */
export class Hooks {
  readonly #runStart: readonly Hook[];
  readonly #runEnd: readonly Hook[];
  readonly #runFailed: readonly Hook[];
  readonly #stepStart: readonly Hook[];
  readonly #stepEnd: readonly Hook[];
  readonly #stepFailed: readonly Hook[];
  readonly #failed: readonly Hook[];
  readonly #other: readonly Hook[];

  constructor(observer: Observer) {
    const own = (...hooks: readonly Hook[]): readonly Hook[] => hooks.filter((hook) => observer[hook] !== undefined);
    this.#runStart = own('onRunStart', 'onEvent');
    this.#runEnd = own('onRunEnd', 'onEvent');
    this.#runFailed = own('onRunEnd', 'onError', 'onEvent');
    this.#stepStart = own('onStepStart', 'onEvent');
    this.#stepEnd = own('onStepEnd', 'onEvent');
    this.#stepFailed = own('onStepEnd', 'onError', 'onEvent');
    this.#failed = own('onError', 'onEvent');
    this.#other = own('onEvent');
  }

  /** Those that an event calls. @param kind as `kindOf` gives it. */
  for(kind: number): readonly Hook[] {
    switch (kind) {
      case Wants.START:
        return this.#stepStart;
      case Wants.END:
        return this.#stepEnd;
      case Wants.END | FAILED:
        return this.#stepFailed;
      case Wants.RUN:
        return this.#runStart;
      case Wants.RUN | OVER:
        return this.#runEnd;
      case Wants.RUN | OVER | FAILED:
        return this.#runFailed;
      case Wants.OTHER | FAILED:
        return this.#failed;
      default:
        return this.#other;
    }
  }
}

/** An observer whose hooks are called with the events that `Hooks` has chosen for them. */
export interface AnyHooks {
  readonly eventTypes?: readonly RunEvent['type'][];
  onRunStart?(event: RunEvent): HookResult;
  onRunEnd?(event: RunEvent): HookResult;
  onStepStart?(event: RunEvent): HookResult;
  onStepEnd?(event: RunEvent): HookResult;
  onError?(event: RunEvent): HookResult;
  onEvent?(event: RunEvent): HookResult;
}

/** Calls a hook, if the observer has it. */
export function callHook(observer: AnyHooks, hook: Hook, event: RunEvent): unknown {
  switch (hook) {
    case 'onEvent':
      if (observer.eventTypes?.includes(event.type) === false) return undefined;
      return observer.onEvent?.(event);
    case 'onError':
      return observer.onError?.(event);
    case 'onRunStart':
      return observer.onRunStart?.(event);
    case 'onRunEnd':
      return observer.onRunEnd?.(event);
    case 'onStepStart':
      return observer.onStepStart?.(event);
    case 'onStepEnd':
      return observer.onStepEnd?.(event);
  }
}
