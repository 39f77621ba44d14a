// Signatures, chains, swarms and other plans that are saved by name: another process builds them again from its own graph.

import { IsInt, IsString, Max } from 'class-validator';
import { describe, expect, test } from 'vitest';
import { Handler, Job, memoryEngine, type Engine, type SavedPlan, type Sent, type StepContext } from 'onward';
import { sqliteEngine } from 'onward/engines/sqlite';
import { journaledEngine } from 'onward/testing';
import { bundled, killedAt, outputOf, started } from '../support/child.ts';
import { DRIVERS, storeFile } from '../support/sqlite.ts';
import { rejectionOf, stepsOf, wired, type AnyNodes, type Wired } from '../support/wired.ts';

const HOUR_MS = 3_600_000;

class Order {
  @IsString() id!: string;
  @IsInt() cents!: number;
}
class SmallOrder {
  @IsString() id!: string;
  @IsInt() @Max(10) cents!: number;
}
class Letter {
  @IsString() style!: string;
}

class Shop {
  @Job() charge({ id, cents }: Order): Order {
    if (cents < 0) throw new Error('declined');
    return { id, cents };
  }
  @Job() ship({ id }: Order): string {
    return `parcel ${id}`;
  }
  @Job() count(context: StepContext): string {
    return JSON.stringify(context.previous);
  }
  @Handler() write({ style }: Letter): string {
    return `${style} letter`;
  }
  @Handler() tell(): void {}
  @Handler({ waits: true }) confirm(_letter: Sent<Letter>): void {}
}

const PARAMETERS = {
  'Shop.charge': [Order],
  'Shop.ship': [Order],
  'Shop.count': ['context'],
  'Shop.write': [Letter],
  'Shop.confirm': [Letter],
} as const;
const shop = (engine: Engine, classes = { SmallOrder }): Wired =>
  wired(engine, { Shop: new Shop() }, PARAMETERS, { classes });

type Saved = SavedPlan<AnyNodes>;

/** What is kept between two lives of a process. */
const PLACES: [string, () => () => Engine][] = [
  [
    'on maps, with faults',
    () => {
      const engine = journaledEngine({ seed: 5, lose: 0.2, reorder: true, slow: 0.5 });
      return () => engine;
    },
  ],
  ...DRIVERS.map((driver): [string, () => () => Engine] => [
    `on SQLite (${driver})`,
    () => {
      const file = storeFile();
      return () => sqliteEngine({ file, driver, keepFor: '1h' });
    },
  ]),
];

async function leave({ runtime, clock }: Wired): Promise<void> {
  const closing = runtime.close({ drainMs: 1 });
  await clock.advance(1);
  await closing;
}

describe.each(PLACES)('%s', (place, opened) => {
  /** Saves something in one life, and starts it in the next. */
  async function again(
    save: (app: Wired) => Promise<unknown>,
    start: (app: Wired, saved: Saved) => Promise<{ readonly id: string }>,
  ): Promise<string[]> {
    const open = opened();
    const first = shop(open());
    await save(first);
    if (place !== 'on maps, with faults') await leave(first);
    const app = shop(open());
    const saved = await app.runtime.signature('key');
    if (saved === undefined) throw new Error('it is gone');
    const { id } = await start(app, saved);
    await app.clock.runAll();
    const report = await (await app.runtime.run(id))?.report();
    await leave(app);
    return [report?.status ?? '', ...(report === undefined ? [] : stepsOf(report))];
  }

  test('M12: a signature: what is bound, its callbacks with theirs, and the class that checks it first', async () => {
    const save = ({ runtime }: Wired): Promise<void> =>
      runtime
        .sign('Shop.charge', { cents: 5 })
        .validateWith(SmallOrder)
        .onSuccess('Shop.tell')
        .onSuccess(runtime.sign('Shop.write', { style: 'formal' }).onSuccess('Shop.tell'))
        .onError('Shop.tell')
        .save('key');
    expect(await again(save, ({ runtime }, saved) => runtime.start(saved, { id: 'a' }))).toEqual([
      'completed',
      'Shop.charge completed 0',
      'Shop.tell completed 0',
      'Shop.write completed 0',
      'Shop.tell completed 0',
    ]);
    const refused = again(save, async ({ runtime }, saved) => {
      const error = await rejectionOf(runtime.start(saved, { id: 'a' }, { override: { cents: 11 } }));
      expect(error).toMatchObject({ code: 'ONW2003', issues: [{ path: 'cents' }] });
      return runtime.start(saved, { id: 'a' });
    });
    expect((await refused)[0]).toBe('completed');
  });

  test('M12: a chain with its callbacks', async () => {
    const save = ({ runtime }: Wired): Promise<void> =>
      runtime.chain([runtime.sign('Shop.charge', { cents: 5 }), 'Shop.ship'], { onFailure: 'Shop.tell' }).save('key');
    const start = ({ runtime }: Wired, saved: Saved): Promise<{ readonly id: string }> =>
      runtime.start(saved, { id: 'a' }, { override: { cents: -1 } });
    expect(await again(save, start)).toEqual([
      'failed',
      'Shop.charge failed 101',
      'Shop.ship skipped 100',
      'Shop.tell completed 0',
    ]);
  });

  test('a sequence and a parallel plan: messages, groups, conditions, and what always runs', async () => {
    for (const kind of ['sequence', 'parallel'] as const) {
      const save = ({ runtime }: Wired): Promise<void> =>
        runtime[kind](
          [
            { job: 'Shop.charge', message: { id: 'a', cents: -1 }, group: 'g' },
            { job: 'Shop.ship', message: { id: 'b', cents: 1 }, group: 'g' },
            { job: 'Shop.count', if: [true, false], group: 'g', always: true },
            { job: 'Shop.count', group: 'g', always: true },
          ],
          { onFailure: 'Shop.tell' },
        ).save('key');
      expect(await again(save, ({ runtime }, saved) => runtime.start(saved, { id: kind }))).toEqual([
        'failed',
        'Shop.charge failed 101',
        'Shop.ship skipped 100',
        'Shop.count skipped 110',
        'Shop.count completed 0',
        'Shop.tell completed 0',
      ]);
    }
  });

  test('M12: a swarm, also one that is open: its run is found by its id and takes more', async () => {
    const save = async ({ runtime }: Wired): Promise<void> => {
      const swarm = runtime.swarm({ concurrency: 2, maxSteps: 2, onSuccess: 'Shop.tell' });
      const saving = swarm.add('Shop.ship', { id: 'first', cents: 1 }).save('key');
      // What is added later is not in what was saved.
      swarm.add('Shop.ship', { id: 'never', cents: 1 });
      await saving;
    };
    const start = async ({ runtime, clock }: Wired, saved: Saved): Promise<{ readonly id: string }> => {
      await runtime.start(saved, { id: 'bees' });
      await clock.advance(1);
      const found = await runtime.run('bees');
      await found?.add('Shop.ship', { id: 'second', cents: 1 });
      expect(await rejectionOf(found?.add('Shop.ship', { id: 'third', cents: 1 }) ?? Promise.resolve())).toMatchObject({
        code: 'ONW3053',
      });
      await found?.close();
      return { id: 'bees' };
    };
    expect(await again(save, start)).toEqual([
      'completed',
      'Shop.ship completed 0',
      'Shop.ship completed 0',
      'Shop.tell completed 0',
    ]);
    const closed = again(
      ({ runtime }) => runtime.swarm().add('Shop.ship', { id: 'only', cents: 1 }).close().save('key'),
      ({ runtime }, saved) => runtime.start(saved, { id: 'closed' }),
    );
    expect(await closed).toEqual(['completed', 'Shop.ship completed 0']);
  });

  test('a key has what was saved last, until it is removed', async () => {
    const app = shop(opened()());
    expect(await app.runtime.signature('key')).toBeUndefined();
    await app.runtime.sign('Shop.charge', { cents: 1 }).save('key');
    await app.runtime.sign('Shop.ship', { id: 'x' }).save('key');
    await app.runtime.sign('Shop.ship').save('other');
    expect(await app.runtime.signature('key')).toMatchObject({ node: 'Shop.ship', bound: { id: 'x' } });
    expect(await app.runtime.signatures()).toEqual(['key', 'other']);
    await app.runtime.removeSignature('key');
    expect(await app.runtime.signatures()).toEqual(['other']);
    expect(await app.runtime.signature('key')).toBeUndefined();
    expect(await app.runtime.signature('other')).toMatchObject({ node: 'Shop.ship' });
    await leave(app);
  });
});

test.each(DRIVERS)(
  'M12: finished runs go when their time has passed; open ones and what is saved stay (%s)',
  async (driver) => {
    const app = shop(sqliteEngine({ file: storeFile(), driver, keepFor: '1h' }));
    await app.runtime.sign('Shop.ship').save('key');
    await app.report('Shop.ship', { id: 'x', cents: 1 }, { id: 'over' });
    await app.runtime.start(app.runtime.swarm(), { id: 'open' });
    await app.clock.advance(2 * HOUR_MS);
    await app.report('Shop.ship', { id: 'y', cents: 1 }, { id: 'later' });
    await app.clock.advance(HOUR_MS);
    expect(await app.runtime.run('over')).toBeUndefined();
    expect((await (await app.runtime.run('open'))?.inspect())?.status).toBe('running');
    expect(await app.runtime.signature('key')).toMatchObject({ node: 'Shop.ship' });
    await leave(app);
  },
);

test.each(DRIVERS)(
  'M12: a process is killed: the next one has what it saved, and its open swarm takes more (%s)',
  { timeout: 300_000 },
  async (driver) => {
    const program = await bundled('saver');
    const given = { file: storeFile(), driver };
    await killedAt('saved', program, { ...given, life: 1 });
    const output = await outputOf(started(program, { ...given, life: 2 }));
    expect(output.trim().split('\n')).toEqual([
      'charge a 5',
      'thank',
      'charge b 7',
      'parcel b',
      "[ 'parcel first', 'parcel second' ]",
    ]);
  },
);

test('in memory it is there as long as the runtime is', async () => {
  const app = shop(memoryEngine());
  await app.runtime.sign('Shop.charge', { cents: 5 }).save('key');
  const saved = await app.runtime.signature('key');
  expect(saved).toMatchObject({ node: 'Shop.charge', bound: { cents: 5 } });
  expect(await shop(memoryEngine()).runtime.signature('key')).toBeUndefined();
});

describe('what cannot be', () => {
  test('a key', async () => {
    const { runtime } = shop(memoryEngine());
    const signature = runtime.sign('Shop.tell');
    for (const key of ['', 'a\u0000b', 'x'.repeat(2_000), 5, undefined, null]) {
      for (const refused of [
        Reflect.apply(runtime.signature, runtime, [key]),
        Reflect.apply(runtime.removeSignature, runtime, [key]),
        Reflect.apply(signature.save, signature, [key]),
      ])
        expect(await rejectionOf(refused), String(key)).toMatchObject({ code: 'ONW3004' });
    }
    expect(await runtime.signatures()).toEqual([]);
    expect(String(await rejectionOf(runtime.sign('Shop.tell').save('')))).toMatchInlineSnapshot(
      `"OnwardError: ONW3004: nothing is saved under this key: expected the key to be a string of 1 to 512 characters, without control characters and half characters, got """`,
    );
  });

  test('saved: predicates, and classes that have no name', async () => {
    const { runtime } = shop(memoryEngine(), {} as never);
    const plan = runtime.sequence([{ job: 'Shop.count', if: () => true }]);
    expect(String(await rejectionOf(plan.save('key')))).toMatchInlineSnapshot(
      `"OnwardError: ONW3045: the sequence cannot be saved: \`entries[0].if[0]\` cannot be kept in a record: it is a function; bind values, and decide conditions ahead of the start or in the job"`,
    );
    const checked = runtime.sign('Shop.charge').validateWith(SmallOrder);
    expect(String(await rejectionOf(checked.save('key')))).toMatchInlineSnapshot(
      `"OnwardError: ONW3045: the signature of Shop.charge cannot be saved: the class SmallOrder of \`validateWith\` has no name in the graph; name it in the option \`classes\` of createRuntime"`,
    );
  });

  test('extended, once it was saved', async () => {
    const { runtime } = shop(memoryEngine());
    const signature = runtime.sign('Shop.charge');
    const saving = signature.save('key');
    expect(() => signature.bind({ cents: 1 })).toThrowErrorMatchingInlineSnapshot(
      `[OnwardError: ONW3052: the signature of Shop.charge was started, saved, or put into a plan, and can no longer be bound to anything; sign the node again]`,
    );
    await saving;
    const loaded = await runtime.signature('key');
    expect(Reflect.apply(Reflect.get(Object(loaded), 'bind'), loaded, [{ cents: 1 }])).toBe(loaded);
  });

  test('what is larger than the engine keeps in one value', async () => {
    const engine = sqliteEngine({ file: storeFile(), maxPayloadBytes: 200 });
    const { runtime } = shop(engine);
    const long = runtime.sign('Shop.charge', { id: 'x'.repeat(300) });
    expect(await rejectionOf(long.save('key'))).toMatchObject({ code: 'ONW2021' });
    expect(await runtime.signature('key')).toBeUndefined();
    await runtime.close();
  });

  test('built again: what cannot be read', async () => {
    const engine = journaledEngine();
    const { runtime } = shop(engine);
    await runtime.sign('Shop.charge').save('key');
    await engine.saved?.set('key', '{');
    expect(String(await rejectionOf(runtime.signature('key')))).toMatch(
      /^OnwardError: ONW4005: what is saved as "key" cannot be read \(.+\); save it again, or remove it$/,
    );
  });

  test('built again: a node or a class that is gone', async () => {
    const engine = journaledEngine();
    const { runtime } = shop(engine);
    await runtime.sign('Shop.charge').onSuccess('Shop.tell').save('tell');
    await runtime.sign('Shop.charge').validateWith(SmallOrder).save('checked');
    class Smaller {
      @Job() charge(order: Order): Order {
        return order;
      }
    }
    const next = wired(engine, { Shop: new Smaller() }, { 'Shop.charge': [Order] });
    expect(String(await rejectionOf(next.runtime.signature('tell')))).toMatchInlineSnapshot(
      `"OnwardError: ONW3005: what is saved as "tell" does not fit the graph any more: there is no node "Shop.tell"; the nodes are Shop.charge; save it again, or remove it"`,
    );
    expect(String(await rejectionOf(next.runtime.signature('checked')))).toMatchInlineSnapshot(
      `"OnwardError: ONW3045: what is saved as "checked" does not fit the graph any more: its \`validateWith\` names the class "SmallOrder", which is not known here; add it to the option \`classes\` of createRuntime"`,
    );
  });

  test('asked for after the close', async () => {
    const { runtime } = shop(memoryEngine());
    const signature = runtime.sign('Shop.charge');
    await runtime.close();
    expect(await rejectionOf(runtime.signature('key'))).toMatchObject({ code: 'ONW3040' });
    expect(await rejectionOf(signature.save('key'))).toMatchObject({ code: 'ONW3040' });
  });
});
