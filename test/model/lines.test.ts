// A run along a line keeps what its bodies returned, and is made a whole run once somebody looks or acts. Random bodies, and
// people who look and act at random moments: all that can be seen is the same as of a run that is a whole one from its start.

import { IsInt, ValidateBy } from 'class-validator';
import fc from 'fast-check';
import { expect, onTestFinished, test, vi } from 'vitest';
import {
  Handler,
  Job,
  OnSuccess,
  memoryEngine,
  type Observer,
  type RunEvent,
  type RunHandle,
  type StartOptions,
  type StepContext,
} from 'onward';
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
/** Starts with the same id, which a validator must not do: each start validates. */
const STARTS = ['again', 'another'] as const;
type Act = (typeof ACTS)[number] | (typeof STARTS)[number];
/** What a body asks of its context. */
const ASKS = ['describe', 'signal', 'emit', 'progress', 'exit', 'state', 'spawn', 'call', 'late'] as const;
type Ask = (typeof ASKS)[number];
const ENDS = ['value', 'value', 'value', 'wrong', 'throws', 'promise', 'nothing'] as const;

/** What an observer does, or somebody who reads events. */
const WATCHING = [
  'steps',
  'events',
  'around',
  'exact',
  'calls',
  'runs',
  'awaited',
  'background',
  'wrong',
  'cancels',
  'looks',
  'own',
  'reads',
] as const;
type Watching = (typeof WATCHING)[number];

interface BodyPlan {
  /** -1: it returns no promise. */
  readonly waits: number;
  readonly end: (typeof ENDS)[number];
  /** What somebody does to the run while it is under way. */
  readonly act: Act | null;
  readonly ask: Ask | null;
}

interface LinePlan {
  readonly bodies: readonly BodyPlan[];
  readonly checks: boolean;
  /** What a validator does to the run. */
  readonly checking: Act | null;
  /** An observer of the runtime, there at the start or added right after it. */
  readonly observer: Watching | null;
  readonly isEarly: boolean;
  /** The run has an id of its own. */
  readonly isNamed: boolean;
  /** The bodies are the entries of a sequence, which goes on after a failure or not. */
  readonly sequence: { readonly keepGoing: boolean } | null;
  /** What somebody does to the run so long after the start. */
  readonly outside: readonly { readonly at: number; readonly act: Act }[];
}

const planArbitrary: fc.Arbitrary<LinePlan> = fc.record({
  bodies: fc.array(
    fc.record({
      waits: fc.constantFrom(-1, -1, 0, 0, 1, 5),
      end: fc.constantFrom(...ENDS),
      act: fc.option(fc.constantFrom(...ACTS, ...STARTS), { freq: 3 }),
      ask: fc.option(fc.constantFrom(...ASKS), { freq: 3 }),
    }),
    { minLength: 4, maxLength: 4 },
  ),
  checks: fc.boolean(),
  checking: fc.option(fc.constantFrom(...ACTS), { freq: 3 }),
  observer: fc.option(fc.constantFrom(...WATCHING), { freq: 2 }),
  isEarly: fc.integer({ min: 0, max: 3 }).map((drawn) => drawn > 0),
  isNamed: fc.boolean(),
  sequence: fc.option(fc.record({ keepGoing: fc.boolean() }), { freq: 2 }),
  outside: fc.array(fc.record({ at: fc.constantFrom(0, 1, 3, 8), act: fc.constantFrom(...ACTS, ...STARTS) }), {
    maxLength: 2,
  }),
});

let whileChecking = (): void => undefined;
const Acts = (): PropertyDecorator =>
  ValidateBy({ name: 'acts', validator: { validate: () => (whileChecking(), true) } });

class Parcel {
  @IsInt() @Acts() number!: number;
}

type Started = Omit<RunHandle, 'entry'>;
type Begin = (number: number, options: StartOptions | undefined) => Promise<Started>;
type Body = (at: number, given: unknown, context?: StepContext) => unknown;

class Steps {
  readonly #body: Body;

  constructor(body: Body) {
    this.#body = body;
  }

  @Job() first(given: unknown): unknown {
    return this.#body(0, given);
  }
  @OnSuccess('first') second(given: unknown, context: StepContext): unknown {
    return this.#body(1, given, context);
  }
  @OnSuccess('second') third(context: StepContext): unknown {
    return this.#body(2, undefined, context);
  }
  @OnSuccess('third') fourth(given: unknown): unknown {
    return this.#body(3, given);
  }
  @Handler() child(): number {
    return 5;
  }
}

/** Entries of a sequence: the message says which body is meant. */
class Apart {
  readonly #body: Body;

  constructor(body: Body) {
    this.#body = body;
  }

  @Job() other(given: { readonly number: number }): unknown {
    return this.#body(given.number, given);
  }
  @Job() third(given: { readonly number: number }): unknown {
    return this.#body(given.number, given);
  }
}

/** Comes and goes ahead of the first body: the run is a whole one from there on. */
const PASSING: Observer = { onRunEnd: (): void => undefined };

/** An observer that writes down what it hears. What it was handed, it reads again at the end. */
function watching(what: Watching, log: unknown[], kept: RunEvent[], app: () => Wired): Observer {
  const hear = (event: RunEvent): void => void log.push(['hears', event.type, plain([event])]);
  const slowly = async (event: RunEvent): Promise<void> => {
    hear(event);
    if (event.seq % 3 > 0) await sleep(app().clock, event.seq % 3);
    log.push(['heard', event.type]);
  };
  switch (what) {
    case 'steps':
      return { onStepStart: (event) => void kept.push(event), onStepEnd: (event) => void log.push([event.node]) };
    case 'around':
      return {
        around: (event, body) => {
          hear(event);
          body();
          log.push('around');
        },
      };
    case 'exact':
      return { precise: true, onEvent: (event) => (hear(event), void kept.push(event)) };
    case 'calls':
      return { eventTypes: ['step.attempt'], onEvent: (event) => void kept.push(event) };
    case 'runs':
      return { onRunStart: (event) => void kept.push(event), onRunEnd: hear };
    case 'awaited':
      return { onRunStart: slowly, onStepEnd: slowly, onRunEnd: slowly };
    case 'background':
      return { onEvent: slowly };
    case 'wrong':
      return {
        onEvent: (event) => {
          kept.push(event);
          throw new RangeError(event.type);
        },
      };
    case 'cancels':
      return {
        onStepEnd: async ({ runId, step }) => {
          if (step === 2) await (await app().runtime.run(runId))?.cancel('heard enough');
        },
      };
    case 'looks':
      return {
        onStepStart: async ({ runId }) => void log.push(await (await app().runtime.run(runId))?.inspect()),
        onRunEnd: async ({ runId }) => void log.push(await (await app().runtime.run(runId))?.inspect()),
      };
    default:
      return { onEvent: (event) => (hear(event), void kept.push(event)) };
  }
}

/** All that somebody sees of a run, from its start to after its end. */
async function seen(
  { bodies, checks, checking, observer, isEarly, isNamed, sequence, outside }: LinePlan,
  isWhole: boolean,
): Promise<string> {
  const log: unknown[] = [];
  let run: Started | undefined;
  const isOpen = (): boolean => run !== undefined;
  const act = async (what: Act, app: Wired): Promise<void> => {
    if (run === undefined || (!isNamed && STARTS.some((start) => start === what))) return;
    try {
      log.push([what, await done(run, what, app, begin)]);
    } catch (error) {
      log.push([what, String(error)]);
    }
  };
  const body: Body = (at, given, context) => {
    const { waits, end, act: does, ask } = bodies[at] ?? { waits: 0, end: 'value', act: null, ask: null };
    log.push(['called', at, given, given instanceof Parcel, isOpen()]);
    if (does !== null) void act(does, app);
    const finish = (): unknown => {
      if (context !== undefined && ask !== null) log.push([ask, asked(context, ask, log)]);
      if (end === 'throws') throw new RangeError(`at ${at}`);
      if (end === 'nothing') return undefined;
      if (end === 'promise') return { number: 1, later: Promise.resolve(1) };
      return end === 'wrong' ? { number: 'many' } : { number: at };
    };
    return waits < 0 ? finish() : waiting(app, waits, finish);
  };
  const app = wired(
    memoryEngine(),
    {
      Steps: new Steps(body),
      Apart: new Apart(body),
    },
    {
      'Steps.first': [checks ? Parcel : 'any'],
      'Steps.second': [checks ? Parcel : 'any', 'context'],
      'Steps.third': ['context'],
      'Steps.fourth': [checks ? Parcel : 'any'],
      'Apart.other': [checks ? Parcel : 'any'],
      'Apart.third': [checks ? Parcel : 'any'],
    },
    { log: { warn: (text) => log.push(text), error: (text) => log.push(text) } },
  );
  whileChecking = (): void => {
    if (checking !== null) void act(checking, app);
  };
  let results = async (): Promise<unknown> => null;
  const begin: Begin = async (number, options) => {
    if (sequence === null) return app.start('Steps.first', { number }, options);
    const jobs = ['Apart.other', 'Apart.third', 'Apart.other', 'Apart.other'];
    const entries = jobs.map((job, at) => ({ job, message: { number: at === 3 ? number - 4 : at } }));
    const begun = await app.runtime.start(app.runtime.sequence(entries, sequence), options);
    results = () => begun.results();
    return begun;
  };
  await app.runtime.idle();
  const kept: RunEvent[] = [];
  const ofStart = { isNamed, isAtOnce: sequence === null };
  run = await startWatched(app, begin, { observer, isEarly, isWhole, log, kept, ...ofStart });
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
  for (const what of ['inspect', 'events', 'runs', 'again', 'another'] as const) await act(what, app);
  log.push(await results());
  const asText = (key: string, part: unknown): unknown => {
    if (key === 'stack') return undefined;
    return part instanceof Error ? `${part.name}: ${part.message}` : part;
  };
  return JSON.stringify([...log, plain(kept), await run.report()], asText, 1).replaceAll(run.id, 'ID');
}

interface Watched extends Pick<LinePlan, 'observer' | 'isEarly'> {
  readonly isWhole: boolean;
  readonly isNamed: boolean;
  /** It starts in the turn of the call. */
  readonly isAtOnce: boolean;
  readonly log: unknown[];
  readonly kept: RunEvent[];
}

/** Starts the run with those who watch it; as a whole one, if it is to be one. */
async function startWatched(
  app: Wired,
  begin: Begin,
  { observer, isEarly, isWhole, isNamed, isAtOnce, log, kept }: Watched,
): Promise<Started> {
  const watcher = observer === null || observer === 'reads' ? undefined : watching(observer, log, kept, () => app);
  const isOwn = observer === 'own' && watcher !== undefined;
  const observe = (): void => {
    if (watcher === undefined || isOwn) return;
    app.runtime.observe(watcher, { mode: observer === 'background' ? 'background' : 'awaited' });
  };
  if (isEarly) observe();
  const started = begin(7, { ...(isNamed && { id: 'mine' }), ...(isOwn && { observers: [watcher] }) });
  const goes = isWhole ? app.runtime.observe(PASSING) : undefined;
  if (isAtOnce) goes?.();
  if (!isEarly) observe();
  const run = await started;
  goes?.();
  if (observer === 'reads') void read(run, log);
  return run;
}

function asked(context: StepContext, ask: Ask, log: unknown[]): unknown {
  switch (ask) {
    case 'describe':
      return [context.runId, context.tags, context.step, context.previous];
    case 'signal':
      context.signal.addEventListener('abort', () => log.push(['aborted', String(context.signal.reason)]));
      return context.signal.aborted;
    case 'emit':
      return context.emit('here', 1);
    case 'progress':
      return context.progress(0.5, 'half');
    case 'exit':
      return context.exit('early');
    case 'state':
      return Reflect.set(context.state, 'set', { seen: 1 });
    case 'spawn':
      return void Reflect.apply(context.spawn, undefined, [Steps, 'child']);
    case 'call':
      return void child(context).then((value) => log.push(['called', value]));
    case 'late':
      return void Promise.resolve()
        .then(() => sleepTurns(8))
        .then(() => context.emit('late', 1))
        .catch((error: unknown) => log.push(['late', String(error)]));
  }
}

async function read(run: Started, log: unknown[]): Promise<void> {
  for await (const event of run.events()) log.push(['reads', plain([event])]);
}

async function child(context: StepContext): Promise<unknown> {
  try {
    return await Reflect.apply(context.call, undefined, [Steps, 'child']);
  } catch (error) {
    return String(error);
  }
}

async function sleepTurns(turns: number): Promise<void> {
  for (let turn = 0; turn < turns; turn++) await Promise.resolve();
}

async function waiting(app: Wired, ms: number, finish: () => unknown): Promise<unknown> {
  if (ms > 0) await sleep(app.clock, ms);
  return finish();
}

async function done(run: Started, what: Act, { runtime }: Wired, begin: Begin): Promise<unknown> {
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
    case 'again':
      return (await begin(7, { id: run.id })).inspect();
    case 'another':
      return begin(8, { id: run.id });
  }
}

test('all that can be seen is the same with and without lines', async () => {
  // On a busy machine a turn of the event loop would end early, which changes what comes first.
  const stopped = vi.spyOn(performance, 'now').mockReturnValue(0);
  onTestFinished(() => stopped.mockRestore());
  // What is loaded when it is first used makes the first one wait, and no other.
  await Promise.all([
    import('../../src/runtime/outcomes.ts'),
    import('../../src/runtime/retry.ts'),
    import('../../src/runtime/open-runs.ts'),
    import('../../src/plans/refusal.ts'),
    import('../../src/execute/run-query.ts'),
    import('../../src/values/query-rules.ts'),
  ]);
  const isTheSame = fc.asyncProperty(planArbitrary, async (plan) => {
    expect(await seen(plan, false)).toBe(await seen(plan, true));
  });
  await fc.assert(isTheSame, { numRuns: Math.ceil(RUNS / 2), seed: SEED });
}, 3_600_000);
