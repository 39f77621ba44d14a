// D01 to D10, D16, D18: bodies that fail, hang, and leak.

import { IsIn, IsString } from 'class-validator';
import { ErrorValue, Handler, Job, Join, OnEnd, OnError, OnSuccess, type StepContext } from 'onward';
import type { Notes } from '../notes.ts';

export class Order {
  @IsString() id!: string;
}
export class Manner {
  @IsIn(['rejects', 'spawns', 'calls', 'fine']) how!: string;
}
export class Both {
  stock!: string;
  charge!: string;
}

/** D01, D09 */
export class Thrower {
  constructor(private readonly notes: Notes) {}

  @Job({ retry: { attempts: 3, delay: '1s', jitter: 0 } })
  charge(order: Order): string {
    this.notes.say(`charge ${order.id}`);
    throw new Error('the bank is closed');
  }
  @OnError('charge')
  tell(order: Order, @ErrorValue() error: Error): void {
    this.notes.say(`tell ${order.id} ${error.message}`);
  }

  @Job()
  post(): string {
    throw new Error('no stamps');
  }
  @OnError('post')
  complain(): void {
    throw new TypeError('no pen');
  }
}

/** D02, D03, D10 */
export class Slow {
  constructor(private readonly notes: Notes) {}

  @Job({ timeout: '2s' })
  limited(context: StepContext): Promise<string> {
    this.notes.seen.push(context.signal);
    return new Promise((_resolve, reject) => {
      void this.notes.gate('late').then(() => reject(new Error('too late')));
    });
  }
  @OnSuccess('limited')
  afterwards(): void {
    this.notes.say('afterwards');
  }
  @OnError('limited')
  async missed(): Promise<void> {
    await this.notes.gate('missed');
  }

  @Job()
  hang(context: StepContext): Promise<never> {
    this.notes.seen.push(context.signal);
    return new Promise(() => {});
  }
  @Job({ retry: { attempts: 2, delay: '1h', jitter: 0 } })
  flaky(): void {
    this.notes.say('flaky');
    throw new Error('flaky');
  }
  @Job()
  quick(): string {
    return 'quick';
  }
  @OnSuccess('quick', { after: '1h' })
  later(): void {
    this.notes.say('later');
  }
}

/** D05 */
export class Leaky {
  constructor(private readonly notes: Notes) {}

  @Job()
  leak({ how }: Manner, context: StepContext): string {
    if (how === 'rejects') void this.#careless();
    if (how !== 'fine') void this.#late(how, context);
    return 'done';
  }
  async #careless(): Promise<void> {
    await Promise.resolve();
    throw new Error('nobody waits for this');
  }
  /** Asks for a child when its own attempt is over. */
  async #late(how: string, context: StepContext): Promise<void> {
    await this.notes.gate('late');
    if (how === 'spawns') void context.spawn(Leaky, 'child');
    if (how === 'calls') void context.call(Leaky, 'child');
  }
  @Handler()
  child(): void {
    this.notes.say('child');
  }
}

/** D07, D08 */
export class Five {
  constructor(private readonly notes: Notes) {}

  @Job()
  sell(): string {
    return 'sold';
  }
  @OnSuccess('sell')
  one(): void {
    this.notes.say('one');
  }
  @OnSuccess('sell')
  @Handler({ retry: { attempts: 2, delay: 10 } })
  two(): void {
    this.notes.say('two');
    throw new Error('two fell');
  }
  @OnSuccess('sell')
  three(): void {
    this.notes.say('three');
  }
  @OnSuccess('sell')
  async four(): Promise<void> {
    await this.notes.wait(100);
    this.notes.say('four');
  }
  @OnSuccess('sell')
  five(): void {
    this.notes.say('five');
  }
}

/** D16 */
export class Warehouse {
  constructor(private readonly notes: Notes) {}

  @Job()
  order(): void {}
  @OnSuccess('order')
  reserve(): string {
    return 'reserved';
  }
  @OnSuccess('order', { critical: false })
  charge(): string {
    throw new Error('declined');
  }
  @Join({ stock: 'reserve', charge: 'charge' })
  ship(both: Both): void {
    this.notes.say(`ship ${both.stock} ${both.charge}`);
  }
  @OnEnd('ship')
  shipped(): void {
    this.notes.say('shipped');
  }
}

/** D18 */
export class Scoped {
  #runs = 0;

  constructor(private readonly notes: Notes) {
    notes.seen.push('made');
  }

  @Job()
  begin(): number {
    return ++this.#runs;
  }
  @OnSuccess('begin')
  next(before: number): void {
    this.notes.say(`${before} ${++this.#runs}`);
  }
}
