// The price of the live checks, in what the compiler makes: counts that, unlike a time, are the same on every machine.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../support/folders.ts';
import { tsc, USER_OPTIONS } from './tsc.ts';

interface Sample {
  readonly decorators: number;
  readonly service: (n: number) => string;
}

const callbacks: Sample = {
  decorators: 4,
  service: (n) => `
import { ErrorValue, Job, Message, OnError, OnSuccess, ReturnValue, type StepContext } from 'onward';
export class Order${n} { id!: string; cents!: number }
export class Receipt${n} { no!: number; state!: 'paid' | 'review' }
export class Mail${n} { @ReturnValue() receipt!: Receipt${n}; template!: string }
export class Declined${n} extends Error { reason!: 'funds' | 'fraud' }
export class Billing${n} {
  @Job({ retry: { attempts: 3, delay: '200ms' }, timeout: '20s' })
  async charge(order: Order${n}, context: StepContext): Promise<Receipt${n}> { return { no: 1, state: 'paid' } }
  @OnSuccess('charge') book(receipt: Receipt${n}, @Message() order: Order${n}) {}
  @OnSuccess(() => Billing${n}, 'charge', { when: (receipt) => receipt.no > 100, bind: { template: 'vip' } })
  thank(mail: Mail${n}) {}
  @OnError(() => Billing${n}, 'charge', { when: Declined${n} })
  sorry(order: Order${n}, @ErrorValue() error: Declined${n}) {}
}
`,
};

/** A join counts once for each of its sources: each is an edge with a type of its own. */
const moments: Sample = {
  decorators: 10,
  service: (n) => `
import { ErrorValue, from, Join, Job, OnCancel, OnEnd, OnError, OnRunEnd, OnRunError, OnStart, OnSuccess, ReturnValue, type RunReport, type StepContext } from 'onward';
export class Trip${n} { bus!: string; seats!: number }
export class Stop${n} { name!: string; line!: number }
export class Ticket${n} { no!: number; stops!: Stop${n}[] }
export class Coach${n} { stops!: Stop${n}[]; ticket!: Ticket${n} }
export interface Tally${n} { sold: number }
export class Office${n} {
  @Job({ maxRounds: 3 })
  async book(trip: Trip${n}, context: StepContext<Tally${n}>): Promise<Ticket${n}> { return { no: 1, stops: [] } }
  async route(trip: Trip${n}): Promise<Stop${n}[]> { return [] }
  @OnStart('book') started(trip: Trip${n}) {}
  @OnCancel(() => Office${n}, 'book') cancelled(trip: Trip${n}) {}
  @OnEnd(() => Office${n}, 'book') ended(trip: Trip${n}, @ReturnValue() ticket?: Ticket${n}) {}
  @OnSuccess(() => Office${n}, 'route', { each: true }) stop(stop: Stop${n}) {}
  @OnError(() => Office${n}, 'book', { recover: true })
  async waiting(trip: Trip${n}, @ErrorValue() error: Error): Promise<Ticket${n}> { return { no: 0, stops: [] } }
  @OnRunEnd() done(report: RunReport) {}
  @OnRunError(() => Office${n}, 'book') failed(report: RunReport<Ticket${n}>) {}
  @Join({ stops: from(() => Office${n}, 'route'), ticket: 'book' }) leave(coach: Coach${n}) {}
}
`,
};

interface Counts {
  readonly instantiations: number;
  readonly types: number;
  readonly symbols: number;
}

function countsOf({ service }: Sample, services: number): Counts {
  const folder = temporaryFolder('budget');
  mkdirSync(join(folder, 'src'));
  for (let n = 0; n < services; n++) writeFileSync(join(folder, 'src', `service-${n}.ts`), service(n));
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions: USER_OPTIONS, include: ['src'] }));
  const printed = tsc('typescript', folder, '--extendedDiagnostics', '--singleThreaded');
  expect(printed).not.toContain('service-');
  const count = (name: string): number => Number(new RegExp(`${name}:\\s+(\\d+)`).exec(printed)?.[1]);
  return { instantiations: count('Instantiations'), types: count('Types'), symbols: count('Symbols') };
}

test.each([
  ['a callback', callbacks],
  ['a moment, an item or a source', moments],
])('%s costs little', (_, sample) => {
  // The difference leaves out what the library's own files cost. What the service itself costs is in it: about 10
  // instantiations, 15 types and 25 symbols.
  const [many, one] = [countsOf(sample, 301), countsOf(sample, 1)];
  const perDecorator = (name: keyof Counts): number => (many[name] - one[name]) / (300 * sample.decorators);
  expect(perDecorator('instantiations')).toBeGreaterThan(5);
  expect(perDecorator('instantiations')).toBeLessThanOrEqual(140);
  expect(perDecorator('types')).toBeLessThanOrEqual(40);
  expect(perDecorator('symbols')).toBeLessThanOrEqual(50);
});
