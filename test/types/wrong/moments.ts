// Wrong code: each `wrong:` line stands above one annotation, which must have exactly one error that begins with it.

import {
  ErrorValue,
  Handler,
  Job,
  OnCancel,
  OnEnd,
  OnError,
  OnRunEnd,
  OnRunError,
  OnRunSuccess,
  OnStart,
  OnSuccess,
  ReturnValue,
  type RunReport,
  type StepContext,
} from 'onward';
import { Digest, Leg, Notice, Office, SoldOut, Stop, Ticket, Trip } from '../right/moments.js';

class TornClosing {
  @ReturnValue() ticket!: Ticket;
  desk!: string;
}

export class WrongMoments {
  @Job() async book(trip: Trip): Promise<Ticket> {
    return { no: 1, state: 'booked' };
  }
  field = 3;

  // wrong: the target takes
  @OnStart('book') startedText(text: string) {}
  // wrong: the target takes
  @OnStart(() => Office, 'book') startedValue(ticket: Ticket) {}
  // wrong: the target takes
  @OnStart(() => Office, 'book') startedUnbound(notice: Notice) {}
  // wrong: bind gives the wrong type for
  @OnStart(() => Office, 'book', { bind: { desk: 3 } }) startedBound(notice: Notice) {}
  // wrong: bind has
  @OnStart('book', { bind: { dsk: 'A', desk: 'A' } }) startedAlien(notice: Notice) {}
  // wrong: bind has nothing to lie over
  @OnStart('book', { bind: { desk: 'A' } }) startedNothing() {}
  // wrong: Property 'buss' does not exist
  @OnStart(() => Office, 'book', { bind: (from) => ({ desk: from.message.buss }) }) startedFunction(notice: Notice) {}
  // wrong: there is no public method
  @OnStart('bok') startedMisspelt(trip: Trip) {}
  // wrong: there is no public method
  @OnStart(() => Office, 'bok') startedMisspeltToo(trip: Trip) {}
  // wrong: the target field is not a method
  @OnStart('field') startedField(trip: Trip) {}
  // wrong: only a method can be a node
  @OnStart('book') get accessor() {
    return 1;
  }
  // wrong: Object literal may only specify known properties, and 'when' does not exist
  @OnStart(() => Office, 'book', { when: 3 }) startedWhen(trip: Trip) {}
  // wrong: Object literal may only specify known properties, and 'after' does not exist
  @OnStart(() => Office, 'book', { after: '3s' }) startedAfter(trip: Trip) {}

  // wrong: the target takes
  @OnCancel('book') cancelledText(text: string) {}
  // wrong: the target takes
  @OnCancel(() => Office, 'book') cancelledUnbound(notice: Notice) {}
  // wrong: there is no public method
  @OnCancel(() => Office, 'bok') cancelledMisspelt(trip: Trip) {}
  // wrong: Object literal may only specify known properties, and 'otherwise' does not exist
  @OnCancel(() => Office, 'book', { otherwise: true }) cancelledOtherwise(trip: Trip) {}

  // wrong: the target may have failed so the return value is
  @OnEnd('book') endedValue(@ReturnValue() ticket: Ticket) {}
  // wrong: the error is
  @OnEnd('book') endedError(@ErrorValue() error: Error, trip: Trip) {}
  // wrong: the error is
  @OnEnd(() => Office, 'book') endedClass(@ErrorValue() error: SoldOut) {}
  // wrong: the target takes
  @OnEnd(() => Office, 'book') endedText(trip: Trip, text: string) {}
  // wrong: the target takes
  @OnEnd(() => Office, 'book', { bind: { desk: 'A' } }) endedField(closing: TornClosing) {}
  // wrong: the target takes
  @OnEnd('book') endedUnbound(notice: Notice) {}
  // wrong: bind gives the wrong type for
  @OnEnd('book', { bind: { desk: 3 } }) endedBound(notice: Notice) {}
  // wrong: there is no public method
  @OnEnd('bok') endedMisspelt(trip: Trip) {}
  // wrong: 'from.returnValue' is possibly 'undefined'
  @OnEnd(() => Office, 'book', { bind: (from) => ({ desk: from.returnValue.state }) }) endedFunction(notice: Notice) {}

  // wrong: the report is
  @OnRunEnd() runTrip(trip: Trip) {}
  // wrong: the report is
  @OnRunEnd() runDigest(digest: Digest) {}
  // wrong: bind gives the wrong type for
  @OnRunEnd({ bind: { channel: 3 } }) runBound(digest: Digest) {}
  // wrong: the report is
  @OnRunSuccess() runOfAnything(report: RunReport<Ticket>) {}
  // wrong: the report is
  @OnRunSuccess(() => Office, 'book') runOfOther(report: RunReport<string>) {}
  // wrong: the report is
  @OnRunError('book') runText(text: string) {}
  // wrong: there is no public method
  @OnRunError('bok') runMisspelt(report: RunReport) {}
  // wrong: there is no public method
  @OnRunEnd(() => Office, 'bok') runMisspeltToo(report: RunReport) {}
  // wrong: Property 'statuss' does not exist
  @OnRunEnd({ bind: (from) => ({ channel: from.report.statuss }) }) runFunction(digest: Digest) {}

  // wrong: each takes an array and the target returns
  @OnSuccess('book', { each: true }) ownItem(ticket: Ticket) {}
  // wrong: each takes an array and the target returns
  @OnSuccess(() => Office, 'names', { each: true }) maybeItem(name: string) {}
  // wrong: the target returns
  @OnSuccess(() => Office, 'route', { each: true }) wholeArray(stops: Stop[]) {}
  // wrong: the target returns
  @OnSuccess(() => Office, 'route', { each: true }) otherItem(ticket: Ticket) {}
  // wrong: the target returns
  @OnSuccess(() => Office, 'route', { each: true }) unboundItem(leg: Leg) {}
  // wrong: the target returns
  @OnSuccess(() => Office, 'route', { each: false }) notEach(stop: Stop) {}
  // wrong: Property 'nam' does not exist
  @OnSuccess(() => Office, 'route', { each: true, bind: (from) => ({ line: from.returnValue.nam }) }) item(leg: Leg) {}
  // wrong: Type 'number' is not assignable to type '"only with `each: true`"'
  @OnSuccess(() => Office, 'book', { concurrency: 4 }) aloneConcurrency(ticket: Ticket) {}
  // wrong: Type 'number' is not assignable to type '"only with `each: true`"'
  @OnSuccess(() => Office, 'book', { stopAfterFailures: 4 }) aloneFailures(ticket: Ticket) {}
  // wrong: Type '"3 moons"' is not assignable to type
  @OnSuccess(() => Office, 'book', { after: '3 moons' }) unit(ticket: Ticket) {}
  // wrong: Type 'string' is not assignable to type 'boolean | undefined'
  @OnSuccess(() => Office, 'book', { critical: 'no' }) criticalText(ticket: Ticket) {}

  // wrong: what recovers stands for
  @OnError('book', { recover: true }) ownRecovery(trip: Trip) {
    return 'x';
  }
  // wrong: what recovers stands for
  @OnError(() => Office, 'book', { recover: true }) async noRecovery(trip: Trip) {}
  // wrong: what recovers stands for
  @OnError(() => Office, 'route', { recover: true, when: SoldOut }) async halfRecovery(trip: Trip): Promise<Stop> {
    return { name: trip.bus };
  }
  // wrong: the target takes
  @OnError(() => Office, 'book', { recover: true }) async recoveryOf(leg: Leg): Promise<Ticket> {
    return { no: 0, state: 'waiting' };
  }

  // wrong: exhaustive needs literals to route and this returns Ticket
  @Job({ exhaustive: true }) async routes(trip: Trip): Promise<Ticket> {
    return { no: 1, state: 'booked' };
  }
  // wrong: exhaustive needs literals to route and this returns void
  @Handler({ exhaustive: true }) async routesNothing(trip: Trip) {}
  // wrong: Type 'string' is not assignable to type 'readonly string[]'
  @Job({ tags: 'travel' }) tags(trip: Trip) {}
  // wrong: Type 'string' is not assignable to type 'number'
  @Job({ maxRounds: '3' }) rounds(trip: Trip) {}
  // wrong: Type 'string' is not assignable to type 'ErrorClass'
  @Handler({ throws: ['SoldOut'] }) throws(trip: Trip) {}
  // wrong: Object literal may only specify known properties, and 'expose' does not exist
  @Handler({ expose: true }) exposed(trip: Trip) {}
  // wrong: a job takes one message and the context
  @Job() twoContexts(trip: Trip, context: StepContext<{ a: number }>, ticket: Ticket) {}
}
