// Right code: nothing here may be refused. The moments of steps and runs, items, recovery, and contexts with a state.

import {
  ErrorValue,
  Handler,
  Job,
  Message,
  OnCancel,
  OnEnd,
  OnError,
  OnRunEnd,
  OnRunError,
  OnRunSuccess,
  OnStart,
  OnSuccess,
  ReturnValue,
  type EndSource,
  type MessageSource,
  type RunReport,
  type RunSource,
  type StepContext,
} from 'onward';

export class Trip {
  bus!: string;
  seats!: number;
}
export class Ticket {
  no!: number;
  state!: 'booked' | 'waiting';
}
export class SoldOut extends Error {
  seats!: number;
}
export class Closing {
  @ReturnValue() ticket?: Ticket;
  @ErrorValue() error?: Error;
  desk!: string;
}
export class Notice {
  bus!: string;
  desk!: string;
  note?: string;
}
export class Digest {
  runId!: string;
  status!: string;
  channel!: string;
}
export class Leg {
  @ReturnValue() stop!: Stop;
  line!: string;
}
export class Stop {
  name!: string;
}
export interface Tally {
  sold: number;
  stops: string[];
  best?: number;
  state: 'open' | 'shut';
}

const eachOption = { each: true, concurrency: 4 };
const constOption = { each: true, concurrency: 4 } as const;
const recoverOption = { recover: true };
const exhaustiveOption = { exhaustive: true };

export class Office {
  @Job({
    tags: ['travel'],
    maxRounds: 3,
    maxPerRun: 10,
    concurrency: 4,
    throws: [SoldOut, TypeError],
    expose: true,
  })
  async book(trip: Trip, context: StepContext<Tally>): Promise<Ticket> {
    return { no: 1, state: 'booked' };
  }
  @Job({ exhaustive: true }) async sort(trip: Trip) {
    return 'near' as 'near' | 'far';
  }
  @Job({ exhaustive: true, name: 'is-far' }) far(trip: Trip): boolean | null {
    return null;
  }
  @Handler({ exhaustive: true }) letter(trip: Trip): 'a' | Ticket {
    return 'a';
  }
  @Job({ exhaustive: true }) anyRoute(trip: Trip): any {}
  @Job({ exhaustive: true }) noRoute(trip: Trip): never {
    throw new Error();
  }
  @Job({ exhaustive: false }) sweep(context: StepContext<Tally>) {
    return 3;
  }
  @Handler({ tags: [], maxRounds: 1, throws: [] }) forget(trip: Trip): void {}
  @Job() async route(trip: Trip): Promise<Stop[]> {
    return [];
  }
  @Job() async names(trip: Trip): Promise<readonly string[] | null> {
    return null;
  }
  @Job() loose(trip: Trip): any {}
  @Job() never_(trip: Trip): never {
    throw new Error();
  }
  @Job() pair(trip: Trip): [number, string] {
    return [1, 'a'];
  }

  // Before the body.
  @OnStart('book') started(trip: Trip) {}
  @OnStart('book') startedMarked(@Message() trip: Trip, context: StepContext) {}
  @OnStart('book') startedContext(context: StepContext<Tally>, trip: Trip) {}
  @OnStart('book') startedPart(trip: { bus: string }) {}
  @OnStart('book') startedNothing() {}
  @OnStart('book', { critical: true, bind: { seats: 3 } }) startedBound(trip: Trip) {}
  @OnStart('book', { bind: { desk: 'A' } }) startedNotice(notice: Notice) {}
  @OnStart('book', { bind: (from: MessageSource<Office['book']>) => ({ desk: from.message.bus }) })
  startedOwnFunction(notice: Notice) {}
  @OnStart(() => Office, 'book') startedElsewhere(trip: Trip) {}
  @OnStart(() => Office, 'book', { bind: { desk: 'A' } }) startedNoticeToo(notice: Notice) {}
  @OnStart(() => Office, 'book', { bind: (from) => ({ desk: from.message.bus }) }) startedFunction(notice: Notice) {}
  @OnStart('sweep') startedWithoutMessage(context: StepContext) {}
  @OnStart('loose') startedLoose(trip: Trip) {}
  @OnStart('book') @OnEnd('book') @OnCancel('book') around(trip: Trip) {}

  // After a cancel.
  @OnCancel('book') cancelled(trip: Trip, context: StepContext) {}
  @OnCancel(() => Office, 'book', { critical: true }) cancelledToo(trip: Trip) {}
  @OnCancel(() => Office, 'book', { bind: { desk: 'A' } }) cancelledNotice(notice: Notice) {}

  // At the end, however it went.
  @OnEnd('book') ended(trip: Trip) {}
  @OnEnd('book') endedNothing(context: StepContext) {}
  @OnEnd('book') endedValue(@ReturnValue() ticket: Ticket | undefined) {}
  @OnEnd('book') endedBoth(trip: Trip, @ReturnValue() ticket?: Ticket, @ErrorValue() error?: Error) {}
  @OnEnd('book') endedSwapped(@ErrorValue() error: Error | undefined, @Message() trip: Trip) {}
  @OnEnd('book') endedUnknown(@ErrorValue() error: unknown, context: StepContext<Tally>) {}
  @OnEnd('book') endedError(trip: Trip, @ErrorValue() error: Error | undefined, context: StepContext) {}
  @OnEnd(() => Office, 'book', { critical: true }) endedElsewhere(trip: Trip, @ReturnValue() ticket?: Ticket) {}
  @OnEnd(() => Office, 'book', { bind: { desk: 'A' } }) closing(closing: Closing) {}
  @OnEnd('book', { bind: { desk: 'A' } }) closingOwn(closing: Closing, @Message() trip: Trip) {}
  @OnEnd(() => Office, 'book', { bind: { desk: 'A' } }) endedNotice(notice: Notice) {}
  @OnEnd(() => Office, 'book', { bind: (from) => ({ desk: from.returnValue?.state ?? from.error?.message ?? '' }) })
  closingFunction(closing: Closing) {}
  @OnEnd('book', { bind: (from: EndSource<Office['book']>) => ({ desk: from.message.bus }) })
  closingOwnFunction(closing: Closing) {}
  @OnEnd('forget') endedForgotten(trip: Trip, @ErrorValue() error?: Error) {}
  @OnEnd('loose') endedLoose(@ReturnValue() value: string, trip: Trip) {}
  @OnEnd('never_') endedNever(trip: Trip, @ErrorValue() error?: Error) {}

  // At the end of a run.
  @OnRunEnd() runEnded(report: RunReport) {}
  @OnRunEnd({ critical: true }) runEndedCritical(report: RunReport, context: StepContext) {}
  @OnRunEnd({ bind: { channel: 'ops' } }) runDigest(digest: Digest) {}
  @OnRunEnd({ bind: (from) => ({ channel: from.report.status }) }) runDigestFunction(digest: Digest) {}
  @OnRunEnd() runNothing() {}
  @OnRunEnd('book') ownRunEnded(report: RunReport<Ticket>) {}
  @OnRunEnd('book') ownRunEndedAny(report: RunReport) {}
  @OnRunEnd('book', { bind: (from: RunSource<Ticket>) => ({ channel: from.report.value?.state ?? '' }) })
  ownRunDigest(digest: Digest) {}
  @OnRunEnd('book', { bind: (from) => ({ channel: from.report.status }) }) ownRunDigestToo(digest: Digest) {}
  @OnRunSuccess(() => Office, 'book') runSucceeded(report: RunReport<Ticket>) {}
  @OnRunSuccess(() => Office, 'book', { bind: (from) => ({ channel: from.report.value?.state ?? '' }) })
  runSucceededDigest(digest: Digest) {}
  @OnRunError(() => Office, 'book', { critical: true }) runFailed(report: { readonly status: string }) {}
  @OnRunError('book') runFailedToo(context: StepContext, report: RunReport) {}
  @OnRunSuccess() @OnRunError({}) twoOutcomes(report: RunReport) {}

  // For each item.
  @OnSuccess('route', { each: true }) ownStop(stop: Stop) {}
  @OnSuccess(() => Office, 'route', { each: true, concurrency: 4, stopAfterFailures: 2 }) stop(stop: Stop) {}
  @OnSuccess(() => Office, 'route', { each: true }) stopBeside(
    stop: Stop,
    @Message() trip: Trip,
    context: StepContext,
  ) {}
  @OnSuccess(() => Office, 'route', { each: true, bind: { line: '7' } }) leg(leg: Leg) {}
  @OnSuccess(() => Office, 'route', { each: true, bind: (from) => ({ line: from.returnValue.name }) })
  legFunction(leg: Leg) {}
  @OnSuccess(() => Office, 'route', { each: true, when: (stops) => stops.length > 2 }) manyStops(stop: Stop) {}
  @OnSuccess(() => Office, 'names', { each: true, when: (names) => names !== null }) name(name: string) {}
  @OnSuccess('loose', { each: true }) looseItem(item: string) {}
  @OnSuccess(() => Office, 'loose', { each: true, bind: (from) => ({ line: from.returnValue.name }) })
  looseLeg(leg: Leg) {}
  @OnSuccess('never_', { each: true }) neverItem(item: string) {}
  @OnSuccess('pair', { each: true }) ofPair(item: number | string) {}
  @OnSuccess('route', { each: false }) whole(stops: Stop[]) {}
  @OnSuccess('route', { each: true, otherwise: true }) rest(stop: Stop) {}
  @OnSuccess('book', { after: '3d', critical: false }) later(ticket: Ticket) {}
  @OnSuccess(() => Office, 'book', { after: 500 }) soon(ticket: Ticket) {}

  // Options that are written elsewhere.
  @OnSuccess('route', eachOption) elsewhereItem(stop: Stop) {}
  @OnSuccess(() => Office, 'route', constOption) elsewhereConst(stop: Stop) {}
  @OnError('book', recoverOption) elsewhereRecovery(trip: Trip) {}
  @Job(exhaustiveOption) elsewhereRoutes(trip: Trip) {}

  // Instead of the failed one.
  @OnError('book', { recover: true }) async ownRecovery(trip: Trip): Promise<Ticket> {
    return { no: 0, state: 'waiting' };
  }
  @OnError(() => Office, 'book', { recover: true, when: SoldOut, after: '1m' }) recovery(
    trip: Trip,
    @ErrorValue() error: SoldOut,
  ) {
    return { no: error.seats, state: 'waiting' as const, extra: 1 };
  }
  @OnError(() => Office, 'book', { recover: true }) givesUp(trip: Trip): never {
    throw new Error();
  }
  @OnError(() => Office, 'loose', { recover: true }) anything(trip: Trip) {
    return 3;
  }
  @OnError(() => Office, 'forget', { recover: true }) nothingToGive(trip: Trip) {
    return 'x';
  }
  @OnError(() => Office, 'route', { recover: true }) async noStops(): Promise<Stop[]> {
    return [];
  }
  @OnError('book', { critical: true, recover: false }) critical(trip: Trip) {
    return 'x';
  }

  // Contexts with a state of their own, everywhere.
  @OnSuccess('book') tallied(ticket: Ticket, context: StepContext<Tally>) {}
  @OnSuccess('book') talliedFirst(context: StepContext<Tally>, ticket: Ticket, @Message() trip: Trip) {}
  @OnSuccess(() => Office, 'book', { bind: { line: '7' } }) talliedBound(
    leg: { no: number; line: string },
    context: StepContext<Tally>,
  ) {}
  @OnError('book') talliedError(trip: Trip, @ErrorValue() error: Error, context: StepContext<Tally>) {}
  @OnError('book') talliedErrorOnly(context: StepContext<Tally>) {}
  @OnCancel('sweep') talliedCancel(context?: StepContext<Tally>) {}
  @OnRunEnd() talliedRun(report: RunReport, context: StepContext<Tally>) {}
  @OnSuccess('sweep') ofContextOnly(count: number) {}
}

/** A class that is generic, and one that inherits: the verdicts wait, or see the inherited methods. */
export class Branch<T> extends Office {
  @Job() async stock(trip: Trip): Promise<T[]> {
    return [];
  }
  @OnSuccess('stock', { each: true }) stocked(item: T) {}
  @OnSuccess('route', { each: true }) inheritedStop(stop: Stop) {}
  @OnStart('book') inheritedStart(trip: Trip) {}
  @OnEnd('stock') stockEnded(trip: Trip, @ReturnValue() all?: T[]) {}
  @OnError('stock', { recover: true }) async stockRecovered(): Promise<T[]> {
    return [];
  }
  @OnRunEnd('stock') stockRun(report: RunReport<T[]>) {}
}
