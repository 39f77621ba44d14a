// Right code: nothing here may be refused. Joins with sources of every kind.

import { from, Handler, Job, Join, type From, type Joined, type StepContext } from 'onward';
import { Trip, type Tally } from './moments.js';

export class Hold {
  until!: Date;
  private secret = 1;
  reveal() {
    return this.secret;
  }
}
export class Payment {
  cents!: number;
  state!: 'paid' | 'open';
}
export class Voucher {
  hold!: Hold;
  payment!: Payment;
  note!: string;
  copyTo?: string;
  text() {
    return this.note;
  }
}
export class Either {
  hold?: Hold;
  payment?: Payment | undefined;
}
export class Both {
  hold!: Hold;
  payment!: Payment;
}
export class Checked {
  hold!: Hold;
  checks!: boolean[];
}
export class Loose {
  [field: string]: unknown;
}
export class Opaque {
  hold!: unknown;
  payment!: Payment;
}
export class Coach {
  seat!: { row: number; window: boolean };
}

export class Depot {
  @Job() async hold(trip: Trip): Promise<Hold> {
    return new Hold();
  }
  @Handler() check(trip: Trip): boolean {
    return true;
  }
  @Job() loose(trip: Trip): any {}
  @Job() async seat(trip: Trip) {
    return { row: 1, window: true };
  }
}

export class Counter {
  @Job() async pay(trip: Trip): Promise<Payment> {
    return { cents: 1, state: 'paid' };
  }
  @Join({ hold: from(() => Depot, 'hold'), payment: from(() => Counter, 'pay') }) both(both: Both) {}
  @Join({ hold: from(() => Depot, 'hold'), payment: 'pay' }) ownName(both: Both, context: StepContext) {}
  @Join({ hold: from(() => Depot, 'hold'), payment: 'pay' }) contextFirst(context: StepContext<Tally>, both: Both) {}
  @Join({ hold: from(() => Depot, 'hold'), payment: 'pay' }) nothing() {}
  @Join({ hold: from(() => Depot, 'hold'), payment: 'pay' }) contextOnly(context: StepContext<Tally>) {}
  @Join({ hold: from(() => Depot, 'hold'), payment: 'pay' }) shape(both: { hold: { until: Date }; payment: Payment }) {}
  @Join({ hold: from(() => Depot, 'hold'), payment: 'pay' }, { bind: { note: 'x' } }) bound(voucher: Voucher) {}
  @Join({ hold: from(() => Depot, 'hold'), payment: 'pay' }, { bind: { note: 'x', copyTo: 'y' }, critical: false })
  boundMore(voucher: Voucher) {}
  @Join(
    { hold: from(() => Depot, 'hold'), payment: from(() => Counter, 'pay') },
    { bind: (given) => ({ note: given.sources.payment.state }) },
  )
  boundFunction(voucher: Voucher) {}
  @Join(
    { hold: from(() => Depot, 'hold'), payment: from(() => Counter, 'pay') },
    { mode: 'any', bind: (given) => ({ note: given.sources.payment?.state ?? 'none' }) },
  )
  boundMaybe(message: { hold?: Hold; payment?: Payment; note: string }) {}
  @Join(
    { checks: from(() => Depot, 'check') },
    { bind: (given: { sources: { checks: boolean[] } }) => ({ note: String(given.sources.checks.length) }) },
  )
  boundItems(message: { checks: boolean[]; note: string }) {}
  @Join(
    { payment: 'pay' },
    { bind: (given: Joined<{ payment: From<Counter, 'pay'> }>) => ({ note: given.sources.payment.state }) },
  )
  boundOwn(message: { payment: Payment; note: string }) {}
  @Join({ hold: from(() => Depot, 'hold'), payment: 'pay' }, { mode: 'all', onMissing: 'skip' }) spelled(both: Both) {}
  @Join({ hold: from(() => Depot, 'hold'), payment: 'pay' }, { mode: 'any' }) any(either: Either) {}
  @Join({ hold: from(() => Depot, 'hold'), payment: 'pay' }, { onMissing: 'run' }) run(either: Either) {}
  @Join({ hold: from(() => Depot, 'hold'), payment: 'pay' }, { onMissing: 'run' }) runUndefined(either: {
    hold: Hold | undefined;
    payment: Payment | undefined;
  }) {}
  // The node of a source may run for each item of an array: only the generator sees it.
  @Join({ hold: from(() => Depot, 'hold'), checks: from(() => Depot, 'check') }) items(checked: Checked) {}
  @Join({ hold: from(() => Depot, 'hold'), checks: from(() => Depot, 'check') }) itemsReadonly(checked: {
    readonly hold: Hold;
    readonly checks: readonly boolean[];
  }) {}
  @Join({ hold: from(() => Depot, 'hold'), checks: from(() => Depot, 'check') }, { onMissing: 'run' })
  itemsMissing(checked: { hold?: Hold; checks?: boolean[] }) {}
  @Join({ hold: from(() => Depot, 'loose'), payment: 'pay' }) fromAny(both: Both) {}
  @Join({ hold: from(() => Depot, 'hold'), payment: 'pay' }) index(loose: Loose) {}
  @Join({ hold: from(() => Depot, 'hold'), payment: 'pay' }) opaque(opaque: Opaque) {}
  @Join({ hold: from(() => Depot, 'hold'), payment: 'pay' }) unknown(all: unknown) {}
  @Join({ hold: from(() => Depot, 'hold'), payment: 'pay' }) optional(both?: Both) {}
  @Join({ hold: from(() => Depot, 'hold'), payment: 'pay' }, { mode: 'any' }) union(
    first: Either | { hold: undefined; payment: undefined },
  ) {}
  @Join({ payment: 'pay' }) single(one: { payment: Payment }) {}
  @Join({ seat: from(() => Depot, 'seat') }, { bind: { seat: { window: false } } }) partly(coach: Coach) {}
  @Join({ hold: from(() => Depot, 'hold'), payment: 'pay' })
  @Join({ hold: from(() => Depot, 'hold'), payment: 'pay' }, { mode: 'any', cancelRest: true })
  twice(either: Either) {}
}

export class Chain<T> {
  @Job() async first(trip: Trip): Promise<T> {
    throw new Error();
  }
  @Join({ first: 'first' }) generic(message: { first: T }) {}
  @Join({ hold: from(() => Depot, 'hold') }) elsewhere(message: { hold: Hold }) {}
}
