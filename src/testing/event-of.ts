// Events that no run has emitted: to test an observer by itself.

import type { RunEvent } from '../run/run-event.ts';
import { StepCode } from '../run/status.ts';
import { assertEventType } from './recorder.ts';

type EventType = RunEvent['type'];
type Events = { readonly [Type in EventType]: Extract<RunEvent, { readonly type: Type }> };

const RUN = { runId: 'run-1', seq: 1, at: 0, tags: [] };
const STEP = {
  ...RUN,
  step: 1,
  node: 'Service.method',
  key: 'run-1~Service.method.1',
  attempt: 1,
  round: 1,
  via: null,
  cause: 0,
  parent: null,
  item: undefined,
};
const ENDED = { ...STEP, code: StepCode.DONE, startedAt: 0 };
const FAILED = { code: StepCode.UNHANDLED_EXCEPTION, error: undefined };
const NO_COUNTS = { completed: 0, failed: 0, skipped: 0, cancelled: 0 };

const DEFAULTS: Events = {
  'run.started': { type: 'run.started', ...RUN, job: STEP.node, message: undefined, plan: undefined, source: 'start' },
  'run.ended': {
    type: 'run.ended',
    ...RUN,
    job: STEP.node,
    status: 'completed',
    code: StepCode.DONE,
    startedAt: 0,
    counts: { ...NO_COUNTS, completed: 1 },
    value: undefined,
    error: undefined,
    severity: undefined,
    cancelReason: undefined,
    failures: [],
  },
  'run.suspended': { type: 'run.suspended', ...RUN },
  'run.resumed': { type: 'run.resumed', ...RUN },
  'step.started': { type: 'step.started', ...STEP, message: undefined },
  'step.attempt': { type: 'step.attempt', ...STEP, message: undefined },
  'step.waiting': { type: 'step.waiting', ...STEP },
  'step.retrying': { type: 'step.retrying', ...STEP, ...FAILED, nextAt: 0, severity: 'warning' },
  'step.completed': {
    type: 'step.completed',
    ...ENDED,
    value: undefined,
    recoveredBy: undefined,
    recoveredFrom: undefined,
  },
  'step.failed': { type: 'step.failed', ...ENDED, ...FAILED, severity: 'error' },
  'step.skipped': { type: 'step.skipped', ...ENDED, code: StepCode.SKIPPED, missing: undefined },
  'step.cancelled': { type: 'step.cancelled', ...ENDED, code: StepCode.CANCELLED },
  'step.late': { type: 'step.late', ...STEP },
  'entry.ended': { type: 'entry.ended', ...STEP, entry: 0, name: undefined, status: 'completed' },
  'edge.unmatched': { type: 'edge.unmatched', ...STEP },
  'exit.ignored': { type: 'exit.ignored', ...STEP },
  'state.conflict': { type: 'state.conflict', ...STEP, field: 'field' },
  custom: { type: 'custom', ...STEP, name: 'name', data: undefined },
  progress: { type: 'progress', ...STEP, done: 0 },
  'callback.failed': { type: 'callback.failed', ...STEP, error: undefined, edge: null, severity: 'warning' },
  gap: { type: 'gap', ...RUN },
};

/**
 * An event of a type with the given fields, to call an observer with: `eventOf('step.failed', { error })`. What is left
 * out is that of the first step of a run; the key follows from the run and the node.
 *
 * @throws {OnwardError} ONW3004 if there are no events of this type.
 */
export function eventOf<Type extends EventType>(
  type: Type,
  fields: Partial<Omit<Events[Type], 'type'>> = {},
): Events[Type] {
  assertEventType(type);
  const event = Object.assign({}, DEFAULTS[type], fields);
  if ('key' in event && !('key' in fields) && 'node' in event) {
    Object.assign(event, { key: `${event.runId}~${String(event.node)}.1` });
  }
  return event;
}
