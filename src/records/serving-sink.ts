// Serves what is kept of a run that begins again, and writes down what is left to be performed: the sink of that decision.
//
// SERVING-1. What was kept is served in the order in which bodies returned: rounds, joins and the state come out as they
//     did. What is not kept is left, and performed when nothing is left that could be served.
// SERVING-2. Nothing of this life has been called yet: a body that is stopped has stopped.
// SERVING-3. A step that is served began when it did, and not when the step ended that it is made behind: a child ended
//     ahead of the step around it. Observers hear the time that the report has.

import type { Arrival } from '../graph/graph.ts';
import { isAtRest, sweepAll } from '../run/advance.ts';
import { finish } from '../run/finish.ts';
import { deliver, deliveries } from '../run/inbox.ts';
import { racesOf, settleRaces } from '../run/race.ts';
import { serve, serveChildren, type Ended } from '../run/restore.ts';
import { stepStarted, type RunEvent } from '../run/run-event.ts';
import { isFirst, taskKindIn } from '../run/sink.ts';
import type { Group, Run } from '../run/state.ts';
import type { Step } from '../run/step.ts';
import { Phase } from '../run/status.ts';
import type { Ref, StepId } from '../run/step-data.ts';
import * as transition from '../run/transition.ts';
import { viewStep, type History } from '../run/view.ts';
import type { Json } from '../values/json.ts';
import type { RecordWrite } from './keys.ts';
import { RecordingSink, taskOf } from './outbox.ts';
import type { Fate, Recorded } from './recorded.ts';

export interface Serving {
  readonly recorded: Recorded;
  readonly arrived?: ReadonlyMap<string, Json>;
}

export class ServingSink extends RecordingSink {
  readonly #recorded: Recorded;
  /** Of the steps of this life, what is kept of them. */
  readonly #ended = new Map<StepId, Ended>();
  readonly #steps = new Map<StepId, Step>();
  /** Steps that can be served, by their place in the order of ends. */
  readonly #queue: { readonly step: Step; readonly order: number }[] = [];
  /** Steps that are to be performed, as far as they are live at the end. */
  readonly #left = new Set<Step>();
  readonly #held = new Map<Step, number>();
  readonly #aborted: Step[] = [];
  /** The events that say that a step began. */
  readonly #starts = new Map<Step, RunEvent>();
  /** What is said in their place once it is known when that was. */
  readonly #corrected = new Map<RunEvent, RunEvent>();
  /** What has arrived at joins, and what items gave. */
  readonly #arrivals: Map<string, Json>;

  /** Steps whose end was served. */
  readonly #served = new Set<Ended>();

  /** @param arrived what has arrived at joins before, and what items gave. */
  constructor(history: History, now: number, { recorded, arrived = new Map() }: Serving) {
    super(history, now);
    this.#recorded = recorded;
    this.#arrivals = new Map(arrived);
  }

  /** What may still be served later, as records. */
  get earlier(): RecordWrite[] {
    return this.#recorded.earlier(this.#ended, (id, ended): Fate => {
      if (this.#served.has(ended)) return 'served';
      const step = this.#steps.get(id);
      return step !== undefined && step.slot >= 0 && isAheadOfBody(step) ? 'open' : 'performed';
    });
  }

  /** A step that is to be performed, in a run that has gone on since. */
  take(step: Step): void {
    if (step.phase === Phase.STOPPING) this.#aborted.push(step);
    else {
      this.#left.add(step);
      this.#offer(step);
    }
  }

  override ready(step: Step): void {
    this.#left.add(step);
    if (isFirst(step)) {
      const start = stepStarted(step.run, viewStep(step));
      this.#starts.set(step, start);
      this.events.push(start);
    }
    this.#offer(step);
  }

  override wake(step: Step, at: number): void {
    this.#held.set(step, at);
    this.#offer(step);
  }

  override unwake(step: Step): void {
    this.#held.delete(step);
  }

  override abort(step: Step): void {
    this.#aborted.push(step);
  }

  override awaitingMessage(step: Step): void {
    super.awaitingMessage(step);
    if (this.#endedOf(step)?.sent !== undefined) this.#offer(step);
  }

  override collect(group: Group, item: number, value: Ref): void {
    super.collect(group, item, value);
    this.#note();
  }

  override arrived(run: Run, arrival: Arrival, number: number, value: Ref): void {
    super.arrived(run, arrival, number, value);
    this.#note();
  }

  #note(): void {
    const last = this.kept.at(-1);
    if (last !== undefined) this.#arrivals.set(last[0], last[1] ?? null);
  }

  #endedOf(step: Step): Ended | undefined {
    const known = this.#ended.get(step.id);
    if (known !== undefined) return known;
    // What belongs to a step that has not ended is found by what is kept of that.
    const owner = step.extras?.owner ?? null;
    if (owner !== null && owner.id === step.cause) this.#endedOf(owner);
    const found = this.#recorded.find(step, this.#ended, this.#arrivals);
    if (found !== undefined) {
      this.#ended.set(step.id, found);
      this.#steps.set(step.id, step);
    }
    return found;
  }

  #offer(step: Step): void {
    const ended = this.#endedOf(step);
    if (ended === undefined) return;
    const isBody = isBodyServed(step) && this.#childrenToCome(step, ended).length === 0;
    const order = isBody ? this.#recorded.orderOf(ended) : ended.view.startSeq;
    let at = this.#queue.length;
    while (at > 0 && (this.#queue[at - 1]?.order ?? 0) <= order) at--;
    // The first one to be served stands last.
    this.#queue.splice(at, 0, { step, order });
  }

  /** Goes on until nothing is left that could be served. */
  serveAll(run: Run, now: number): void {
    for (;;) {
      if (this.#settle(run)) continue;
      const next = this.#queue.pop();
      if (next !== undefined) {
        this.#serve(next.step);
        continue;
      }
      if (this.isSwept && this.#deliverAll(run)) continue;
      if (this.idleEvent === null) break;
      this.idleEvent = null;
      this.now = now;
      if (isAtRest(run)) finish(run, this);
    }
    this.now = now;
    for (const step of this.#left) this.#leave(step);
    for (const [step, at] of this.#held) if (step.slot >= 0) super.wake(step, at);
    for (const [at, event] of this.events.entries()) this.events[at] = this.#corrected.get(event) ?? event;
  }

  #serve(step: Step): void {
    const ended = this.#endedOf(step);
    if (ended === undefined || step.slot < 0) return;
    const isServed = this.#recorded.isServed(ended, step);
    this.now = isServed ? ended.view.endedAt : ended.view.startedAt;
    if (step.phase === Phase.RUNNING) {
      const children = this.#childrenToCome(step, ended);
      if (children.length > 0) {
        serveChildren(step, children, this);
        // They end first.
        return this.#offer(step);
      }
      if (!isServed) return;
      this.#served.add(ended);
      const start = this.#starts.get(step);
      // SERVING-3.
      if (start !== undefined) this.#corrected.set(start, { ...start, at: beganAt(ended) });
    }
    // It has waited for its time in vain.
    if (step.phase === Phase.SCHEDULED && ended.view.startSeq === 0) return;
    // It had not come that far: its condition, and its message, are asked for.
    if (step.phase === Phase.PREPARING && !isServed && !this.#recorded.wasPrepared(ended)) return;
    serve(step, ended, this);
  }

  #childrenToCome(step: Step, ended: Ended): readonly Ended[] {
    if (step.phase !== Phase.RUNNING || (step.extras?.calls ?? null) !== null) return [];
    return this.#recorded.childrenOf(ended, this.#recorded.isServed(ended, step));
  }

  /** What was asked of all steps, and of the plan. */
  #settle(run: Run): boolean {
    const turn = this.turns.shift();
    if (turn !== undefined) {
      transition.turn(run, turn.turn.entry, turn.after, this);
      return true;
    }
    const stopped = this.#aborted.shift();
    if (stopped !== undefined) {
      transition.due(stopped, stopped.attempt, 'grace', this);
      return true;
    }
    const races = racesOf(run);
    if (races.length > 0) return settleRaces(run, races, this);
    return false;
  }

  #deliverAll(run: Run): boolean {
    this.isSwept = false;
    sweepAll(run, this);
    const [next] = deliveries(run);
    if (next === undefined) return false;
    return deliver(next.step, next.number, this);
  }

  /** It is performed, and begins now. */
  #leave(step: Step): void {
    if (step.slot < 0 || taskKindIn(step.phase) === undefined) return;
    step.startedAt = this.now;
    const start = this.#starts.get(step);
    if (start !== undefined) this.#corrected.set(start, stepStarted(step.run, viewStep(step)));
    this.tasks.push(taskOf(step));
  }
}

function beganAt({ attempts, view }: Ended): number {
  return attempts[0]?.startedAt ?? view.startedAt;
}

function isAheadOfBody({ phase }: Step): boolean {
  return (
    phase === Phase.SCHEDULED ||
    phase === Phase.AWAITING_MESSAGE ||
    phase === Phase.PREPARING ||
    phase === Phase.STARTING
  );
}

function isBodyServed({ phase }: Step): boolean {
  return phase === Phase.RUNNING || phase === Phase.ROUTING;
}
