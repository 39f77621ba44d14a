// The deliveries of tasks whose attempts are not over, and where they are performed; two of them may be of one attempt.
//
// DELIVERIES-1. Those of one step are found without a look at the others: thousands may be under way.
// DELIVERIES-2. A task whose attempt is over, or was asked to stop before it began, calls no body.
// DELIVERIES-3. What an earlier life has begun reports nothing in this one.
// DELIVERIES-4. An attempt whose record is not known is not over: it is read. A commit that did not come about may drop what
//     is known of a run at any time.

import { Pause } from '../pause.ts';
import { Slots } from '../slots.ts';
import { nodeNamed } from '../../graph/compile.ts';
import { fitsGlob } from '../../graph/glob.ts';
import type { CompiledGraph, GraphNode } from '../../graph/graph.ts';
import type { Underway } from '../../run/step.ts';
import { RECORDS } from '../../records/keys.ts';
import { deathsIn, phaseOf } from '../../records/step-record.ts';
import { perform } from '../../records/task.ts';
import type { Event, Task } from '../../run/event.ts';
import { Phase } from '../../run/status.ts';
import type { StepId } from '../../run/step-data.ts';
import type { HeldBy } from '../../run/view.ts';
import type { OnwardError } from '../../errors/onward-error.ts';
import type { Json } from '../../values/json.ts';
import { describeThrown, printable } from '../../values/describe.ts';
import type { Core, HeldStep, WorkLimits } from '../engine.ts';
import { damageOf } from './run/damage.ts';
import { chain } from './now-or-later.ts';
import type { Texts } from './run/payloads.ts';
import type { StoreRun } from './run/store-run.ts';
import type { MaybePromise } from './store.ts';
import type { Trial } from './suspects.ts';
import { DeliveryIo, type OnApplied, type TaskOutput } from './task-io.ts';

export interface Delivery {
  readonly run: StoreRun;
  readonly task: Task;
  readonly node: GraphNode;
  readonly isInline: boolean;
  /** Its process has died, perhaps of its body. */
  readonly trial: Trial | undefined;
  body: Underway | undefined;
  /** It was asked to stop. */
  isStopped: boolean;
}

/** @param deaths those that are written. @returns undefined: it has died too often, and its attempt is lost */
type TrialOf = (deaths: number) => Trial | undefined;

/** Of a store that several processes work with. */
export interface SharedTasks {
  /** The outcome of a task is decided, or it has none. */
  settled(task: Task): void;
  /** A task does not begin here: it is for any process again. */
  returned(task: Task): void;
  /** A body waits, and this process has as many under way as it may. */
  placeWanted(): void;
  /** One of them is over. */
  placeFreed(): void;
}

export interface DeliveriesOptions {
  readonly core: () => Core;
  /** A body reports an event. */
  readonly put: (run: StoreRun, event: Event, texts: Texts, onApplied?: OnApplied) => void;
  /** Who gives tasks to this process, and takes them back; undefined if all are its own. */
  readonly shared?: () => SharedTasks | undefined;
  /** Whether a task is performed whose attempt is over already. */
  readonly performsAgain: () => boolean;
  /** What a body needs cannot be read, and never will be. */
  readonly damaged: (run: StoreRun, damage: OnwardError) => void;
}

/** A task whose values could not be read begins again after this time. */
const AGAIN_MS = 1_000;
const NONE: readonly Delivery[] = [];

export class Deliveries {
  readonly #options: DeliveriesOptions;
  /** By the id of the run: one that has begun again is another object. */
  readonly #byRun = new Map<string, Map<number, Delivery[]>>();
  readonly #slots: Slots<Delivery>;
  readonly pause = new Pause<Delivery>();
  /** The nodes whose bodies begin here; undefined for all. */
  #nodes: readonly string[] | undefined;
  readonly #forOthers = new Set<Delivery>();
  /** Tasks that have reported their outcome, which is not decided yet. */
  readonly #reported = new Set<string>();
  /** How many there are, those included that are about to be. */
  #count = 0;
  readonly #onRest: (() => void)[] = [];
  #life = 0;
  readonly #output: TaskOutput;

  constructor(options: DeliveriesOptions) {
    this.#options = options;
    const { core } = options;
    this.#slots = new Slots({
      clock: { now: () => core().clock.now(), after: (ms, callback) => core().clock.after(ms, callback) },
      letGo: (delivery) => this.#admit(delivery),
      wanted: () => options.shared?.()?.placeWanted(),
      freed: () => options.shared?.()?.placeFreed(),
    });
    this.#output = {
      clock: () => core().clock,
      put: (io, event, texts, onApplied) => this.#report(io, event, texts, onApplied),
      end: ({ delivery, life }) => {
        if (life === this.#life) this.#end(delivery);
      },
    };
  }

  /** Performs a task once its node has a slot. @param trialOf of a body that was under way when its process died */
  begin(run: StoreRun, task: Task, trialOf?: TrialOf): void {
    const life = this.#life;
    const { at, attempt } = task;
    this.#count++;
    const beginning = chain(stepRecordOf(run, at.step), (json) => {
      if (life !== this.#life) return;
      if (phaseOf(json, attempt) === Phase.OVER && !this.#options.performsAgain()) {
        this.#left();
        return this.#settled(task);
      }
      const trial = trialOf?.(deathsIn(json));
      // Its attempt is lost.
      if (trialOf !== undefined && trial === undefined) return this.#left();
      const node = nodeNamed(this.#options.core().app.graph, at.node);
      const delivery: Delivery = { run, task, node, isInline: task.inline, trial, body: undefined, isStopped: false };
      if (trial !== undefined) trial.goOn = (isRefused) => this.#goOn(delivery, isRefused);
      this.#add(delivery);
      this.#admit(delivery);
      this.#left();
    });
    if (beginning instanceof Promise)
      beginning.catch((fault: unknown) => {
        if (life !== this.#life) return;
        this.#left();
        this.#beginLater(run, task, fault, trialOf);
      });
  }

  /** Whether nothing keeps a body from beginning that is to begin. */
  beginsAtOnce(run: StoreRun, { at, inline: isInline }: Task): boolean {
    const node = nodeNamed(this.#options.core().app.graph, at.node);
    const isKept = this.pause.holds({ node }) || (!isInline && this.#isForOthers({ node }));
    return !isKept && !run.isGated && !this.#slots.isLimited({ node, isInline });
  }

  #admit(delivery: Delivery): void {
    if (callsBody(delivery) && !delivery.isInline && this.#isForOthers(delivery)) {
      this.#setAside(delivery);
      this.#forOthers.add(delivery);
      return;
    }
    if (this.pause.isOn && delivery.task.kind === 'body' && this.pause.holds(delivery)) this.#hold(delivery);
    else this.#perform(delivery);
  }

  /** A body on trial may be called, or may ask whether it may. */
  #goOn(delivery: Delivery, isRefused: boolean): void {
    const { run, task } = delivery;
    const going = chain(stepRecordOf(run, task.at.step), (json) => {
      if (!this.#of(run, task.at.step).includes(delivery)) return;
      const phase = phaseOf(json, task.attempt);
      // Its attempt is over, or somebody else's.
      if (phase === Phase.OVER || (isRefused && phase === Phase.RUNNING)) {
        this.#end(delivery);
        this.#settled(task);
      } else this.#admit(delivery);
    });
    if (going instanceof Promise)
      going.catch((fault: unknown) => {
        if (this.#of(run, task.at.step).includes(delivery)) this.#again(delivery, fault);
      });
  }

  /** What it needs could not be read. */
  #again(delivery: Delivery, fault: unknown): void {
    const { run, task, trial } = delivery;
    this.#end(delivery);
    trial?.waits();
    this.#beginLater(run, task, fault, trial && (() => trial));
  }

  /** Whether a body may be called now: its node has a slot, and its trial begins. It is asked for again once it may. */
  #mayBegin(delivery: Delivery): boolean {
    const { trial } = delivery;
    if (trial?.hasTurn() === false) {
      this.#slots.giveUp(delivery);
      return false;
    }
    if (this.#slots.take(delivery)) return trial?.mayBegin() !== false;
    trial?.waits();
    return false;
  }

  /** Its node is paused. Of a shared store it goes back to where it came from, unless a body here waits for it. */
  #hold(delivery: Delivery): void {
    const shared = this.#options.shared?.();
    if (!delivery.isInline && shared !== undefined) return this.#return(delivery, shared);
    this.#setAside(delivery);
    this.pause.park(delivery);
  }

  /** What waits for a slot goes back to where it came from. */
  returnWaiting(): void {
    const shared = this.#options.shared?.();
    if (shared !== undefined) for (const delivery of this.#slots.waitingForSlots()) this.#return(delivery, shared);
  }

  #return(delivery: Delivery, shared: SharedTasks): void {
    this.#setAside(delivery);
    this.#end(delivery);
    shared.returned(delivery.task);
  }

  #settled(task: Task): void {
    this.#options.shared?.()?.settled(task);
  }

  /** It may have waited for a slot, and got it: other nodes of this process need that meanwhile. */
  #setAside(delivery: Delivery): void {
    delivery.trial?.waits();
    this.#slots.giveUp(delivery);
  }

  #isForOthers({ node }: Pick<Delivery, 'node'>): boolean {
    return this.#nodes !== undefined && !this.#nodes.some((pattern) => fitsGlob(node.name, pattern));
  }

  /** What begins in this process from now on; what is under way goes on. */
  limit({ concurrency = Number.POSITIVE_INFINITY, nodes }: WorkLimits): void {
    this.#nodes = nodes;
    this.#slots.limit(concurrency);
    const waiting = [...this.#forOthers];
    this.#forOthers.clear();
    for (const delivery of waiting) this.#admit(delivery);
  }

  /** Some nodes may begin again, or all. */
  unpause(nodes: readonly string[] | undefined): void {
    for (const delivery of this.pause.remove(nodes)) this.#admit(delivery);
  }

  /** Aborts the signals of a step's bodies, or of those of one attempt. */
  abort(run: StoreRun, step: number, attempt?: number): void {
    for (const delivery of [...this.#of(run, step)]) {
      if (attempt !== undefined && delivery.task.attempt !== attempt) continue;
      delivery.isStopped = true;
      delivery.body?.abort(run.stopErrorOf(delivery.task.at));
      // It waited for something: that it has stopped is reported at once.
      if (this.#withdraw(delivery)) this.#perform(delivery);
    }
  }

  /** It waits for nothing any more. True if it did. */
  #withdraw(delivery: Delivery): boolean {
    const wasKept = this.#forOthers.delete(delivery) || this.pause.withdraw(delivery);
    return wasKept || this.#slots.withdraw(delivery) || delivery.trial?.withdraw() === true;
  }

  /** An attempt of a step is over, even if its bodies still run; without its number, all of them are. */
  land(run: StoreRun, step: number, attempt?: number): void {
    for (const delivery of [...this.#of(run, step)]) {
      if (attempt !== undefined && delivery.task.attempt !== attempt) continue;
      delivery.body?.release();
      this.#end(delivery);
    }
  }

  /** The run cannot be read: nothing of it is under way any more. */
  leave(runId: string, reason: OnwardError): void {
    for (const delivery of [...(this.#byRun.get(runId)?.values() ?? [])].flat()) {
      delivery.isStopped = true;
      delivery.body?.abort(reason);
      delivery.body?.release();
      delivery.trial?.waits();
      this.#end(delivery);
    }
  }

  /** Whether a task is under way, or its outcome is about to be decided. */
  has(run: StoreRun, { key, at }: Task): boolean {
    return this.#reported.has(key) || this.#of(run, at.step).some(({ task }) => task.key === key);
  }

  /** Whether a body of the step is under way. */
  isUnderWay(run: StoreRun, step: number): boolean {
    return this.#of(run, step).length > 0;
  }

  /** The steps of a run that have bodies under way, with their attempts. */
  stepsOf({ id }: StoreRun): readonly (readonly [step: number, attempt: number])[] {
    const bySteps = this.#byRun.get(id) ?? [];
    return [...bySteps].flatMap(([step, those]) => those.map(({ task }) => [step, task.attempt] as const));
  }

  /** Nothing is under way: what there is waits for a time, for a resume, or for another process. */
  get isAtRest(): boolean {
    return this.#count === this.#forOthers.size + this.pause.size + this.#slots.waitingForTimeCount;
  }

  /** What waits for the `rateLimit` of its node. */
  held(): HeldStep[] {
    return [...this.#slots.waitingForTime()].map(({ asker: { task, node }, since }) => ({
      runId: task.runId,
      node: node.name,
      key: task.stepKey,
      since,
    }));
  }

  /** The steps of a run whose bodies do not begin yet in this process. */
  heldOf(runId: string): Map<StepId, HeldBy> {
    const held = new Map<StepId, HeldBy>();
    for (const { asker } of this.#slots.waitingForTime())
      if (asker.run.id === runId) held.set(asker.task.at.step, 'rateLimit');
    for (const { run, task } of this.pause.parked) if (run.id === runId) held.set(task.at.step, 'pause');
    return held;
  }

  /** Calls back once nothing is under way: at once, if nothing is. */
  whenAtRest(callback: () => void): void {
    if (this.isAtRest) callback();
    else this.#onRest.push(callback);
  }

  /** Drops all of them. @param reason what the signals of bodies that are under way are aborted with. */
  forget(reason?: OnwardError): void {
    // From here on, what bodies report is nobody's.
    this.#life++;
    for (const bySteps of this.#byRun.values())
      for (const those of bySteps.values())
        for (const { body } of those) {
          if (reason !== undefined) body?.abort(reason);
          body?.release();
        }
    this.#count = 0;
    this.#byRun.clear();
    this.#reported.clear();
    this.#forOthers.clear();
    this.pause.forget();
    this.#slots.clear();
  }

  /** One less is there, or about to be. */
  #left(): void {
    this.#count--;
    if (this.#onRest.length > 0 && this.isAtRest) for (const callback of this.#onRest.splice(0)) callback();
  }

  /** It is over: its slot goes to the next one. */
  #end(delivery: Delivery): void {
    const wasThere = this.#remove(delivery);
    this.#withdraw(delivery);
    this.#slots.release(delivery);
    if (wasThere) this.#left();
  }

  /** Once its node has a slot; in the async context in which the run was started, also when another run freed the slot or delivered the event. */
  #perform(delivery: Delivery): void {
    const { app } = this.#options.core();
    const { run, task, trial } = delivery;
    const life = this.#life;
    // SLOTS-3. It asks again once the gate is open.
    if (run.isGated) this.#setAside(delivery);
    run.whenUngated(() => {
      // Its attempt may be over by now.
      if (life !== this.#life || !this.#of(run, task.at.step).includes(delivery)) return;
      if (callsBody(delivery) && !this.#mayBegin(delivery)) return;
      run.context.runInAsyncScope(() => {
        const performing = perform(app, task, new DeliveryIo(delivery, life, this.#output));
        const begun = trial === undefined ? performing : performing.then(() => trial.begun());
        begun.catch((fault: unknown) => {
          if (life === this.#life) this.#again(delivery, fault);
        });
      });
    });
  }

  /** A body reports an event. */
  #report({ delivery: { run, task }, life }: DeliveryIo, event: Event, texts: Texts, onApplied?: OnApplied): void {
    if (life !== this.#life) return;
    const isOutcome = event.type !== 'spawned';
    if (isOutcome) this.#reported.add(task.key);
    this.#options.put(run, event, texts, (decision) => {
      if (isOutcome) this.#reported.delete(task.key);
      onApplied?.(decision);
      if (isOutcome) this.#settled(task);
    });
  }

  /** What it needs could not be read: the run waits until it can. */
  #beginLater(run: StoreRun, task: Task, fault: unknown, trialOf?: TrialOf): void {
    const { app, clock } = this.#options.core();
    const life = this.#life;
    const damage = damageOf(fault);
    if (damage !== undefined) {
      this.#options.damaged(run, damage);
      return this.#settled(task);
    }
    const text = `${printable(task.at.node)} of run ${printable(run.id)} could not begin: ${describeThrown(fault)}; it is tried again in ${AGAIN_MS / 1_000} s`;
    app.log('error', text, { runId: run.id, node: task.at.node, step: task.at.step });
    clock.after(AGAIN_MS, () => {
      if (life === this.#life) this.begin(run, task, trialOf);
    });
  }

  #of(run: StoreRun, step: number): readonly Delivery[] {
    return this.#byRun.get(run.id)?.get(step) ?? NONE;
  }

  #add(delivery: Delivery): void {
    const { run, task } = delivery;
    this.#count++;
    const bySteps = this.#byRun.get(run.id);
    const those = bySteps?.get(task.at.step);
    if (those !== undefined) those.push(delivery);
    else if (bySteps !== undefined) bySteps.set(task.at.step, [delivery]);
    else this.#byRun.set(run.id, new Map([[task.at.step, [delivery]]]));
  }

  /** Whether it was there. */
  #remove(delivery: Delivery): boolean {
    const { run, task } = delivery;
    const bySteps = this.#byRun.get(run.id);
    const those = bySteps?.get(task.at.step);
    const place = those?.indexOf(delivery) ?? -1;
    if (bySteps === undefined || those === undefined || place < 0) return false;
    those.splice(place, 1);
    if (those.length === 0) bySteps.delete(task.at.step);
    if (bySteps.size === 0) this.#byRun.delete(run.id);
    return true;
  }
}

/** Tasks that begin at the same time, in the order of their nodes' `priority`. */
export function inTurn(graph: CompiledGraph, tasks: readonly Task[]): readonly Task[] {
  if (!graph.hasPriorities || tasks.length < 2) return tasks;
  const priorityOf = ({ at }: Task): number => nodeNamed(graph, at.node).priority;
  return tasks.toSorted((one, other) => priorityOf(one) - priorityOf(other));
}

/** What the store has of a live step: as it is known, or read. */
function stepRecordOf({ records }: StoreRun, step: number): MaybePromise<Json | undefined> {
  const key = RECORDS.step.key(step);
  return chain(records.load([key]), (texts) => texts.get(key)?.json);
}

/** It is to begin; what prepares or routes, and what is to stop ahead of its body, takes no slot. */
function callsBody({ run, task, isStopped }: Delivery): boolean {
  return (
    task.kind === 'body' && !isStopped && (run.phaseOf(task.at.step, task.attempt) ?? Phase.RUNNING) === Phase.RUNNING
  );
}
