// `onward/nest` in real Nest applications: how the runtime gets its services, and what is refused.

import { inspect } from 'node:util';
import { Inject, Injectable, Module, Scope, type DynamicModule, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { CqrsModule } from '@nestjs/cqrs';
import { EventEmitterModule } from '@nestjs/event-emitter';
import { Test, type TestingModuleBuilder } from '@nestjs/testing';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { Job, Schedule, type Observer, type RunEnded, type RuntimeOf } from 'onward';
import { sqliteEngine } from 'onward/engines/sqlite';
import { InjectOnward, OnwardHealthIndicator, OnwardModule, onwardToken, type OnwardModuleOptions } from 'onward/nest';
import { virtualClock } from 'onward/testing';
import { storeFile } from '../support/sqlite.ts';
import { wire } from '../support/wired.ts';
import { graph } from './shop/src/onward.gen.ts';
import {
  Billing,
  BillingModule,
  Gateway,
  Journal,
  JournalModule,
  Mail,
  MailModule,
  Pool,
  PoolModule,
} from './shop/src/shop.ts';

type Onward = RuntimeOf<typeof graph>;
type Settings = Omit<OnwardModuleOptions<typeof graph>, 'graph'>;

const SILENT = { log: () => undefined, warn: () => undefined, error: () => undefined };

const opened: { close(): Promise<void> }[] = [];
afterEach(async () => {
  vi.unstubAllEnvs();
  for (const app of opened.splice(0)) await app.close();
});

/** An application that is set up, and closed after the test. */
async function start(builder: TestingModuleBuilder): Promise<{ onward: Onward; get: <T>(token: Type<T>) => T }> {
  const module = await builder.setLogger(SILENT).compile();
  opened.push(module);
  await module.init();
  return { onward: module.get<Onward>(onwardToken()), get: (token) => module.get(token, { strict: false }) };
}

const shop = (settings: Settings = {}): Type | DynamicModule => OnwardModule.forRoot({ graph, ...settings });
const application = (...more: (Type | DynamicModule)[]): TestingModuleBuilder =>
  Test.createTestingModule({ imports: [shop(), BillingModule, MailModule, ...more] });

async function refusal(builder: TestingModuleBuilder): Promise<string> {
  return start(builder).then(
    () => 'it started',
    (error: unknown) => String(error),
  );
}

describe('services', () => {
  test('are found by name across modules, and one of them may take the runtime that it belongs to', async () => {
    const { onward, get } = await start(application());
    const run = await onward.start('Billing.charge', { id: 'o1', cents: 500 });
    expect(await run.value()).toEqual({ id: 'charge of o1', cents: 500 });
    await onward.idle();
    await (await onward.start('Billing.charge', { id: 'o2', cents: 13 })).report();
    expect(get(Journal).lines).toEqual(['o1 booked: 500 (a job: true)', 'o2 sorry: unlucky']);
  });

  test('that no module provides are named, all at once', async () => {
    const text = await refusal(Test.createTestingModule({ imports: [shop(), JournalModule] }));
    expect(text).toMatchInlineSnapshot(`
      "OnwardError: ONW3003: no instance of Billing, Mail
        Billing: no module provides it; add the class to \`providers\` of one
        Mail: no module provides it; add the class to \`providers\` of one"
    `);
  });

  test('that are there twice are named with their modules; `services` says which one is meant', async () => {
    @Module({ imports: [PoolModule], providers: [Gateway, { provide: 'OTHER', useClass: Billing }] })
    class OtherModule {}
    expect(await refusal(application(OtherModule))).toMatchInlineSnapshot(`
      "OnwardError: ONW3003: no instance of Billing
        Billing: there are 2, in BillingModule and in OtherModule; export it from one module and import that, or say which: services: { Billing: TOKEN }"
    `);
    const chosen = shop({ services: { Billing: 'OTHER' } });
    const { onward } = await start(
      Test.createTestingModule({ imports: [chosen, BillingModule, MailModule, OtherModule] }),
    );
    expect(onward.isJob('Billing.charge')).toBe(true);
  });

  test('may have an alias, and may be controllers', async () => {
    @Module({
      imports: [PoolModule, JournalModule],
      providers: [Gateway, Billing, { provide: 'ALIAS', useExisting: Billing }],
      controllers: [Mail],
    })
    class Both {}
    const { onward } = await start(Test.createTestingModule({ imports: [shop(), Both] }));
    expect(await (await onward.start('Billing.charge', { id: 'a', cents: 1 })).value()).toMatchObject({ cents: 1 });
  });

  test('of a request are refused, also through what they depend on', async () => {
    @Injectable({ scope: Scope.REQUEST })
    class PerRequest extends Gateway {}
    @Module({
      imports: [PoolModule],
      providers: [Billing, { provide: Gateway, useClass: PerRequest, scope: Scope.REQUEST }],
    })
    class Through {}
    @Module({ imports: [JournalModule], providers: [{ provide: Mail, useClass: Mail, scope: Scope.REQUEST }] })
    class Own {}
    expect(await refusal(Test.createTestingModule({ imports: [shop(), Through, Own] }))).toMatchInlineSnapshot(`
      "OnwardError: ONW3003: no instance of Billing, Mail
        Billing: its scope is REQUEST through PerRequest, and runs outlive requests; make it a singleton, and give it what it needs of the request in the message or with nestjs-cls
        Mail: its scope is REQUEST, and runs outlive requests; make it a singleton, and give it what it needs of the request in the message or with nestjs-cls"
    `);
  });

  test('that are transient are refused', async () => {
    @Module({ imports: [JournalModule], providers: [{ provide: Mail, useClass: Mail, scope: Scope.TRANSIENT }] })
    class Each {}
    expect(await refusal(Test.createTestingModule({ imports: [shop(), BillingModule, Each] }))).toMatchInlineSnapshot(`
      "OnwardError: ONW3003: no instance of Mail
        Mail: its scope is TRANSIENT, each place has its own; leave its \`scope\` out"
    `);
  });
});

describe('the runtime', () => {
  test('is refused in a constructor or a factory, with what to do', async () => {
    const early = {
      provide: 'EARLY',
      inject: [onwardToken()],
      useFactory: (onward: Onward): boolean => onward.isJob('Billing.charge'),
    };
    expect(
      await refusal(Test.createTestingModule({ imports: [shop(), BillingModule, MailModule], providers: [early] })),
    ).toMatchInlineSnapshot(
      `"OnwardError: ONW3006: the runtime is used while the application is put together, in a constructor or a factory; keep it, and use it from onModuleInit on"`,
    );
  });

  test('can be used in onModuleInit of any module', async () => {
    const started: string[] = [];
    @Module({})
    class Eager {
      @InjectOnward() private readonly onward!: Onward;
      async onModuleInit(): Promise<void> {
        started.push((await this.onward.start('Billing.charge', { id: 'eager', cents: 1 }, { id: 'eager' })).id);
      }
    }
    await start(application(Eager));
    expect(started).toEqual(['eager']);
  });

  test('has settings out of the container with forRootAsync', async () => {
    const clock = virtualClock();
    @Injectable()
    class Configuration {
      readonly drainMs = 50;
    }
    @Module({ providers: [Configuration], exports: [Configuration] })
    class ConfigurationModule {}
    const onward = OnwardModule.forRootAsync({
      graph,
      imports: [ConfigurationModule],
      inject: [Configuration],
      useFactory: async ({ drainMs }: Configuration) => ({ drainMs, clock }),
    });
    const app = await start(Test.createTestingModule({ imports: [onward, BillingModule, MailModule] }));
    const run = await app.onward.start('Billing.charge', { id: 'later', cents: 1 }, { notBefore: '1h' });
    await clock.advance(3_600_000);
    expect(await run.value()).toMatchObject({ cents: 1 });
  });

  test('of each graph has a name of its own; the same name twice is refused', async () => {
    const second = wire({ Desk: new Desk() });
    const two = OnwardModule.forRoot({ graph: second, name: 'desk' });
    @Module({ providers: [Desk] })
    class DeskModule {
      constructor(@InjectOnward('desk') readonly desk: RuntimeOf<typeof second>) {}
    }
    const app = await start(application(two, DeskModule));
    const { desk } = app.get(DeskModule);
    expect([desk.isJob('Desk.ring'), desk.isJob('Billing.charge')]).toEqual([true, false]);
    expect([app.onward.isJob('Desk.ring'), app.onward.isJob('Billing.charge')]).toEqual([false, true]);
    expect(await refusal(application(shop()))).toMatchInlineSnapshot(
      `"OnwardError: ONW3004: OnwardModule is imported 2 times under the name 'default'; import it once, in the root module, or give each graph a \`name\` of its own"`,
    );
  });

  test('asks for the graph where the module is written', () => {
    // As a circle of imports gives it in CommonJS.
    const missing = undefined as unknown as typeof graph;
    expect(() => OnwardModule.forRoot({ graph: missing })).toThrow(
      'ONW3001: the option `graph` of OnwardModule is not a wiring; import `graph` from the file',
    );
  });

  test('says what is wrong with its options', async () => {
    const wrong = { drainMs: -1, enginee: {}, schedules: 'no', work: 'all' } as unknown as Settings;
    expect(await refusal(Test.createTestingModule({ imports: [shop(wrong)] }))).toMatchInlineSnapshot(
      `"OnwardError: ONW3004: the options of OnwardModule are not valid: expected \`drainMs\` to be milliseconds, a number of at least 0, or Infinity, got -1; there is no option \`enginee\`; did you mean \`engine\`?; expected \`schedules\` to be true or false, got "no"; expected \`work\` to be true or false, or { concurrency, nodes }, got "all""`,
    );
  });

  test('stands where others look at every provider: it has methods, and nothing else', async () => {
    const module = await application(EventEmitterModule.forRoot(), CqrsModule.forRoot()).setLogger(SILENT).compile();
    opened.push(module);
    const standIn: object = module.get(onwardToken());
    expect(await Promise.resolve(standIn)).toBe(standIn);
    expect(Reflect.get(standIn, 'onModuleInit')).toBeUndefined();
    expect(inspect(standIn)).toBe('Runtime { not made yet }');
    await module.init();
    expect(inspect(standIn)).toBe('Runtime { 1 job, 3 nodes }');
  });
});

class Desk {
  rung = 0;
  @Job() @Schedule('0 6 * * *', { timezone: 'UTC' }) ring(): void {
    this.rung++;
  }
}

describe('schedules', () => {
  test('that are annotated are opened when the application starts, unless it says no', async () => {
    const clock = virtualClock();
    const deskGraph = wire({ Desk: new Desk() });
    const build = (schedules?: false): TestingModuleBuilder =>
      Test.createTestingModule({
        imports: [OnwardModule.forRoot({ graph: deskGraph, clock, ...(schedules === false && { schedules }) })],
        providers: [Desk],
      });
    const [{ get }, none] = [await start(build()), await start(build(false))];
    await clock.advance(48 * 3_600_000);
    expect([get(Desk).rung, none.get(Desk).rung]).toEqual([2, 0]);
    for (const app of opened.splice(0)) await app.close();
    expect(clock.waiting).toBe(0);
  });
});

describe('observers', () => {
  test('are providers, with or without options, and what they depend on is injected', async () => {
    @Injectable()
    class Audit implements Observer {
      constructor(@Inject(Journal) private readonly journal: Journal) {}
      onRunEnd({ job, status }: RunEnded): void {
        this.journal.lines.push(`${job} ${status}`);
      }
    }
    const ends: string[] = [];
    const observers = [
      Audit,
      [Audit, { tags: ['x'] }],
      { onRunEnd: ({ runId }: RunEnded) => void ends.push(runId) },
    ] as const;
    const { onward, get } = await start(
      Test.createTestingModule({
        imports: [shop({ observers }), BillingModule, MailModule, JournalModule],
        providers: [Audit],
      }),
    );
    await (await onward.start('Billing.charge', { id: 'o1', cents: 5 }, { id: 'r1', tags: ['x'] })).report();
    expect(get(Journal).lines).toEqual(['o1 booked: 5 (a job: true)', ...Array(2).fill('Billing.charge completed')]);
    expect(ends).toEqual(['r1']);
  });

  test('that no module provides are named', async () => {
    class Lost implements Observer {
      onRunEnd(): void {}
    }
    const imports = [shop({ observers: [Lost] }), BillingModule, MailModule];
    expect(await refusal(Test.createTestingModule({ imports }))).toContain('ONW3003: the observer Lost is not there');
  });
});

test('what nobody would hear goes to the Logger of Nest, once', async () => {
  const lines: unknown[][] = [];
  const logger = {
    log: () => undefined,
    warn: () => undefined,
    error: (...given: unknown[]) => void lines.push(given),
  };
  const module = await application().setLogger(logger).compile();
  opened.push(module);
  await module.init();
  const onward = module.get<Onward>(onwardToken());
  await onward.start('Billing.charge', { id: 'o1', cents: 13 }, { id: 'r1' });
  await vi.waitFor(() => expect(lines).toHaveLength(1));
  expect(lines).toMatchInlineSnapshot(`
    [
      [
        "run r1 of Billing.charge failed at Billing.charge (step 1, code 101): CardDeclined: unlucky; await its value() or report(), or choose with the option \`log\` where this goes",
        {
          "code": 101,
          "error": "CardDeclined: unlucky",
          "job": "Billing.charge",
          "node": "Billing.charge",
          "runId": "r1",
          "step": 1,
        },
        "Onward",
      ],
    ]
  `);
});

test('nothing that listens to SIGTERM is said once, outside of tests', async () => {
  vi.stubEnv('NODE_ENV', 'production');
  const warnings: unknown[] = [];
  const logger = { log: () => undefined, error: () => undefined, warn: (text: unknown) => void warnings.push(text) };
  const module = await application().setLogger(logger).compile();
  opened.push(module);
  await module.init();
  await new Promise((looked) => setImmediate(looked));
  expect(warnings).toMatchInlineSnapshot(`
    [
      "nothing listens to SIGTERM, so the process ends in the middle of its runs; call app.enableShutdownHooks() as soon as the application is made",
    ]
  `);
});

test('an application context that enables its hooks when it has started is not warned', async () => {
  vi.stubEnv('NODE_ENV', 'production');
  const warn = vi.fn<(text: unknown) => void>();
  const context = await NestFactory.createApplicationContext(
    { module: class Root {}, imports: [shop(), BillingModule, MailModule] },
    { logger: { ...SILENT, warn } },
  );
  opened.push(context);
  context.enableShutdownHooks();
  await new Promise((looked) => setImmediate(looked));
  expect(warn).not.toHaveBeenCalled();
});

describe('what an earlier process has left', () => {
  const never = (): Promise<string> => new Promise(() => undefined);
  const atOnce = async (): Promise<string> => 'charged';

  const durable = (file: string, charge: () => Promise<string>, settings: Settings = {}): TestingModuleBuilder =>
    Test.createTestingModule({
      imports: [
        shop({ engine: sqliteEngine({ file }), drainMs: 0, cancelGraceMs: 0, ...settings }),
        BillingModule,
        MailModule,
      ],
    })
      .overrideProvider(Gateway)
      .useValue({ charge });

  /** A file with an open run, whose body was under way. */
  async function leave(): Promise<string> {
    const file = storeFile();
    const { onward } = await start(durable(file, never));
    await onward.start('Billing.charge', { id: 'o1', cents: 1 }, { id: 'left' });
    await opened.pop()?.close();
    return file;
  }

  test('in a file goes on when the application starts, and signals stay those of Nest', async () => {
    const file = await leave();
    const listening = process.listenerCount('SIGTERM');
    const { onward } = await start(durable(file, atOnce));
    expect(process.listenerCount('SIGTERM')).toBe(listening);
    const run = await onward.run('left');
    expect(await run?.report()).toMatchObject({ status: 'completed' });
  });

  test('stays where it is with `work: false`, until something is started', async () => {
    const charge = vi.fn<typeof atOnce>(atOnce);
    const { onward } = await start(durable(await leave(), charge, { work: false }));
    await onward.run('left');
    expect(charge).not.toHaveBeenCalled();
    await onward.start('Billing.charge', { id: 'o2', cents: 1 });
    await onward.idle();
    expect(charge).toHaveBeenCalledTimes(2);
  });

  test('goes on within the limits of `work`, which the engine has to know', async () => {
    const charge = vi.fn<typeof atOnce>(atOnce);
    const { onward } = await start(durable(await leave(), charge, { work: { nodes: 'Mail.*' } }));
    await onward.run('left');
    expect(charge).not.toHaveBeenCalled();
    const text = await refusal(
      Test.createTestingModule({ imports: [shop({ work: { concurrency: 2 } }), BillingModule, MailModule] }),
    );
    expect(text).toMatchInlineSnapshot(
      `"OnwardError: ONW3004: the memory engine takes no options of work: limit a node by its \`concurrency\`, and stop nodes with runtime.pause"`,
    );
  });

  test('ends the start of an application whose file cannot be opened', async () => {
    const file = await leave();
    await start(durable(file, never));
    expect(await refusal(durable(file, never))).toContain('ONW4003');
  });
});

describe('in tests', () => {
  test('a dependency is overridden, and the graph uses it', async () => {
    const fake = { charge: async () => 'fake' };
    const { onward } = await start(application().overrideProvider(Gateway).useValue(fake));
    expect(await (await onward.start('Billing.charge', { id: 'x', cents: 1 })).value()).toEqual({
      id: 'fake',
      cents: 1,
    });
  });

  test('a whole service is overridden by a value, and its annotations hold', async () => {
    const fake = { charge: async () => ({ id: 'fake', cents: 7 }) };
    const { onward, get } = await start(application().overrideProvider(Billing).useValue(fake));
    expect(await (await onward.start('Billing.charge', { id: 'x', cents: 1 })).value()).toEqual({
      id: 'fake',
      cents: 7,
    });
    await onward.idle();
    expect(get(Journal).lines).toEqual(['x booked: 7 (a job: true)']);
  });

  test('a value without the methods is refused, with the one that it lacks', async () => {
    expect(await refusal(application().overrideProvider(Billing).useValue({}))).toMatchInlineSnapshot(`
      "OnwardError: ONW3003: no instance of Billing
        what \`resolve\` returns for Billing is a fake without the method charge; give it one"
    `);
  });

  test('a whole service is overridden by a subclass', async () => {
    class FakeBilling extends Billing {
      override async charge(): Promise<{ id: string; cents: number }> {
        return { id: 'sub', cents: 7 };
      }
    }
    const { onward } = await start(application().overrideProvider(Billing).useClass(FakeBilling));
    expect(await (await onward.start('Billing.charge', { id: 'x', cents: 1 })).value()).toMatchObject({ id: 'sub' });
  });

  test('`fakes: true` takes values under any token', async () => {
    const imports = [shop({ fakes: true, services: { Billing: 'BILLING' } }), MailModule];
    const fake = { provide: 'BILLING', useValue: { charge: async () => ({ id: 'fake', cents: 7 }) } };
    const build = (module: Type | DynamicModule): TestingModuleBuilder =>
      Test.createTestingModule({ imports: [module, MailModule], providers: [fake] });
    const { onward } = await start(Test.createTestingModule({ imports, providers: [fake] }));
    expect(await (await onward.start('Billing.charge', { id: 'x', cents: 1 })).value()).toMatchObject({ id: 'fake' });
    expect(await refusal(build(shop({ services: { Billing: 'BILLING' } })))).toMatchInlineSnapshot(`
      "OnwardError: ONW3003: no instance of Billing
        what \`resolve\` returns for Billing is a plain object; give an instance of the class Billing, or \`fakes: true\` to take it for one in a test"
    `);
  });
});

describe('when the application closes', () => {
  test('runs under way end before pools are closed, and new starts are refused', async () => {
    const module = await application(PoolModule).setLogger(SILENT).compile();
    await module.init();
    const onward = module.get<Onward>(onwardToken());
    const [journal, gateway] = [module.get(Journal, { strict: false }), module.get(Gateway, { strict: false })];
    const run = await onward.start('Billing.charge', { id: 'slow', cents: 1 });
    const ended = run.report().then(({ status }) => void journal.lines.push(`run ${status}`));
    const closing = module.close();
    const health = module.get(OnwardHealthIndicator, { strict: false });
    await vi.waitFor(() => expect(health.isHealthy()).toMatchObject({ onward: { status: 'down', openRuns: 1 } }));
    await expect(onward.start('Billing.charge', { id: 'late', cents: 1 })).rejects.toMatchObject({ code: 'ONW3040' });
    gateway.answer();
    await Promise.all([closing, ended]);
    expect(journal.lines).toEqual(['slow booked: 1 (a job: true)', 'run completed', 'pool closed']);
    expect(module.get(Pool, { strict: false }).isOpen).toBe(false);
  });

  test.each([
    ['first', (onward: Type | DynamicModule) => [onward, PoolModule, BillingModule, MailModule]],
    ['last', (onward: Type | DynamicModule) => [MailModule, BillingModule, PoolModule, onward]],
  ])('it is so if OnwardModule is imported %s', async (_, order) => {
    const module = await Test.createTestingModule({ imports: order(shop()) })
      .setLogger(SILENT)
      .compile();
    await module.init();
    const [journal, gateway] = [module.get(Journal, { strict: false }), module.get(Gateway, { strict: false })];
    const onward = module.get<Onward>(onwardToken());
    const run = await onward.start('Billing.charge', { id: 'slow', cents: 1 });
    const [, report] = await Promise.all([
      module.close(),
      run.report(),
      vi.waitFor(() => expect(gateway.answer()).toBeUndefined()),
    ]);
    expect(report.status).toBe('completed');
    expect(journal.lines.at(-1)).toBe('pool closed');
  });

  test('what is not over after `drainMs` is cancelled', async () => {
    const module = await Test.createTestingModule({
      imports: [shop({ drainMs: 0, cancelGraceMs: 0 }), BillingModule, MailModule],
    })
      .setLogger(SILENT)
      .compile();
    await module.init();
    const run = await module.get<Onward>(onwardToken()).start('Billing.charge', { id: 'slow', cents: 1 });
    await module.close();
    expect((await run.report()).status).toBe('cancelled');
  });
});
