// What a task is given while it is performed: its values from strings, and its events back into the journal.

import type { Clock } from '../../execute/clock.ts';
import type { TaskIo } from '../../records/task.ts';
import { reportOf } from '../../execute/report.ts';
import type { ChildAnswer } from '../../run/children.ts';
import type { Decision } from '../../records/decide.ts';
import type { Event } from '../../run/event.ts';
import { Wants } from '../../observe/interest.ts';
import { Phase } from '../../run/status.ts';
import { RECORDS } from '../../records/keys.ts';
import { stateOf } from '../../records/records.ts';
import type { Delivery } from './deliveries.ts';
import { payloadText, type Texts } from './payloads.ts';

/** What the journal does for a task. */
export interface TaskOutput {
  readonly clock: Clock;
  put(event: Event, texts: Texts, onApplied?: (decision: Decision) => void): void;
  /** The attempt is over, however it went. */
  end(): void;
}

export function ioFor(delivery: Delivery, output: TaskOutput): TaskIo {
  const { run, task } = delivery;
  let texts = new Map<string, string>();
  // What was kept so far goes with the next event.
  const taken = (): Texts => {
    const kept = texts;
    texts = new Map();
    return kept;
  };
  return {
    clock: output.clock,
    load: (ref, item) => run.payloads.load(ref, item),
    keep: (name, payload) => {
      texts.set(`${task.key}.${name}`, payloadText(payload));
      return `${task.key}.${name}`;
    },
    keepAs: (key, payload) => {
      texts.set(key, payloadText(payload));
      return key;
    },
    isWanted: () => {
      const phase = run.phaseOf(task.at.step, task.attempt);
      return phase !== Phase.STOPPING && phase !== Phase.CANCELLING;
    },
    began: (body) => {
      delivery.body = body;
    },
    deliver: (event) => {
      output.end();
      output.put(event, taken());
    },
    commit: (event) =>
      new Promise<ChildAnswer>((resolve) =>
        output.put(event, taken(), (decision) => {
          resolve(decision.child ?? { kind: 'refused', why: 'leaked' });
        }),
      ),
    outcomeOf: (entry) => run.outcomeOf(entry),
    endOf: (step, call) => run.called.expect({ step, recordKey: RECORDS.call.key(task.at.step, call) }),
    state: () => stateOf(run.state()),
    report: () => {
      const snapshot = run.snapshot();
      return reportOf(snapshot, run.outcome);
    },
    isObserved: () => (run.observed & (Wants.ATTEMPT | Wants.AROUND)) !== 0,
    around: (message, body) =>
      run.around(task.at.step, { attempt: task.attempt, at: output.clock.now(), message }, body),
    notify: (notice) => run.emit(task.at.step, { ...notice, attempt: task.attempt, at: output.clock.now() }),
  };
}
