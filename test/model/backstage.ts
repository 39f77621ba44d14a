// What the transitions ask for that has nothing to do with bodies: time, order, and values that are held for joins.

import type { Arrival, Join } from '../../src/graph/graph.ts';
import { deliver, deliveries } from '../../src/run/inbox.ts';
import type { EntryRef } from '../../src/run/plan.ts';
import { finish } from '../../src/run/finish.ts';
import { racesOf, settleRaces } from '../../src/run/race.ts';
import type { Sink } from '../../src/run/sink.ts';
import type { Group, Run } from '../../src/run/state.ts';
import type { Step } from '../../src/run/step.ts';
import { sweep } from '../../src/run/advance.ts';
import { deadline } from '../../src/run/control.ts';
import * as transition from '../../src/run/transition.ts';

interface Timer {
  readonly at: number;
  readonly order: number;
  readonly ring: () => void;
}

const MOST_TIMERS = 20_000;

export abstract class Backstage implements Sink {
  now = 0;
  protected readonly soon: (() => void)[] = [];
  /** Bodies that go on after a call: behind all that begins. */
  protected readonly told: (() => void)[] = [];
  #timers: Timer[] = [];
  #order = 0;
  readonly #wakes = new Map<number, Timer>();
  #deadline: Timer | undefined;
  readonly #collected = new Map<Group, unknown[]>();
  readonly #arrived = new Map<string, unknown[]>();

  abstract ready(step: Step): void;
  abstract abort(step: Step): void;
  abstract over(step: Step): void;
  abstract entryOver(step: Step): void;

  /** From timer to timer until there are none. */
  protected elapse(): void {
    for (let count = 0; this.#timers.length > 0; count++) {
      if (count > MOST_TIMERS) throw new Error('it goes round');
      this.#timers.sort((a, b) => a.at - b.at || a.order - b.order);
      const [timer] = this.#timers.splice(0, 1);
      if (timer === undefined) break;
      this.now = timer.at;
      timer.ring();
      this.settle();
    }
  }

  protected settle(): void {
    const next = (): (() => void) | undefined => this.soon.shift() ?? this.told.shift();
    for (let go = next(); go !== undefined; go = next()) go();
  }

  protected later(ms: number, ring: () => void): Timer {
    const timer = { at: this.now + ms, order: this.#order++, ring };
    this.#timers.push(timer);
    return timer;
  }

  #forget(timer: Timer | undefined): void {
    this.#timers = this.#timers.filter((other) => other !== timer);
  }

  wake(step: Step, at: number): void {
    this.unwake(step);
    const { attempt } = step;
    const kind = transition.timerOf(step);
    this.#wakes.set(
      step.id,
      this.later(at - this.now, () => transition.due(step, attempt, kind, this)),
    );
  }

  unwake(step: Step): void {
    this.#forget(this.#wakes.get(step.id));
  }

  wakeRun(run: Run, at: number | null): void {
    this.#forget(this.#deadline);
    if (at !== null) this.#deadline = this.later(at - this.now, () => deadline(run, this));
  }

  sweep(run: Run): void {
    for (const step of run.live.toSorted((a, b) => a.id - b.id)) this.soon.push(() => sweep(step, this));
    this.soon.push(() => settleRaces(run, racesOf(run), this));
  }

  idle(run: Run): void {
    this.soon.push(() => finish(run, this));
  }

  post(run: Run): void {
    this.soon.push(() => {
      for (const { step, number } of deliveries(run)) deliver(step, number, this);
    });
  }

  turn(run: Run, { entry }: EntryRef, after: number | null): void {
    this.soon.push(() => transition.turn(run, entry, after, this));
  }

  awaitingMessage(): void {}
  attempted(): void {}
  begun(): void {}
  late(): void {}
  suspended(): void {}
  resumed(): void {}
  ended(): void {}

  collect(group: Group, item: number, value: unknown): void {
    const values = this.#collected.get(group) ?? [];
    values[item] = value;
    this.#collected.set(group, values);
  }

  collected(group: Group): unknown {
    return this.#collected.get(group) ?? [];
  }

  arrived(_run: Run, { join, source }: Arrival, number: number, value: unknown): void {
    const values = this.#arrived.get(`${join.id}/${number}`) ?? join.sources.map(() => undefined);
    values[source] = value;
    this.#arrived.set(`${join.id}/${number}`, values);
  }

  joined(_run: Run, join: Join, instance: number): unknown {
    return this.#arrived.get(`${join.id}/${instance}`) ?? [];
  }
}
