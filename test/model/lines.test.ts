// A run along a line keeps what its bodies returned, and is made a whole run once somebody looks or acts. Random bodies, and
// people who look and act at random moments: all that can be seen is the same as of a run that somebody watches from its
// start, which is a whole one.

import { IsInt, ValidateBy } from 'class-validator';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Job, OnSuccess, memoryEngine, type Observer, type RunHandle } from 'onward';
import { plain } from '../support/story.ts';
import { sleep } from '../support/sleep.ts';
import { wired, type Wired } from '../support/wired.ts';
import { RUNS, SEED } from './check-plans.ts';

const ACTS = [
  'inspect',
  'cancel',
  'cancelStep',
  'suspend',
  'resume',
  'events',
  'observe',
  'pause',
  'runs',
  'find',
] as const;
type Act = (typeof ACTS)[number];
const ENDS = ['value', 'value', 'value', 'wrong', 'throws', 'promise', 'nothing'] as const;

interface BodyPlan {
  /** -1: it returns no promise. */
  readonly waits: number;
  readonly end: (typeof ENDS)[number];
  /** What somebody does to the run while it is under way. */
  readonly act: Act | null;
}

interface LinePlan {
  readonly bodies: readonly BodyPlan[];
  readonly checks: boolean;
  /** What a validator does to the run. */
  readonly checking: Act | null;
  /** An observer comes ahead of the first body. */
  readonly isObserved: boolean;
  /** What somebody does to the run so long after the start. */
  readonly outside: readonly { readonly at: number; readonly act: Act }[];
}

const planArbitrary: fc.Arbitrary<LinePlan> = fc.record({
  bodies: fc.array(
    fc.record({
      waits: fc.constantFrom(-1, -1, 0, 0, 1, 5),
      end: fc.constantFrom(...ENDS),
      act: fc.option(fc.constantFrom(...ACTS), { freq: 3 }),
    }),
    { minLength: 4, maxLength: 4 },
  ),
  checks: fc.boolean(),
  checking: fc.option(fc.constantFrom(...ACTS), { freq: 3 }),
  isObserved: fc.integer({ min: 0, max: 5 }).map((drawn) => drawn === 0),
  outside: fc.array(fc.record({ at: fc.constantFrom(0, 1, 3, 8), act: fc.constantFrom(...ACTS) }), { maxLength: 2 }),
});

let whileChecking = (): void => undefined;
const Acts = (): PropertyDecorator =>
  ValidateBy({ name: 'acts', validator: { validate: () => (whileChecking(), true) } });

class Parcel {
  @IsInt() @Acts() number!: number;
}

class Steps {
  readonly #body: (at: number, given: unknown) => unknown;

  constructor(body: (at: number, given: unknown) => unknown) {
    this.#body = body;
  }

  @Job() first(given: unknown): unknown {
    return this.#body(0, given);
  }
  @OnSuccess('first') second(given: unknown): unknown {
    return this.#body(1, given);
  }
  @OnSuccess('second') third(): unknown {
    return this.#body(2, undefined);
  }
  @OnSuccess('third') fourth(given: unknown): unknown {
    return this.#body(3, given);
  }
}

const WATCHING: Observer = { onStepEnd: (): void => undefined };

/** All that somebody sees of a run, from its start to after its end. */
async function seen({ bodies, checks, checking, isObserved, outside }: LinePlan, isWatched: boolean): Promise<string> {
  const log: unknown[] = [];
  let run: RunHandle | undefined;
  const isOpen = (): boolean => run !== undefined;
  const act = async (what: Act, app: Wired): Promise<void> => {
    if (run === undefined) return;
    try {
      log.push([what, await done(run, what, app)]);
    } catch (error) {
      log.push([what, String(error)]);
    }
  };
  const app = wired(
    memoryEngine(),
    {
      Steps: new Steps((at, given) => {
        const { waits, end, act: does } = bodies[at] ?? { waits: 0, end: 'value', act: null };
        log.push(['called', at, given, given instanceof Parcel, isOpen()]);
        if (does !== null) void act(does, app);
        const finish = (): unknown => {
          if (end === 'throws') throw new RangeError(`at ${at}`);
          if (end === 'nothing') return undefined;
          if (end === 'promise') return { number: 1, later: Promise.resolve(1) };
          return end === 'wrong' ? { number: 'many' } : { number: at };
        };
        return waits < 0 ? finish() : waiting(app, waits, finish);
      }),
    },
    checks ? { 'Steps.first': [Parcel], 'Steps.second': [Parcel], 'Steps.fourth': [Parcel] } : {},
    { log: { warn: (text) => log.push(text), error: (text) => log.push(text) } },
  );
  whileChecking = (): void => {
    if (checking !== null) void act(checking, app);
  };
  if (isWatched) app.runtime.observe(WATCHING);
  await app.runtime.idle();
  const started = app.start('Steps.first', { number: 7 });
  if (isObserved) app.runtime.observe({ onStepStart: ({ node }) => void log.push(['hears of', node]) });
  run = await started;
  void run.value().then(
    (value) => log.push(['value', value]),
    (error: unknown) => log.push(['error', String(error)]),
  );
  for (const { at, act: does } of outside) app.clock.after(at, () => void act(does, app));
  await app.clock.runAll();
  // Bodies suspend it, too.
  for (const _ of bodies) {
    await app.runtime.resume();
    await run.resume().catch(() => undefined);
    await app.clock.runAll();
  }
  for (const what of ['inspect', 'events', 'runs'] as const) await act(what, app);
  const asText = (key: string, part: unknown): unknown => {
    if (key === 'stack') return undefined;
    return part instanceof Error ? `${part.name}: ${part.message}` : part;
  };
  return JSON.stringify([...log, await run.report()], asText, 1).replaceAll(run.id, 'ID');
}

async function waiting(app: Wired, ms: number, finish: () => unknown): Promise<unknown> {
  if (ms > 0) await sleep(app.clock, ms);
  return finish();
}

async function done(run: RunHandle, what: Act, { runtime }: Wired): Promise<unknown> {
  switch (what) {
    case 'inspect':
      return run.inspect();
    case 'cancel':
      return run.cancel('enough');
    case 'cancelStep':
      return run.cancelStep(2);
    case 'suspend':
      return run.suspend();
    case 'resume':
      return run.resume();
    case 'events': {
      const events = [];
      for await (const event of run.events()) events.push(event);
      return plain(events);
    }
    case 'observe': {
      const heard: string[] = [];
      await run.observe({ onEvent: ({ type, seq }) => void heard.push(`${seq} ${type}`) });
      return heard;
    }
    case 'pause':
      return runtime.pause('*third');
    case 'runs':
      return runtime.runs();
    case 'find':
      return (await runtime.run(run.id))?.inspect();
  }
}

test('all that can be seen is the same with and without lines', async () => {
  const isTheSame = fc.asyncProperty(planArbitrary, async (plan) => {
    expect(await seen(plan, false)).toBe(await seen(plan, true));
  });
  await fc.assert(isTheSame, { numRuns: Math.ceil(RUNS / 2), seed: SEED });
}, 3_600_000);
