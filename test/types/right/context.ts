// Right code: nothing here may be refused. What a body does with its context.

import { Job, type StepContext } from 'onward';
import { Office, Trip, type Tally, type Ticket } from './moments.js';

export class Bus {
  @Job() async drive(trip: Trip, context: StepContext<Tally>): Promise<number> {
    const { state } = context;
    const sold: number | undefined = state.get('sold');
    const stops: string[] | undefined = state.get('stops');
    state.set('state', 'shut');
    state.add('sold', 1);
    state.add('best', 1);
    state.append('stops', 'a', 'b');
    state.max('best', 3);
    state.min('sold', 3);
    context.emit('driven', { sold, stops });
    context.progress(0.5, 'half');
    context.exit(sold);
    return (sold ?? 0) + context.step.round;
  }
  @Job() async park(context: StepContext<Tally>): Promise<void> {
    context.exit();
  }
  rest(context: StepContext, trip?: Trip): string {
    return trip?.bus ?? context.runId;
  }
  anything(value: unknown) {
    return value;
  }

  @Job() async tour(trip: Trip, context: StepContext): Promise<Ticket> {
    await context.spawn(Office, 'book', { bus: 'a', seats: 1 });
    await context.spawn(Office, 'book', trip, { key: 'k', detached: true, delay: '20s' });
    await context.spawn(Bus, 'park');
    await context.spawn(Bus, 'park', undefined, { delay: 500 });
    const { key }: { key: string } = await context.spawn(Bus, 'drive', { bus: key_, seats: 2 });
    const km: number = await context.call(Bus, 'drive', { bus: key, seats: km_ });
    const text: string = await context.call(Bus, 'rest');
    const same: string = await context.call(Bus, 'rest', { bus: text, seats: km }, { key: 'k' });
    await context.call(Bus, 'anything', { any: same });
    const ticket: Ticket = await context.call(Office, 'book', trip);
    // A state that was not named may hold anything.
    context.state.set('a', 1);
    context.state.add('b', 1);
    context.state.append('c', 'x', 3);
    context.state.max('d', 1);
    const open: unknown = context.state.get('e');
    return open === undefined ? ticket : context.call(Office, 'book', trip);
  }

  /** Handed on, a context of any state stands for one whose state is not named. */
  async hand(context: StepContext<Tally>): Promise<void> {
    await spawnFrom(context);
  }
}

const key_ = 'a';
const km_ = 3;

async function spawnFrom(context: Pick<StepContext, 'spawn'>): Promise<void> {
  await context.spawn(Bus, 'park');
}
