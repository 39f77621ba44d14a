// What a task is given while it is performed: its values from the store, and its events back into the engine.

import type { Clock } from '../../execute/clock.ts';
import type { TaskIo } from '../../records/task.ts';
import type { ChildAnswer } from '../../run/children.ts';
import type { Decision } from '../../records/decide.ts';
import type { Event } from '../../run/event.ts';
import { Wants } from '../../observe/interest.ts';
import { Phase } from '../../run/status.ts';
import { RECORDS } from '../../records/keys.ts';
import type { Delivery } from './deliveries.ts';
import { payloadText, type Texts } from './run/payloads.ts';

/** What the engine does for a task. */
export interface TaskOutput {
  readonly clock: Clock;
  put(event: Event, texts: Texts, onApplied?: (decision: Decision) => void): void;
  /** The attempt is over, however it went. */
  end(): void;
}

export function ioFor(delivery: Delivery, output: TaskOutput): TaskIo {
  const { run, task } = delivery;
  let texts = new Map<string, string>();
  // Unique within the run.
  const stem = task.key.slice(task.runId.length + 1);
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
      texts.set(`${stem}.${name}`, payloadText(payload, run.keeping));
      return `${stem}.${name}`;
    },
    keepAs: (key, payload) => {
      texts.set(key, payloadText(payload, run.keeping));
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
    endOf: (_step, call) => run.called.expect(RECORDS.call.key(task.at.step, call)),
    state: () => run.state(),
    report: () => run.report(),
    isObserved: () => (run.observed & (Wants.ATTEMPT | Wants.AROUND)) !== 0,
    around: (message, body) =>
      run.around(task.at.step, { attempt: task.attempt, at: output.clock.now(), message }, body),
    notify: (notice) => run.emit(task.at.step, { ...notice, attempt: task.attempt, at: output.clock.now() }),
  };
}
