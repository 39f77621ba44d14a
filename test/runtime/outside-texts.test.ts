// Ids, names and reasons from outside: what would spoil a store is refused, and every text that has one in it is printable.

import { describe, expect, test } from 'vitest';
import { Handler, Job, type RunHandle, type StepContext } from 'onward';
import { ENGINES, rejectionOf, wired, type Wired } from '../support/wired.ts';

// An escape sequence, a line of its own, a letter that turns the direction, half a character.
const HOSTILE = '\u001b[2J\nonward: fine\u202e\ud800';
// What an id may be made of, and a terminal must not get to see.
const ODD_ID = 'order\u202e\u200b7';
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;

class Shop {
  @Job() order(): void {}
  @Job() hang(): Promise<void> {
    return new Promise(() => undefined);
  }
  @Job({ tags: [HOSTILE] }) tagged(): void {}
  @Job() async same(context: StepContext): Promise<void> {
    await context.spawn(Shop, 'other', 1, { key: ODD_ID });
    await context.spawn(Shop, 'other', 2, { key: ODD_ID });
  }
  @Job() wrong(context: StepContext): void {
    void context.spawn(Shop, HOSTILE as 'other', 1);
  }
  @Job() state(context: StepContext): void {
    context.state.add(HOSTILE, Number.NaN);
  }
  @Handler() other(message: unknown): void {
    void message;
  }
}
const PARAMETERS = { 'Shop.same': ['context'], 'Shop.wrong': ['context'], 'Shop.state': ['context'] } as const;

type Ask = (app: Wired) => unknown;
const begin = async ({ start }: Wired, options: object, job = 'Shop.hang'): Promise<RunHandle> =>
  start(job, undefined, { id: ODD_ID, ...options });
/** Calls a method as JavaScript does. */
const loosely = (target: object, method: string, ...given: readonly unknown[]): Promise<unknown> =>
  Promise.resolve(Reflect.apply(Reflect.get(target, method), target, given));

const REFUSED: [where: string, ask: Ask][] = [
  ['the id of a job', ({ start }) => start(HOSTILE)],
  ['the id of a job to parse', ({ runtime }) => loosely(runtime, 'parse', HOSTILE, {})],
  ['the id of a node to sign', async ({ runtime }) => runtime.sign(HOSTILE)],
  ['the job of an entry', async ({ runtime }) => runtime.sequence([{ job: HOSTILE }])],
  ['the name of an option', (app) => begin(app, { [HOSTILE]: 1 })],
  [
    'the name of an option of a plan',
    async ({ runtime }) => loosely(runtime, 'sequence', [{ job: 'Shop.order', [HOSTILE]: 1 }], { [HOSTILE]: 1 }),
  ],
  [
    'the name of an option of a schedule',
    ({ runtime }) => loosely(runtime, 'schedule', 'Shop.order', '@daily', { [HOSTILE]: 1 }),
  ],
  ['a pattern of a schedule', ({ runtime }) => runtime.schedule('Shop.order', HOSTILE)],
  ['a pattern of nodes', (app) => begin(app, { maxPerRun: { [HOSTILE]: 1 } })],
  ['a value of an option', (app) => begin(app, { history: HOSTILE })],
  ['the id of a run', (app) => begin(app, { id: HOSTILE })],
  ['a node that waits for nothing', async (app) => loosely(await begin(app, {}), 'send', HOSTILE, {})],
  ['the id of a message', async (app) => loosely(await begin(app, {}), 'send', 'Shop.order', {}, { id: HOSTILE })],
  ['the key of a step', async (app) => (await begin(app, {})).cancelStep(HOSTILE)],
  [
    'the id of a run that is not a swarm',
    async (app) => {
      await begin(app, {});
      return (await app.runtime.run(ODD_ID))?.add('Shop.order');
    },
  ],
  [
    'the id of a run with another message',
    async (app) => {
      await begin(app, {});
      return begin(app, {}, 'Shop.order');
    },
  ],
  [
    'the reason of a cancel',
    async (app) => {
      const run = await begin(app, {});
      void run.cancel(HOSTILE);
      await app.clock.runAll();
      return run.value();
    },
  ],
  [
    'a deadline',
    async (app) => {
      const run = await begin(app, { deadline: 1 });
      await app.clock.runAll();
      return run.value();
    },
  ],
  [
    'a run that is over',
    async (app) => {
      const run = await begin(app, {}, 'Shop.order');
      await app.clock.runAll();
      await rejectionOf(run.cancelStep(1)).then(expectPrintable);
      await rejectionOf(run.suspend()).then(expectPrintable);
      return run.cancel(HOSTILE);
    },
  ],
  ...['tagged', 'same', 'wrong', 'state'].map((job): [string, Ask] => [
    `a body: ${job}`,
    async (app) => {
      const run = await begin(app, {}, `Shop.${job}`);
      await app.clock.runAll();
      return run.value();
    },
  ]),
];

function expectPrintable(error: unknown): void {
  expect(error).toBeInstanceOf(Error);
  const text = error instanceof Error ? error.message : '';
  expect(text.split('\n  ').filter((line) => UNPRINTABLE.test(line))).toEqual([]);
}

describe.each(ENGINES)('$engine engine', ({ open }) => {
  test.each(REFUSED)('an error text with something from outside is printable: %s', async (_where, ask) => {
    const app = wired(open(), { Shop: new Shop() }, PARAMETERS);
    expectPrintable(await rejectionOf(Promise.resolve().then(() => ask(app))));
  });

  test.each(['a\u0000b', 'a\nb', '\u001b[31m', 'a\u0085', 'a\ud800', '\udc00b', ''])(
    'ids with control characters or half characters are refused: %j',
    async (id) => {
      const app = wired(open(), { Shop: new Shop() }, PARAMETERS);
      const expected = 'without control characters and half characters, got "';
      const start = await rejectionOf(begin(app, { id }));
      expect(start).toMatchObject({
        code: 'ONW3004',
        message: expect.stringContaining(`the options of start are not valid: expected \`id\``),
      });
      const schedule = app.runtime.schedule('Shop.order', '@daily', { name: id });
      expect(await rejectionOf(schedule)).toMatchObject({
        code: 'ONW3054',
        message: expect.stringContaining(expected),
      });
      const run = await begin(app, {});
      const send = await rejectionOf(loosely(run, 'send', 'Shop.order', {}, { id }));
      expect(send).toMatchObject({
        code: 'ONW3004',
        message: expect.stringContaining('the options of send are not valid: expected `id`'),
      });
      expect(String(send)).toContain(expected);
      void run.cancel();
      await app.clock.runAll();
    },
  );

  test('other ids stay as they are, letters of all languages and pairs of half characters included', async () => {
    const { start, runtime, clock } = wired(open(), { Shop: new Shop() }, PARAMETERS);
    for (const id of ['заказ 7', '注文:7', '🫖', ODD_ID]) {
      expect((await start('Shop.order', undefined, { id })).id).toBe(id);
      expect((await runtime.run(id))?.id).toBe(id);
    }
    await clock.runAll();
  });

  test('what is logged is printable', async () => {
    const texts: string[] = [];
    const log = { error: (text: string) => void texts.push(text), warn: (text: string) => void texts.push(text) };
    const app = wired(open(), { Shop: new Shop() }, PARAMETERS, { log });
    for (const job of ['tagged', 'same', 'wrong', 'state']) {
      await app.start(`Shop.${job}`, undefined, { id: `${ODD_ID}${job}` });
      await app.clock.runAll();
    }
    expect(texts).toHaveLength(4);
    expect(texts.filter((text) => UNPRINTABLE.test(text))).toEqual([]);
  });
});
