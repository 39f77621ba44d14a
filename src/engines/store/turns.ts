// The turns of a store engine: what has gathered in a turn of the event loop is decided, and written in one commit. Tasks
// begin, and callers are answered, only after it.
//
// TURNS-1. One turn at a time. What starts runs comes ahead of what bodies report: a start is not queued behind them, and
//     who started it goes on before what else follows from the turn is done.
// TURNS-2. What follows from a decision without user code is decided in the same turn, as far as that has room.
// TURNS-3. While the store takes nothing, callers are refused at once, and what bodies have reported is kept until it
//     does. Nothing of it is lost, and nothing is acted on before.
// TURNS-4. A failure after the commit holds up nothing else: it is reported, and the turns go on.
// TURNS-5. What the store was given and has not confirmed may be written. Whether it is, is read before anything else is
//     decided.

import type { Clock } from '../../execute/clock.ts';
import { isOnwardError, OnwardError } from '../../errors/onward-error.ts';
import { describeThrown } from '../../values/describe.ts';
import { damageOf } from './run/damage.ts';
import { caught, chain } from './now-or-later.ts';
import { Draft } from './run/run-records.ts';
import type { Committed, MaybePromise, RunChange, Store } from './store.ts';
import type { StoreRun } from './run/store-run.ts';

/** Something that happens to a run: decided in a turn. */
export interface Work {
  readonly runId: string;
  /** Reads what it needs, beside the others of its turn: for stores that answer later. */
  readonly ready?: () => MaybePromise<unknown>;
  /** What it changes goes into the seat's draft, what it leads to into its effects. */
  decide(seat: Seat): MaybePromise<void>;
  /** Somebody waits for it, and hears that the store takes nothing. Without this it is kept until the store does. */
  readonly refuse?: (fault: OnwardError) => void;
}

/** What is done after the commit. */
export type Effect = () => MaybePromise<void>;

/** Finds what there is to do of a change that may be written. It throws while the store cannot be read. */
export type Reading = () => MaybePromise<Effect | undefined>;

/** One run in one turn. */
export class Seat {
  readonly runId: string;
  run: StoreRun | undefined;
  readonly works: Work[] = [];
  /** Its run cannot be read: nothing of it is written, and nothing done. */
  isLeft = false;
  readonly #unconfirmed: Reading[] = [];
  readonly #effects: (readonly [Seat, Effect])[];
  readonly #follow: (work: Work) => void;
  #draft: Draft | undefined;

  constructor(runId: string, effects: (readonly [Seat, Effect])[], follow: (work: Work) => void) {
    this.runId = runId;
    this.#effects = effects;
    this.#follow = follow;
  }

  draftOf(run: StoreRun): Draft {
    this.run = run;
    this.#draft ??= new Draft(run.id, run.records, () => run.summary);
    return this.#draft;
  }

  /** What is to be written, if anything. */
  get draft(): Draft | undefined {
    return this.#draft?.isEmpty === false ? this.#draft : undefined;
  }

  written(): void {
    if (this.#draft === undefined || this.run === undefined) return;
    const isLast = this.#draft.written();
    this.run.committed(isLast ? this.#draft.summary : this.run.summary, this.#draft.payloads);
  }

  /** Done once all that the turn changes in the run is written. */
  afterCommit(effect: Effect): void {
    this.#effects.push([this, effect]);
  }

  /** Read if the store does not confirm what the turn has changed. */
  ifUnconfirmed(reading: Reading): void {
    this.#unconfirmed.push(reading);
  }

  /** It is not known whether what was decided is written: it is decided again, on what is there. */
  unconfirmed(): readonly (readonly [Seat, Reading])[] {
    this.#draft?.dropped();
    return this.#unconfirmed.map((reading) => [this, reading]);
  }

  /** Decided in this turn, behind what is there already. */
  follow(work: Work): void {
    this.#follow(work);
  }
}

interface Written {
  readonly conflicts: ReadonlySet<Seat>;
  /** So many effects are those of starts. */
  readonly ofStarts: number;
  readonly onFailed: TurnsOptions['onFailed'];
}

/** Does what follows from what was written. */
async function actOn(
  effects: readonly (readonly [Seat, Effect])[],
  { conflicts, ofStarts, onFailed }: Written,
): Promise<void> {
  for (const [at, [seat, effect]] of effects.entries()) {
    if (at === ofStarts && at > 0) await Promise.resolve();
    if (conflicts.has(seat) || seat.isLeft) continue;
    try {
      const acting = effect();
      if (acting instanceof Promise) await acting;
    } catch (fault) {
      onFailed(seat.runId, fault);
    }
  }
}

/** What works read ahead, all beside each other; undefined if none does. @param failed one of them could not be read */
function allReady(
  works: readonly Work[],
  failed: (runId: string, fault: unknown) => void,
): Promise<unknown> | undefined {
  const readying: MaybePromise<unknown>[] = [];
  for (const { runId, ready } of works)
    if (ready !== undefined) readying.push(caught<unknown>(ready, (fault) => failed(runId, fault)));
  return readying.length === 0 ? undefined : Promise.all(readying);
}

export interface TurnsOptions {
  readonly store: Store;
  readonly clock: Clock;
  /** So many are decided in one turn. */
  readonly most: number;
  /** Hears when the store takes nothing any more. */
  readonly onFault: (fault: OnwardError) => void;
  /** Hears once of each run that cannot be read. */
  readonly onDamage: (runId: string, damage: OnwardError) => void;
  /** Something that follows from a change of a run could not be done. */
  readonly onFailed: (runId: string, fault: unknown) => void;
}

const RETRY_MS = 100;
const MOST_RETRY_MS = 5_000;

export class Turns {
  readonly #options: TurnsOptions;
  #starts: Work[] = [];
  #others: Work[] = [];
  readonly #onIdle: (() => void)[] = [];
  /** TURNS-5. */
  #unconfirmed: (readonly [Seat, Reading])[] = [];
  /** The runs that cannot be read: nothing of them is decided any more. */
  readonly #damaged = new Map<string, OnwardError>();
  #isScheduled = false;
  #isRunning = false;
  #fault: OnwardError | undefined;
  #failures = 0;
  #life = 0;

  constructor(options: TurnsOptions) {
    this.#options = options;
  }

  /** Nothing is left to be decided or written. */
  get isIdle(): boolean {
    return this.#starts.length + this.#others.length === 0 && !this.#isRunning;
  }

  /** Why the store takes nothing now. */
  get fault(): OnwardError | undefined {
    return this.#fault;
  }

  /** Calls back once nothing is left to be decided or written: at once, if nothing is. */
  whenIdle(callback: () => void): void {
    if (this.isIdle) callback();
    else this.#onIdle.push(callback);
  }

  /** @param isStart it goes ahead of all that is not. */
  put(work: Work, isStart = false): void {
    if (this.#damaged.has(work.runId)) return this.#refuse(work.runId, [work]);
    if (this.#fault !== undefined && work.refuse !== undefined) return work.refuse(this.#fault);
    (isStart ? this.#starts : this.#others).push(work);
    if (this.#fault === undefined) this.#schedule();
  }

  /** Decides nothing of a run any more, which cannot be read; all others go on. */
  leave(runId: string, damage: OnwardError): void {
    if (this.#damaged.has(runId)) return;
    this.#damaged.set(runId, damage);
    this.#options.onDamage(runId, damage);
  }

  /** Why nothing of a run is decided any more; undefined if it is. */
  whyLeft(runId: string): OnwardError | undefined {
    return this.#damaged.get(runId);
  }

  #refuse(runId: string, works: readonly Work[]): void {
    const damage = this.#damaged.get(runId);
    if (damage !== undefined) for (const { refuse } of works) refuse?.(damage);
  }

  /** Drops what is not decided yet, but for what somebody waits for. */
  forget(): void {
    this.#life++;
    this.#starts = this.#starts.filter(({ refuse }) => refuse !== undefined);
    this.#others = this.#others.filter(({ refuse }) => refuse !== undefined);
    this.#fault = undefined;
    this.#failures = 0;
    this.#unconfirmed = [];
  }

  /** Nothing is decided any more: those who wait hear of it. */
  stop(fault: OnwardError): void {
    this.forget();
    this.#fault = fault;
    for (const { refuse } of [...this.#starts.splice(0), ...this.#others.splice(0)]) refuse?.(fault);
  }

  #schedule(): void {
    if (this.#isScheduled || this.#isRunning) return;
    this.#isScheduled = true;
    this.#options.clock.nextTurn(() => {
      this.#isScheduled = false;
      if (this.#fault === undefined) void this.#turn();
    });
  }

  /** Fewer after a failure: one that cannot be written does not hold the others. */
  #take(): Work[] {
    const most = Math.max(1, this.#options.most >> this.#failures);
    const starts = this.#starts.splice(0, most);
    return [...starts, ...this.#others.splice(0, most - starts.length)];
  }

  async #turn(): Promise<void> {
    this.#isRunning = true;
    const life = this.#life;
    const starts = this.#starts.length;
    const batch = this.#take();
    const given = batch.length;
    const seats = new Map<string, Seat>();
    const effects: (readonly [Seat, Effect])[] = [];
    const follow = (work: Work): void => {
      if (batch.length < this.#options.most + given) batch.push(work);
      else this.#others.push(work);
    };
    /** So many effects are those of starts. */
    let ofStarts = 0;
    let conflicts: ReadonlySet<Seat> | undefined;
    try {
      const readying = allReady(batch, (runId, fault) => this.#leaveFor(runId, fault));
      if (readying !== undefined) await readying;
      for (const [at, work] of batch.entries()) {
        const seat = seats.get(work.runId) ?? new Seat(work.runId, effects, follow);
        seats.set(work.runId, seat);
        seat.isLeft ||= this.#damaged.has(work.runId);
        if (at < given) seat.works.push(work);
        const deciding = this.#decide(work, seat);
        if (deciding instanceof Promise) await deciding;
        if (at < starts) ofStarts = effects.length;
      }
      const committing = this.#commit([...seats.values()]);
      conflicts = committing instanceof Promise ? await committing : committing;
    } catch (fault) {
      if (life === this.#life) this.#failed(batch.slice(0, given), [...seats.values()], fault);
    }
    if (conflicts !== undefined && life === this.#life) {
      this.#failures = 0;
      await actOn(effects, { conflicts, ofStarts, onFailed: this.#options.onFailed });
      for (const seat of conflicts) this.#others.unshift(...seat.works);
      for (const [runId, { isLeft, works }] of seats) if (isLeft) this.#refuse(runId, works);
    }
    this.#isRunning = false;
    if (this.isIdle) for (const callback of this.#onIdle.splice(0)) callback();
    else if (this.#fault === undefined) this.#schedule();
  }

  /** @throws the fault, if it is no damage of the run. */
  #leaveFor(runId: string, fault: unknown): void {
    const damage = damageOf(fault);
    if (damage === undefined) throw fault;
    this.leave(runId, damage);
  }

  /** What cannot be read of one run is no fault of the store. */
  #decide(work: Work, seat: Seat): MaybePromise<void> {
    if (seat.isLeft) return;
    const leave = (fault: unknown): void => {
      this.#leaveFor(work.runId, fault);
      seat.isLeft = true;
    };
    try {
      const deciding = work.decide(seat);
      return deciding instanceof Promise ? deciding.catch(leave) : undefined;
    } catch (fault) {
      leave(fault);
    }
  }

  /** @returns those that were decided on records that another change has replaced meanwhile: they are decided again. */
  #commit(seats: readonly Seat[]): MaybePromise<ReadonlySet<Seat>> {
    for (const { isLeft, draft } of seats) if (isLeft) draft?.dropped();
    const changed = seats.filter(({ isLeft, draft }) => !isLeft && draft !== undefined);
    if (changed.length === 0) return new Set();
    const changes = changed.flatMap(({ draft }): RunChange[] => (draft === undefined ? [] : [draft.change()]));
    return chain(this.#options.store.commit(changes), (outcomes: readonly Committed[]) => {
      const conflicts = changed.filter((_, at) => outcomes[at] !== 'written');
      for (const seat of conflicts) seat.draft?.dropped();
      for (const seat of changed) if (!conflicts.includes(seat)) seat.written();
      return new Set(conflicts);
    });
  }

  #failed(works: readonly Work[], seats: readonly Seat[], cause: unknown): void {
    for (const seat of seats) this.#unconfirmed.push(...seat.unconfirmed());
    const { store, onFault } = this.#options;
    // A store that says itself what is wrong, and what to do, says it best.
    const text = `the store ${store.name} takes nothing now: ${describeThrown(cause)}; nothing that was accepted is lost, and it goes on by itself once the store can be written: see to its disk or its server, and start again what was refused`;
    const fault = isOnwardError(cause) ? cause : new OnwardError('ONW3070', text, { cause });
    if (this.#failures === 0) onFault(fault);
    const kept = works.filter(({ refuse }) => refuse === undefined);
    // A single one that fails goes behind the others.
    if (works.length > 1) this.#others.unshift(...kept);
    else this.#others.push(...kept);
    const waiting = [...works, ...this.#starts, ...this.#others];
    this.#starts = [];
    this.#others = this.#others.filter(({ refuse }) => refuse === undefined);
    for (const work of waiting) work.refuse?.(fault);
    this.#fault = fault;
    this.#goOnLater();
  }

  #goOnLater(): void {
    const life = this.#life;
    this.#options.clock.after(Math.min(MOST_RETRY_MS, RETRY_MS * 2 ** this.#failures++), () => {
      const goOn = (isRead: boolean): void => {
        if (life !== this.#life) return;
        if (!isRead) return this.#goOnLater();
        this.#fault = undefined;
        if (this.#others.length > 0) this.#schedule();
      };
      if (this.#unconfirmed.length === 0) goOn(true);
      else void this.#readUnconfirmed().then(goOn);
    });
  }

  /** TURNS-5. @returns false as long as the store cannot be read */
  async #readUnconfirmed(): Promise<boolean> {
    const { onFailed } = this.#options;
    for (let next = this.#unconfirmed[0]; next !== undefined; next = this.#unconfirmed[0]) {
      const [seat, reading] = next;
      try {
        const effect = await reading();
        if (this.#unconfirmed[0] !== next) return false;
        this.#unconfirmed.shift();
        if (effect !== undefined) await actOn([[seat, effect]], { conflicts: new Set(), ofStarts: 0, onFailed });
      } catch (fault) {
        const damage = damageOf(fault);
        if (damage === undefined) return false;
        this.leave(seat.runId, damage);
        if (this.#unconfirmed[0] === next) this.#unconfirmed.shift();
      }
    }
    return true;
  }
}
