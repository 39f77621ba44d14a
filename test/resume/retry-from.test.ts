// A retry from a node runs all of its steps again, and what follows them; one from a number or a key runs one.

import { describe, expect, test } from 'vitest';
import { Handler, Job, Join, OnSuccess, type StepContext } from 'onward';
import { rejectionOf, type Parameters, type Wired } from '../support/wired.ts';
import { appOf, codes, ENGINES, essenceOf, ID, over, World, type Play } from './retrying.ts';

/** An array, what follows each of its items, and what joins them. */
const mail: Play = {
  services: (world) => {
    class Mail {
      @Job() list(): string[] {
        world.act('list');
        return ['a', 'b', 'c'];
      }
      @OnSuccess('list', { each: true }) send(to: string): string {
        world.act(`send ${to}`);
        return to.toUpperCase();
      }
      @OnSuccess('send') log(to: string): void {
        world.act(`log ${to}`);
      }
      @Join({ sent: 'send', all: 'list' }) sum(parts: { sent: string[]; all: string[] }): string {
        world.act('sum');
        return parts.sent.join('');
      }
      @OnSuccess('list') count(): void {
        world.act('count');
      }
    }
    return { Mail: new Mail() };
  },
  begin: ({ start }) => start('Mail.list', undefined, ID),
};

/** It has come through; what a retry calls is listed from now on. */
async function completed(app: Wired, { begin }: Play, world: World): Promise<void> {
  await over(app, await begin(app));
  world.heal();
}

describe.each(ENGINES)('on maps %s', (_, open) => {
  test('all items of an array, what follows each of them, and what joins them', async () => {
    const world = new World();
    const app = appOf(open(), mail, world);
    await completed(app, mail, world);
    const report = await over(app, await app.runtime.retry('a', { from: 'Mail.send' }));
    expect(world.called.toSorted()).toEqual(['log A', 'log B', 'log C', 'send a', 'send b', 'send c', 'sum']);
    expect(report.status).toBe('completed');
    expect(
      codes(report)
        .filter((line) => line.endsWith(' 208'))
        .toSorted(),
    ).toEqual(['Mail.count 208', 'Mail.list 208']);
  });

  test('all of them if some of them failed', async () => {
    const world = new World('send b');
    const app = appOf(open(), mail, world);
    await completed(app, mail, world);
    await over(app, await app.runtime.retry('a', { from: 'Mail.send' }));
    expect(world.called.toSorted()).toEqual(['log A', 'log B', 'log C', 'send a', 'send b', 'send c', 'sum']);
  });

  test('one item by its key and by its number', async () => {
    const world = new World();
    const app = appOf(open(), mail, world);
    await completed(app, mail, world);
    const before = await over(app, await app.runtime.retry('a', { from: 'Mail.count' }));
    for (const name of ['key', 'id'] as const) {
      world.heal();
      const { steps } = before;
      const second = steps.find(({ node, item }) => node === 'Mail.send' && item === 1);
      await over(app, await app.runtime.retry('a', { from: second?.[name] ?? 0 }));
      expect(world.called.toSorted()).toEqual(['log B', 'send b', 'sum']);
    }
    expect(await rejectionOf(app.runtime.retry('a', { from: 'Mail.sned' }))).toMatchObject({ code: 'ONW3049' });
  });

  test('a loop from its first round', async () => {
    const services: Play['services'] = (world) => {
      class Loop {
        @Job()
        @OnSuccess('check', { when: true })
        tick(context: StepContext): number {
          world.act(`tick ${context.step.round}`);
          return context.step.round;
        }
        @OnSuccess('tick') check(round: number): boolean {
          world.act(`check ${round}`);
          return round < 3;
        }
      }
      return { Loop: new Loop() };
    };
    const parameters: Parameters = { 'Loop.tick': ['context'] };
    const play: Play = { services, parameters, begin: ({ start }) => start('Loop.tick', undefined, ID) };
    const world = new World();
    const app = appOf(open(), play, world);
    await completed(app, play, world);
    await over(app, await app.runtime.retry('a', { from: 'Loop.check' }));
    expect(world.called).toEqual(['check 1', 'tick 2', 'check 2', 'tick 3', 'check 3']);
  });

  describe('of what a body has started', () => {
    const services: Play['services'] = (world) => {
      class Shop {
        @Job() async order(context: StepContext): Promise<string> {
          world.act('order');
          await context.spawn(Shop, 'mail');
          const paid = await context.call(Shop, 'charge');
          return `${paid} ${await context.call(Shop, 'pack')}`;
        }
        @Handler() charge(): string {
          world.act('charge');
          return 'paid';
        }
        @Handler() async pack(context: StepContext): Promise<string> {
          world.act('pack');
          return [await context.call(Shop, 'wrap'), await context.call(Shop, 'wrap')].join('');
        }
        @Handler() wrap(): string {
          world.act('wrap');
          return 'w';
        }
        @OnSuccess('wrap') weigh(): void {
          world.act('weigh');
        }
        @Handler() mail(): void {
          world.act('mail');
        }
        @OnSuccess('order') ship(order: string): void {
          world.act(`ship ${order}`);
        }
      }
      return { Shop: new Shop() };
    };
    const parameters: Parameters = { 'Shop.order': ['context'], 'Shop.pack': ['context'] };
    const play: Play = { services, parameters, begin: ({ start }) => start('Shop.order', undefined, ID) };

    test.each([
      [
        'what is called, and the bodies that go on from it',
        'Shop.wrap',
        ['order', 'pack', 'wrap', 'wrap', 'weigh', 'weigh', 'ship paid ww'],
      ],
      ['what a called step calls is there', 'Shop.charge', ['order', 'charge', 'ship paid ww']],
      ['what is spawned alone', 'Shop.mail', ['mail']],
      ['what follows a called step', 'Shop.weigh', ['weigh', 'weigh']],
    ])('%s', async (_case, from, called) => {
      const world = new World();
      const app = appOf(open(), play, world);
      const first = await over(app, await play.begin(app));
      world.heal();
      const report = await over(app, await app.runtime.retry('a', { from }));
      expect(world.called.toSorted()).toEqual(called.toSorted());
      expect(essenceOf(report)).toEqual(essenceOf(first));
    });
  });
});
