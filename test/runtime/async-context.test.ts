// Whose async context user code runs in: that of its own run, whoever makes it ready.

import { AsyncLocalStorage } from 'node:async_hooks';
import { IsString, registerDecorator } from 'class-validator';
import { describe, expect, test } from 'vitest';
import {
  Handler,
  Job,
  OnCancel,
  OnEnd,
  OnError,
  OnRunEnd,
  OnSuccess,
  type RunHandle,
  type Sent,
  type StepContext,
} from 'onward';
import { sleep } from '../support/sleep.ts';
import { ENGINES, wired, type Parameters, type Services, type Wired } from '../support/wired.ts';

const tenant = new AsyncLocalStorage<string>();
const TENANTS = ['ann', 'bob', 'eve'];

/** What user code saw: `place run` and the tenant it was called as. */
class Log {
  readonly lines: string[] = [];

  note(place: string, of: string): void {
    this.lines.push(`${place} of ${of} as ${tenant.getStore()}`);
  }

  /** Where somebody else's context was seen. */
  get foreign(): string[] {
    return this.lines.filter((line) => {
      const [, of, as] = / of (\w+) as (\w+)$/.exec(line) ?? [];
      return of !== as;
    });
  }

  places(of: string): string[] {
    return this.lines.filter((line) => line.includes(` of ${of} as `)).map((line) => line.split(' ')[0] ?? '');
  }
}

class Transfer {
  @IsString() of!: string;
}

/** Starts one run for each tenant, in the tenant's context, and does something to each in nobody's. */
async function startEach(app: Wired, job: string, from = 0): Promise<RunHandle[]> {
  return Promise.all(
    TENANTS.slice(from).map((of) => tenant.run(of, () => app.start(job, { of }, { id: `${job}-${of}` }))),
  );
}

/** As a caller without types does: the graph of a test knows no node that waits. */
function send(run: RunHandle, ...given: readonly unknown[]): Promise<void> {
  return Reflect.apply(run.send, run, given);
}

describe.each(ENGINES)('$engine engine', ({ open }) => {
  const app = (services: Services, parameters: Parameters): Wired => wired(open(), services, parameters);

  test('PC34: a body that waited for a slot sees the context of its own start', async () => {
    const log = new Log();
    class Bank {
      @Job({ concurrency: 1 })
      async move({ of }: Transfer): Promise<void> {
        log.note('before', of);
        await sleep(bank.clock, 50);
        log.note('after', of);
      }
    }
    const bank = app({ Bank: new Bank() }, { 'Bank.move': [Transfer] });
    await startEach(bank, 'Bank.move');
    await bank.clock.runAll();
    expect(log.foreign).toEqual([]);
    expect(log.lines).toHaveLength(6);
  });

  test('`when`, `bind`, `retry.when`, retries and callbacks run in it, however they became ready', async () => {
    const log = new Log();
    class Till {
      @Job({
        concurrency: 1,
        retry: { attempts: 2, delay: 10, when: (error) => (log.note('retry', error.message), true) },
      })
      pay({ of }: Transfer, context: StepContext): Transfer {
        log.note(`attempt${context.step.attempt}`, of);
        if (context.step.attempt === 1) throw new Error(of);
        return { of };
      }
      @OnSuccess('pay', {
        when: (paid: Transfer) => (log.note('when', paid.of), true),
        bind: ({ returnValue }) => (log.note('bind', returnValue.of), {}),
      })
      book({ of }: Transfer): never {
        log.note('book', of);
        throw new Error('no');
      }
      @OnError('book') sorry({ of }: Transfer): void {
        log.note('sorry', of);
      }
      @OnEnd('pay') end({ of }: Transfer): void {
        log.note('end', of);
      }
      @OnRunEnd('pay') over(context: StepContext): void {
        log.note('over', context.runId.split('-')[1] ?? '');
      }
    }
    const till = app(
      { Till: new Till() },
      {
        'Till.pay': [Transfer, 'context'],
        'Till.book': [Transfer],
        'Till.sorry': [Transfer],
        'Till.end': [Transfer],
        'Till.over': ['context'],
      },
    );
    await startEach(till, 'Till.pay');
    await till.clock.runAll();
    expect(log.foreign).toEqual([]);
    const places = ['attempt1', 'retry', 'attempt2', 'when', 'end', 'bind', 'book', 'sorry', 'over'];
    for (const of of TENANTS) expect(log.places(of).toSorted()).toEqual(places.toSorted());
  });

  test('a message from outside, a resume and a cancel are nobody else’s context', async () => {
    const log = new Log();
    class Desk {
      @Job()
      ask({ of }: Transfer): Transfer {
        log.note('ask', of);
        return { of };
      }
      @OnSuccess('ask')
      @Handler({ waits: true })
      answer(given: Transfer & Sent<Transfer>): Transfer {
        log.note('answer', given.of);
        return { of: given.of };
      }
      @OnSuccess('answer')
      async hold({ of }: Transfer, context: StepContext): Promise<void> {
        log.note('hold', of);
        await new Promise((resolve) => context.signal.addEventListener('abort', resolve));
        log.note('aborted', of);
      }
      @OnCancel('hold') drop({ of }: Transfer): void {
        log.note('drop', of);
      }
    }
    const desk = app(
      { Desk: new Desk() },
      {
        'Desk.ask': [Transfer],
        'Desk.answer': [Transfer],
        'Desk.hold': [Transfer, 'context'],
        'Desk.drop': [Transfer],
      },
    );
    const runs = await startEach(desk, 'Desk.ask');
    await desk.clock.advance(0);
    for (const run of runs) await tenant.run('outsider', () => run.suspend());
    for (const [at, run] of runs.entries())
      await tenant.run('outsider', () => send(run, 'Desk.answer', { of: TENANTS[at] }, { id: 'one' }));
    await desk.clock.advance(0);
    for (const run of runs) await tenant.run('outsider', () => run.resume());
    await desk.clock.advance(0);
    for (const run of runs) await tenant.run('outsider', () => run.cancel());
    await desk.clock.runAll();
    expect(log.foreign).toEqual([]);
    for (const of of TENANTS) expect(log.places(of).toSorted()).toEqual(['aborted', 'answer', 'ask', 'drop', 'hold']);
  });

  test('a run started in a body has the context of that body; entries added from outside have the plan’s', async () => {
    const log = new Log();
    class Shop {
      @Job()
      async order({ of }: Transfer): Promise<void> {
        log.note('order', of);
        await tenant.run('nested', () => shop.start('Shop.pack', { of: 'nested' }));
        log.note('ordered', of);
      }
      @Job({ concurrency: 1 })
      async pack({ of }: Transfer): Promise<void> {
        log.note('pack', of);
        await sleep(shop.clock, 5);
        log.note('packed', of);
      }
    }
    const shop = app({ Shop: new Shop() }, { 'Shop.order': [Transfer], 'Shop.pack': [Transfer] });
    await startEach(shop, 'Shop.order');
    const batch = await tenant.run('batch', () => shop.runtime.start(shop.runtime.swarm()));
    await tenant.run('outsider', () => batch.add('Shop.pack', { of: 'batch' }));
    await tenant.run('outsider', () => batch.close());
    await shop.clock.runAll();
    expect(log.foreign).toEqual([]);
    expect(log.places('batch')).toEqual(['pack', 'packed']);
    expect(log.places('nested')).toHaveLength(6);
  });

  test('validators and children run in it', async () => {
    const log = new Log();
    class Checked {
      @IsString() of!: string;
    }
    registerDecorator({
      name: 'seen',
      target: Checked,
      propertyName: 'of',
      validator: { validate: (of: string) => (log.note('validate', of), true) },
    });
    class Mill {
      @Job({ concurrency: 1 })
      async grind(given: Transfer, context: StepContext): Promise<void> {
        await sleep(mill.clock, 5);
        await context.call(Mill, 'sieve', { of: given.of });
        await context.spawn(Mill, 'bag', { of: given.of });
      }
      @Handler() sieve({ of }: Checked): void {
        log.note('sieve', of);
      }
      @Job() bag({ of }: Checked): void {
        log.note('bag', of);
      }
    }
    const mill = app(
      { Mill: new Mill() },
      { 'Mill.grind': [Transfer, 'context'], 'Mill.sieve': [Checked], 'Mill.bag': [Checked] },
    );
    await startEach(mill, 'Mill.grind');
    await mill.clock.runAll();
    expect(log.foreign).toEqual([]);
    for (const of of TENANTS) expect(log.places(of)).toEqual(expect.arrayContaining(['validate', 'sieve', 'bag']));
  });
});
