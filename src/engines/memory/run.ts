// One run of the memory engine: the live run, the steps it keeps, its listeners, and values that its steps wait for
// together.

import { AsyncResource } from 'node:async_hooks';
import { EventBuffer, Watchers, type EventReader } from '../event-buffer.ts';
import {
  historySlot,
  type History,
  entryViewOf,
  shapeOf,
  summariseRun,
  viewStep,
  type EntryView,
  type HeldBy,
  type RunOutcome,
  type RunSnapshot,
  type StepView,
} from '../../run/view.ts';
import { OnwardError } from '../../errors/onward-error.ts';
import { printable } from '../../values/describe.ts';
import { scopeOf, type Condition } from '../../execute/condition.ts';
import { previousOf } from '../../execute/context.ts';
import { Trail, type TakesMessage } from './trail.ts';
import { detached, liveEnded, liveRunEnded, liveRunStarted, liveStarted } from '../../observe/live-event.ts';
import { Gate } from '../../observe/gate.ts';
import { Wants } from '../../observe/interest.ts';
import { Listeners } from '../../observe/listeners.ts';
import type { Observers } from '../../observe/observers.ts';
import { eventsOfStep, inOrder, type RunEvent } from '../../run/run-event.ts';
import { Run, type Group } from '../../run/state.ts';
import type { Step } from '../../run/step.ts';
import type { PlanShape } from '../../run/plan.ts';
import type { RunStatus } from '../../run/status.ts';
import type { Arrival, CompiledGraph, Join } from '../../graph/graph.ts';
import type { Signal, Signalled } from '../../run/event.ts';
import type { Fingerprint } from '../../values/fingerprint.ts';
import type { EngineRun, RunWaiter, Submission } from '../engine.ts';
import type { Ref, CallEnd, StepId } from '../../run/step-data.ts';

/** Where a run lives: its graph, and who applies signals to it. */
export interface RunPlace {
  readonly graph: CompiledGraph;
  readonly takesMessage: TakesMessage;
  readonly loop: {
    signal(run: MemoryRun, event: Signal): Signalled;
    ungate(run: MemoryRun, steps: readonly Step[]): void;
    heldOf(run: MemoryRun): ReadonlyMap<StepId, HeldBy>;
  };
  readonly observers: Observers;
}

type EntryWaiter = (outcome: RunOutcome | Promise<RunOutcome>) => void;

/** Nobody listens for the end of the resource: without this, each would be registered to be collected. */
export const MANUAL = { requireManualDestroy: true };

/** What a listener of `watch` gets: everything but the calls of bodies, which only observers hear of. */
export const WATCHED = Wants.ALL & ~Wants.ATTEMPT;

/** What is asked of its outcome is read from the run: that outcome is itself. */
export class MemoryRun extends Run implements EngineRun, RunOutcome {
  /** What anybody wants to hear of it: a sum of `Wants`. */
  wants = 0;
  /** Its observers, and what they want of it. */
  listeners = Listeners.NONE;
  observed = 0;
  /** Somebody has heard of its steps: events read from them, so that they have to stay what they are. */
  isKnown = false;
  /** It is over, and so are the hooks that its end waits for. */
  #isSettled = false;
  readonly fingerprint: Fingerprint | undefined;
  isHeard = false;
  /** The async context in which it was started: all user code of the run is called there. Null once the run is over. */
  #context: AsyncResource | null = new AsyncResource('OnwardRun', MANUAL);
  /** Among the open runs. */
  place = -1;
  readonly #history: History;
  readonly #place: RunPlace;
  #trail: Trail | null = null;
  #waiter: RunWaiter | null = null;
  #aggregates: Aggregates | null = null;
  #parts: Parts | null = null;

  constructor(submission: Submission, place: RunPlace) {
    const { plan, settings, fingerprint } = submission;
    super(submission, place.graph, plan.name, settings);
    this.fingerprint = fingerprint;
    this.#history = settings.history;
    this.#place = place;
    if (!place.observers.isEmpty) this.refreshWants();
  }

  get runId(): string {
    return this.id;
  }

  get whole(): this {
    return this;
  }

  get job(): string {
    return this.name;
  }

  get shape(): PlanShape {
    return shapeOf(this);
  }

  get isWhole(): boolean {
    return this.plan === null || this.plan.isClosed;
  }

  get isStopped(): boolean {
    return this.cancelling;
  }

  get entry(): RunOutcome['entry'] {
    return { status: this.entryStatus, code: this.entryCode, value: this.entryValue };
  }

  /** Observers came or went. */
  refreshWants(): void {
    this.listeners = this.#place.observers.of(this);
    this.observed = this.listeners.wants;
    const watchers = this.#parts?.watchers;
    this.wants = watchers === undefined || watchers.isEmpty ? this.observed : this.observed | WATCHED;
    if ((this.wants & Wants.STEPS) !== 0) this.isKnown = true;
  }

  // ── what waits for observers ──

  /** A hook of an observer holds its bodies. */
  get isGated(): boolean {
    return this.#parts?.gate?.isClosed === true;
  }

  hold(isAwaited: boolean): void {
    const parts = this.#ensureParts();
    parts.gate ??= new Gate((steps) => this.#place.loop.ungate(this, steps));
    parts.gate.hold(isAwaited);
  }

  release(isAwaited: boolean): void {
    this.#parts?.gate?.release(isAwaited);
  }

  /** Keeps a step from being performed until no awaited hook is pending. */
  park(step: Step): void {
    this.#parts?.gate?.park(step);
  }

  /** Calls back once no hook is pending: at once, if none is. */
  whenFree(callback: (run: MemoryRun) => void): void {
    const gate = this.#parts?.gate;
    if (gate === undefined) callback(this);
    else gate.whenFree(() => callback(this));
  }

  /** Calls a function in the async context in which the run was started. */
  enter<A, R>(call: (given: A) => R, given: A): R {
    return this.#context === null ? call(given) : this.#context.runInAsyncScope(call, undefined, given);
  }

  /** Keeps a step that is over, as the run's history says. */
  keep(step: Step): void {
    // Only a retry would have needed its calls again.
    if (step.extras !== null) step.extras.calls = null;
    if (step.status !== 'failed') (this.#trail ??= new Trail(this.#history)).keep(step);
    else if (historySlot(step, this.#history) !== undefined) (this.#ensureParts().failures ??= []).push(step);
  }

  /** Keeps what there is to know of a step that becomes the one behind it. */
  keepPassing(step: Step, value: Ref): void {
    (this.#trail ??= new Trail(this.#history)).keepPassing(step, value);
  }

  notify(event: RunEvent): void {
    this.#parts?.watchers?.push(event);
  }

  /** Resolves the promises of the entry's end. */
  settleEntry(): void {
    if (this.#parts === null) return;
    for (const told of this.#parts.entryWaiters?.splice(0) ?? []) told(this);
  }

  /** Tells those that wait for the run's end. */
  settle(): void {
    this.#isSettled = true;
    // What the starter's context holds (a request, a tenant) lives no longer than the run.
    this.#context = null;
    // A plan may have had no entry.
    this.settleEntry();
    const waiter = this.#waiter;
    this.#waiter = null;
    waiter?.over(this);
    for (const other of this.#parts?.waiters?.splice(0) ?? []) other.over(this);
  }

  /** What its steps wait for together. */
  get aggregates(): Aggregates {
    this.#aggregates ??= new Aggregates(this.graph.joins.length);
    return this.#aggregates;
  }

  /** Its engine is closed, and it has not ended. */
  left(): void {
    const fault = leftOpen(this);
    this.#waiter?.refused(fault);
    this.#waiter = null;
    const parts = this.#ensureParts();
    parts.fault = fault;
    for (const other of parts.waiters?.splice(0) ?? []) other.refused(fault);
    for (const told of parts.entryWaiters?.splice(0) ?? []) told(Promise.reject(fault));
    parts.watchers?.fail(fault);
  }

  describe(): { readonly job: string; readonly status: RunStatus } {
    return { job: this.name, status: summariseRun(this).standing };
  }

  entryOver(): Promise<RunOutcome> {
    if (this.entryStatus !== undefined || this.status !== undefined) return Promise.resolve(this);
    const fault = this.#parts?.fault;
    if (fault !== undefined) return Promise.reject(fault);
    return new Promise((resolve) => (this.#ensureParts().entryWaiters ??= []).push(resolve));
  }

  over(): Promise<RunOutcome> {
    return new Promise((over, refused) => this.whenOver({ over, refused }));
  }

  whenOver(waiter: RunWaiter): void {
    const fault = this.#parts?.fault;
    if (this.#isSettled) waiter.over(this);
    else if (fault !== undefined) waiter.refused(fault);
    else if (this.#waiter === null) this.#waiter = waiter;
    else (this.#ensureParts().waiters ??= []).push(waiter);
  }

  snapshot(): RunSnapshot {
    return { ...summariseRun(this), steps: this.#views() };
  }

  read(): Promise<RunSnapshot> {
    return Promise.resolve({ ...this.snapshot(), held: this.#place.loop.heldOf(this) });
  }

  past(): readonly RunEvent[] {
    const { status } = this;
    const events: RunEvent[] = [liveRunStarted(this)];
    for (const step of this.#steps()) addPast(events, this, step);
    if (status !== undefined) events.push(liveRunEnded(this, status));
    return inOrder(events, this.seq);
  }

  /** Its failed steps, as far as they are kept. */
  failedViews(): readonly StepView[] {
    return (this.#parts?.failures ?? []).map(viewStep);
  }

  watch(holds = false): EventReader {
    const past = this.past();
    if (this.status !== undefined) return new EventBuffer(past, true);
    const parts = this.#ensureParts();
    parts.watchers ??= new Watchers(() => this.refreshWants());
    const reader = parts.watchers.add(past, holds ? this : undefined);
    if (parts.fault !== undefined) parts.watchers.fail(parts.fault);
    return reader;
  }

  /** Takes over those who read its events. */
  takeOver(watchers: Watchers): void {
    this.#ensureParts().watchers = watchers;
    this.refreshWants();
  }

  signal(event: Signal): Promise<Signalled> {
    const outcome = this.enter((given) => this.#place.loop.signal(this, given), event);
    const isOver = outcome === 'unknown' && event.type === 'stepCancelled' && this.#hasEnded(event.step);
    return Promise.resolve(isOver ? 'over' : outcome);
  }

  entries(): Promise<readonly EntryView[]> {
    return Promise.resolve((this.#parts?.outcomes ?? []).filter((outcome) => outcome !== undefined));
  }

  keepOutcome(step: Step): void {
    const { entry } = step.extras ?? {};
    if (entry !== null && entry !== undefined)
      (this.#ensureParts().outcomes ??= [])[entry.at] = entryViewOf(step, entry);
  }

  outcomeOf(at: number): EntryView | undefined {
    return this.#parts?.outcomes?.[at];
  }

  /** What has to be evaluated for an entry. */
  conditionOf({ extras, previous }: Step): Condition {
    const { condition, uses } = extras?.entry ?? {};
    if (uses === undefined) return { condition, scope: undefined, previous: previousOf(previous) };
    const results = uses.map(({ at }) => this.outcomeOf(at));
    return { condition, scope: scopeOf(this.plan?.flow.parameters, uses, results), previous: undefined };
  }

  /** Whether a step of this key has been in the run, as far as it is kept. */
  #hasEnded(which: number | string): boolean {
    return this.#views().some(({ key }) => key === which);
  }

  #ensureParts(): Parts {
    this.#parts ??= {};
    return this.#parts;
  }

  #steps(): Step[] {
    const finished = this.#trail?.steps(this, this.#place.takesMessage) ?? [];
    return [...(this.#parts?.failures ?? []), ...finished, ...this.live];
  }

  #views(): StepView[] {
    return this.#steps()
      .sort((a, b) => a.id - b.id)
      .map(viewStep);
  }
}

/** What those meet who wait for a run that is open when all time to close is over. */
function leftOpen({ id, live }: MemoryRun): OnwardError {
  const [step] = live;
  const at =
    step === undefined ? '' : `: ${printable(step.node.name)} has not returned, and a \`timeout\` would end it`;
  const text = `the runtime is closed, and the run ${printable(id)} has not ended${at}`;
  return new OnwardError('ONW3040', text, { details: { runId: id } });
}

/** What only some runs have. */
interface Parts {
  /** Why those who wait for it hear nothing of its end. */
  fault?: OnwardError;
  /** What awaited hooks hold. */
  gate?: Gate<Step>;
  watchers?: Watchers;
  /** Its failed steps, as far as they are kept. */
  failures?: Step[];
  entryWaiters?: EntryWaiter[];
  /** Those that wait for its end behind the first one. */
  waiters?: RunWaiter[];
  /** How the entries of its plan ended, by their places there. */
  outcomes?: EntryView[];
}

/** The events of a step so far; lean ones for most steps: those to which nothing happened but their bodies. */
function addPast(events: RunEvent[], run: MemoryRun, step: Step): void {
  const { status } = step;
  if (step.extras !== null || step.startSeq === 0 || status === 'failed') {
    for (const event of eventsOfStep(run, viewStep(step))) events.push(detached(event));
    return;
  }
  events.push(liveStarted(step));
  if (status !== undefined) events.push(liveEnded(step, status));
}

/** A run of the memory engine is one of these. */
export function memoryRun(run: Run): MemoryRun {
  return run as MemoryRun;
}

type Caller = (end: CallEnd) => void;

/** The values of an instance of a join, by source. */
interface Arrived {
  readonly instance: number;
  readonly values: unknown[];
}

function nothingFrom({ size }: Join): unknown[] {
  const values = Array<unknown>(size);
  // A short list is faster made so than by `fill`.
  for (let source = 0; source < size; source++) values[source] = undefined;
  return values;
}

export class Aggregates {
  /** The values of groups that a join waits for. */
  #collected: Map<Group, unknown[]> | null = null;
  // What has arrived for instances of joins that have not fired. Most joins have one open at a time: it is found by the
  // position of its join, the others by a key.
  readonly #arrived: (Arrived | undefined)[];
  #others: Map<number, Arrived> | null = null;
  readonly #joins: number;
  #callers: Map<number, Caller[]> | null = null;

  /** @param joins how many the graph has. */
  constructor(joins: number) {
    this.#joins = joins;
    this.#arrived = Array<Arrived | undefined>(joins).fill(undefined);
  }

  collect(group: Group, item: number, value: Ref): void {
    const collected = (this.#collected ??= new Map<Group, unknown[]>());
    const values = collected.get(group) ?? [];
    collected.set(group, values);
    values[item] = value;
  }

  /** The values of a group; they are not kept any longer. */
  collected(group: Group): unknown[] {
    const values = this.#collected?.get(group) ?? [];
    this.#collected?.delete(group);
    return values;
  }

  arrived({ join, source }: Arrival, number: number, value: Ref): void {
    const first = this.#arrived[join.index];
    const known = first !== undefined && first.instance === number ? first : this.#otherOf(join, number, first);
    known.values[source] = value;
  }

  /** An instance that does not stand at the position of its join: not yet, or because another one does. */
  #otherOf(join: Join, instance: number, first: Arrived | undefined): Arrived {
    const key = this.#keyOf(join, instance);
    const known = this.#others?.get(key);
    if (known !== undefined) return known;
    const opened: Arrived = { instance, values: nothingFrom(join) };
    if (first === undefined) this.#arrived[join.index] = opened;
    else (this.#others ??= new Map<number, Arrived>()).set(key, opened);
    return opened;
  }

  /** What has arrived for an instance of a join; it is not kept any longer. */
  joined(join: Join, instance: number): unknown[] {
    const first = this.#arrived[join.index];
    if (first !== undefined && first.instance === instance) {
      this.#arrived[join.index] = undefined;
      return first.values;
    }
    const key = this.#keyOf(join, instance);
    const known = this.#others?.get(key);
    this.#others?.delete(key);
    return known?.values ?? nothingFrom(join);
  }

  #keyOf({ index }: Join, instance: number): number {
    return instance * this.#joins + index;
  }

  /** Resolves when a live called step is over; several may wait for one. */
  whenOver(id: number): Promise<CallEnd> {
    const callers = (this.#callers ??= new Map<number, Caller[]>());
    return new Promise((resolve) => callers.set(id, [...(callers.get(id) ?? []), resolve]));
  }

  /** Resolves the promises of a called step's end. */
  settleCall({ id, owner, extras }: Step): void {
    const end = owner?.extras?.calls?.get(extras?.call ?? '')?.end;
    const callers = this.#callers?.get(id);
    if (end === undefined || callers === undefined) return;
    this.#callers?.delete(id);
    for (const resolve of callers) resolve(end);
  }
}
