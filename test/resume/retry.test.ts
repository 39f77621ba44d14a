// A run that failed begins again: what failed is called again, and what follows; nothing else is.

import { describe, expect, test } from 'vitest';
import {
  Handler,
  Job,
  Join,
  OnEnd,
  OnError,
  OnRunEnd,
  OnRunError,
  OnRunSuccess,
  OnStart,
  OnSuccess,
  type Sent,
  type StepContext,
} from 'onward';
import { IsBoolean, IsInt, IsString } from 'class-validator';
import { sleep } from '../support/sleep.ts';
import { rejectionOf, type Parameters } from '../support/wired.ts';
import { appOf, codes, ENGINES, essenceOf, ID, over, retry, World, type Play } from './retrying.ts';

class Number1 {
  @IsInt() n!: number;
}
class Verdict {
  @IsBoolean() granted!: boolean;
}
class Payment {
  @IsString() by!: string;
}

describe.each(ENGINES)('on maps %s', (faults, open) => {
  test('a chain goes on at the step that failed, with the exact values of those before it', async () => {
    const { report, called } = await retry(
      open,
      {
        services: (world) => {
          class Shop {
            @Job() order(): object {
              world.act('order');
              return { at: new Date(5), tags: new Set(['a']) };
            }
            @OnSuccess('order') pay(): void {
              world.act('pay');
            }
            @OnSuccess('pay') ship(paid: unknown): string {
              world.act('ship');
              return `shipped ${String(paid)}`;
            }
            @OnSuccess('ship') thank(text: string): string {
              world.act('thank');
              return `thanks, ${text}`;
            }
          }
          return { Shop: new Shop() };
        },
        begin: ({ start }) => start('Shop.order', undefined, ID),
      },
      ['ship'],
    );
    expect(called).toEqual(['ship', 'thank']);
    expect(codes(report)).toEqual(['Shop.order 208', 'Shop.pay 208', 'Shop.ship 0', 'Shop.thank 0']);
    expect(report.value).toEqual({ at: new Date(5), tags: new Set(['a']) });
  });

  const jobs: Play['services'] = (world) => {
    class Jobs {
      @Job() a(): object {
        world.act('a');
        return { exact: [1, undefined, new Map([[1, 2n]])] };
      }
      @Job() b(): undefined {
        world.act('b');
        return undefined;
      }
      @Job() c(context: StepContext): string {
        world.act('c');
        return `after ${JSON.stringify(context.previous)}`;
      }
      @OnRunError() sorry(): void {
        world.act('sorry');
      }
      @OnRunSuccess() glad(): void {
        world.act('glad');
      }
    }
    return { Jobs: new Jobs() };
  };
  const parameters: Parameters = { 'Jobs.c': ['context'] };
  const plan = [{ job: 'Jobs.a' }, { job: 'Jobs.b' }, { job: 'Jobs.c' }] as const;

  test('a sequence: a value of undefined is a value like any other', async () => {
    const begin: Play['begin'] = ({ runtime }) => runtime.start(runtime.sequence(plan), ID);
    const { report, called, first } = await retry(open, { services: jobs, parameters, begin }, ['c']);
    expect(called).toEqual(['c', 'glad']);
    expect(first.steps.at(-1)?.node).toBe('Jobs.sorry');
    expect(codes(report)).toEqual(['Jobs.a 208', 'Jobs.b 208', 'Jobs.c 0', 'Jobs.glad 0']);
    expect(report.steps[1]?.returnValue).toBeUndefined();
    expect(report.steps[2]?.returnValue).toBe('after {"ok":true}');
  });

  test('a sequence that goes on after failures: what completed behind them is not run again', async () => {
    const begin: Play['begin'] = ({ runtime }) => runtime.start(runtime.sequence(plan, { keepGoing: true }), ID);
    const world = new World('b');
    const app = appOf(open(), { services: jobs, parameters, begin }, world);
    const run = await begin(app);
    await over(app, run);
    world.heal();
    const report = await over(app, await app.runtime.retry('a'));
    expect(world.called).toEqual(['b', 'glad']);
    expect(codes(report)).toEqual(['Jobs.a 208', 'Jobs.b 0', 'Jobs.c 208', 'Jobs.glad 0']);
  });

  test('a parallel plan', async () => {
    const begin: Play['begin'] = ({ runtime }) => runtime.start(runtime.parallel(plan), ID);
    const { report, called } = await retry(open, { services: jobs, parameters, begin }, ['b', 'c']);
    expect(called.toSorted()).toEqual(['b', 'c', 'glad']);
    expect(codes(report).toSorted()).toEqual(['Jobs.a 208', 'Jobs.b 0', 'Jobs.c 0', 'Jobs.glad 0']);
  });

  test('a chain of signed jobs with callbacks of their own', async () => {
    const services: Play['services'] = (world) => {
      class Jobs {
        @Job() one(n: Number1): Number1 {
          world.act('one');
          return { n: n.n + 1 };
        }
        @Job() two(n: Number1): Number1 {
          world.act('two');
          return { n: n.n * 10 };
        }
        @Handler() note(): void {
          world.act('note');
        }
      }
      return { Jobs: new Jobs() };
    };
    const begin: Play['begin'] = ({ runtime }) =>
      runtime.start(
        runtime.chain([runtime.sign('Jobs.one').onSuccess(runtime.sign('Jobs.note')), 'Jobs.two'], {
          onSuccess: 'Jobs.note',
        }),
        { n: 1 },
        ID,
      );
    const parametersOf: Parameters = { 'Jobs.one': [Number1], 'Jobs.two': [Number1] };
    const { called, report } = await retry(open, { services, parameters: parametersOf, begin }, ['two']);
    expect(called).toEqual(['two', 'note']);
    expect(report.steps.find(({ node }) => node === 'Jobs.two')?.returnValue).toEqual({ n: 20 });
  });

  test('recorded calls, and children that were spawned', async () => {
    const services: Play['services'] = (world) => {
      class Desk {
        @Job() async write(context: StepContext): Promise<number> {
          world.act('write');
          const found = await context.call(Desk, 'find', { n: 1 });
          await context.spawn(Desk, 'file', { n: found });
          await context.call(Desk, 'find', { n: found }).catch(() => undefined);
          world.act('end of write');
          return found;
        }
        @Handler() find({ n }: Number1): number {
          world.act(`find ${n}`);
          return n + 1;
        }
        @OnSuccess('find') shelve(n: number): void {
          world.act(`shelve ${n}`);
        }
        @Handler() file({ n }: Number1): number {
          world.act(`file ${n}`);
          return n;
        }
        @OnSuccess('write') read(): void {
          world.act('read');
        }
      }
      return { Desk: new Desk() };
    };
    const of: Parameters = { 'Desk.write': ['context'], 'Desk.find': [Number1], 'Desk.file': [Number1] };
    const begin: Play['begin'] = ({ start }) => start('Desk.write', undefined, ID);
    const again = async (failing: string): Promise<readonly string[]> =>
      (await retry(open, { services, parameters: of, begin }, [failing])).called;
    expect(await again('end of write')).toEqual(['write', 'end of write', 'read']);
    expect(await again('read')).toEqual(['read']);
    // What is spawned runs beside its parent.
    const [first, ...others] = await again('file 2');
    expect([first, ...others.toSorted()]).toEqual(['write', 'end of write', 'file 2', 'read']);
  });

  test('callbacks: a start callback that has run is not run again, an error callback follows the failure', async () => {
    const services: Play['services'] = (world) => {
      class Lab {
        @Job() test(): string {
          world.act('test');
          return 'done';
        }
        @OnStart('test') open(): void {
          world.act('open');
        }
        @OnError('test') alarm(): void {
          world.act('alarm');
        }
        @OnEnd('test') close(): void {
          world.act('close');
        }
        @OnSuccess('test') publish(): void {
          world.act('publish');
        }
        @OnRunEnd() leave(): void {
          world.act('leave');
        }
      }
      return { Lab: new Lab() };
    };
    const begin: Play['begin'] = ({ start }) => start('Lab.test', undefined, ID);
    const { called, first } = await retry(open, { services, begin }, ['test']);
    expect(codes(first)).toContain('Lab.alarm 0');
    expect(called).toEqual(['test', 'close', 'publish', 'leave']);
    expect((await retry(open, { services, begin }, ['publish'])).called).toEqual(['publish', 'leave']);
  });

  test('what a callback has recovered is finished', async () => {
    const services: Play['services'] = (world) => {
      class Lab {
        @Job() test(): string {
          world.called.push('test');
          throw new Error('always');
        }
        @OnError('test', { recover: true }) rescue(): string {
          world.act('rescue');
          return 'rescued';
        }
        @OnSuccess('test', { when: 'rescued' }) publish(): void {
          world.act('publish');
        }
      }
      return { Lab: new Lab() };
    };
    const begin: Play['begin'] = ({ start }) => start('Lab.test', undefined, ID);
    const { called, report } = await retry(open, { services, begin }, ['publish']);
    expect(called).toEqual(['publish']);
    expect(codes(report)).toEqual(['Lab.test 207', 'Lab.rescue 208', 'Lab.publish 0']);
    expect(report.value).toBe('rescued');
  });

  test('attempts of a finished step are still there', async () => {
    let tries = 0;
    const services: Play['services'] = (world) => {
      class Lab {
        @Job({ retry: { attempts: 3, delay: 5, jitter: 0 } }) test(): string {
          if (++tries < 3) throw new Error(`try ${tries}`);
          return 'done';
        }
        @OnSuccess('test') publish(): void {
          world.act('publish');
        }
      }
      return { Lab: new Lab() };
    };
    const world = new World('publish');
    const play: Play = { services, begin: ({ start }) => start('Lab.test', undefined, ID) };
    const app = appOf(open(), play, world);
    const first = await over(app, await play.begin(app));
    world.heal();
    const report = await over(app, await app.runtime.retry('a'));
    expect(report.steps[0]).toMatchObject({ code: 208, attempts: [{ code: 101 }, { code: 101 }, { code: 208 }] });
    expect(report.steps[0]?.startedAt).toEqual(first.steps[0]?.startedAt);
    expect(report.steps[0]?.endedAt).toEqual(first.steps[0]?.endedAt);
  });

  test('a step that waited has its message, and one that was sent early is still there', async () => {
    const services: Play['services'] = (world) => {
      class Claims {
        @Job() file(): string {
          return 'claim';
        }
        @OnSuccess('file')
        @Handler({ waits: true })
        decide(verdict: Sent<Verdict>): boolean {
          world.act('decide');
          return verdict.granted;
        }
        @OnSuccess('decide')
        @Handler({ waits: true })
        pay(how: Sent<Payment>): string {
          world.act('pay');
          return how.by;
        }
      }
      return { Claims: new Claims() };
    };
    const world = new World('decide');
    const of: Parameters = { 'Claims.decide': [Verdict], 'Claims.pay': [Payment] };
    const play: Play = { services, parameters: of, begin: ({ start }) => start('Claims.file', undefined, ID) };
    const app = appOf(open(), play, world);
    const run = await play.begin(app);
    const send = (...given: unknown[]): Promise<void> => Reflect.apply(run.send, run, given);
    await app.clock.runAll();
    await send('Claims.pay', { by: 'bank' });
    await send('Claims.decide', { granted: true }, { id: 'd' });
    expect((await over(app, run)).status).toBe('failed');
    world.heal();
    const report = await over(app, await app.runtime.retry('a'));
    expect(report.status).toBe('completed');
    expect(world.called).toEqual(['decide', 'pay']);
    expect(report.steps.map(({ returnValue }) => returnValue)).toEqual(['claim', true, 'bank']);
  });

  test('a swarm takes its entries along, also those that were added', async () => {
    const services: Play['services'] = (world) => {
      class Bees {
        @Job() fly(bee: Number1): number {
          world.act(`fly ${bee.n}`);
          return bee.n * 2;
        }
      }
      return { Bees: new Bees() };
    };
    const begin: Play['begin'] = async ({ runtime }) => {
      const swarm = runtime.swarm({ concurrency: 2 });
      swarm.add('Bees.fly', { n: 1 });
      const run = await runtime.start(swarm, ID);
      for (const n of [2, 3, 4]) await run.add('Bees.fly', { n });
      await run.close();
      return run;
    };
    const { called } = await retry(open, { services, parameters: { 'Bees.fly': [Number1] }, begin }, [
      'fly 2',
      'fly 4',
    ]);
    expect(called).toEqual(['fly 2', 'fly 4']);
  });

  test('a cancelled run goes on with what was cancelled', async () => {
    const services: Play['services'] = (world, app) => {
      class Shop {
        @Job() order(): string {
          world.act('order');
          return 'o';
        }
        @OnSuccess('order') async pack(): Promise<void> {
          world.act('pack');
          await sleep(app().clock, 50);
        }
      }
      return { Shop: new Shop() };
    };
    const world = new World();
    const play: Play = { services, begin: ({ start }) => start('Shop.order', undefined, ID) };
    const app = appOf(open(), play, world);
    const run = await play.begin(app);
    await app.clock.advance(10);
    await run.cancel('not now');
    expect((await over(app, run)).status).toBe('cancelled');
    world.heal();
    const again = await app.runtime.retry('a');
    expect((await over(app, again)).status).toBe('completed');
    expect(world.called).toEqual(['pack']);
    expect((await run.report()).status, 'an older handle sees the same run').toBe('completed');
  });

  test('from a step: it and what follows it is run again, though it completed', async () => {
    const services: Play['services'] = (world) => {
      class Shop {
        @Job() order(): string {
          world.act('order');
          return 'o';
        }
        @OnSuccess('order') pay(): string {
          world.act('pay');
          return 'p';
        }
        @OnSuccess('order') stock(): string {
          world.act('stock');
          return 's';
        }
        @Join({ paid: 'pay', shelf: 'stock' }) pack(): void {
          world.act('pack');
        }
        @OnSuccess('stock') count(): void {
          world.act('count');
        }
      }
      return { Shop: new Shop() };
    };
    const world = new World();
    const play: Play = { services, begin: ({ start }) => start('Shop.order', undefined, ID) };
    const app = appOf(open(), play, world);
    const first = await over(app, await play.begin(app));
    world.heal();
    const report = await over(app, await app.runtime.retry('a', { from: 'Shop.pay' }));
    expect(world.called).toEqual(['pay', 'pack']);
    expect(codes(report).toSorted()).toEqual([
      'Shop.count 208',
      'Shop.order 208',
      'Shop.pack 0',
      'Shop.pay 0',
      'Shop.stock 208',
    ]);
    expect(essenceOf(report)).toEqual(essenceOf(first));
    expect(await rejectionOf(app.runtime.retry('a', { from: 'Shop.nothing' }))).toMatchObject({ code: 'ONW3049' });
  });

  test(`what a failed run did beside is done once: its state, and a second retry ${faults}`, async () => {
    const services: Play['services'] = (world) => {
      class Sum {
        @Job() one(context: StepContext): void {
          world.act('one');
          context.state.add('sum', 1);
          context.state.append('list', 'one');
        }
        @OnSuccess('one') two(context: StepContext): void {
          context.state.add('sum', 10);
          world.act('two');
        }
        @OnSuccess('two') three(context: StepContext): void {
          context.state.set('last', context.state.get('sum'));
          world.act('three');
        }
      }
      return { Sum: new Sum() };
    };
    const of: Parameters = { 'Sum.one': ['context'], 'Sum.two': ['context'], 'Sum.three': ['context'] };
    const world = new World('two', 'three');
    const play: Play = { services, parameters: of, begin: ({ start }) => start('Sum.one', undefined, ID) };
    const app = appOf(open(), play, world);
    expect((await over(app, await play.begin(app))).state).toEqual({ sum: 1, list: ['one'] });
    world.failing.delete('two');
    expect((await over(app, await app.runtime.retry('a'))).status).toBe('failed');
    world.heal();
    const report = await over(app, await app.runtime.retry('a'));
    expect(report.state).toEqual({ sum: 11, list: ['one'], last: 11 });
    expect(world.called).toEqual(['three']);
    expect(codes(report)).toEqual(['Sum.one 208', 'Sum.two 208', 'Sum.three 0']);
  });
});
