// Crashes in the middle of plans: after each of the first events of a run the journaled engine forgets all but its
// records, and goes on; or its deliveries come twice, in any order, or get lost. The run ends as if nothing had happened.

import { IsInt } from 'class-validator';
import { describe, expect, test } from 'vitest';
import {
  Handler,
  Job,
  Join,
  memoryEngine,
  OnEnd,
  OnError,
  OnRunEnd,
  OnStart,
  OnSuccess,
  ReturnValue,
  type Engine,
  type EntryResult,
  type RunReport,
  type Sent,
  type StepContext,
} from 'onward';
import { definition } from 'onward/definitions';
import { journaledEngine } from 'onward/testing';
import { sleep } from '../support/sleep.ts';
import { wired, type Wired } from '../support/wired.ts';

class Size {
  @IsInt() n!: number;
}
class Marked {
  @ReturnValue() from!: number;
  @IsInt() n!: number;
}

function works(engine: Engine): Wired {
  const wait = (ms: number): Promise<void> => sleep(made.clock, ms);
  class Works {
    @Job({ expose: true }) async cast({ n }: Size, context: StepContext<{ total: number }>): Promise<number> {
      await wait(n);
      context.state.add('total', n);
      if (n === 13) throw new Error('cracked');
      return n;
    }
    @OnStart('cast') heat(): Promise<void> {
      return wait(1);
    }
    @OnSuccess('cast') async cool(n: number): Promise<number> {
      await wait(3);
      return n;
    }
    @OnEnd('cast') sweep(): void {}
    @Job({ retry: { attempts: 2, delay: 5, jitter: 0 } }) async file(
      message: Marked,
      context: StepContext,
    ): Promise<number> {
      await wait(2);
      if (context.step.attempt === 1) throw new Error('slipped');
      return message.from + message.n;
    }
    @Job({ expose: true }) async look(context: StepContext): Promise<unknown> {
      await wait(1);
      return context.previous ?? 'first';
    }
    @Job() leave(context: StepContext): void {
      context.exit('left');
    }
    @Job() async ask(): Promise<string> {
      await wait(1);
      return 'asked';
    }
    @OnSuccess('ask')
    @Handler({ waits: true })
    answer(message: Sent<Size>): number {
      return message.n;
    }
    @Join({ cooled: 'cool', filed: 'file' }) both(parts: { cooled: number; filed: number }): number {
      return parts.cooled + parts.filed;
    }
    @Handler() async note(value: unknown): Promise<unknown> {
      await wait(2);
      return value;
    }
    @OnError('note') never(): void {}
    @Handler() async told(report: RunReport): Promise<string> {
      await wait(1);
      return report.status;
    }
    @OnRunEnd() close(): Promise<void> {
      return wait(1);
    }
  }
  const parameters = {
    'Works.cast': [Size, 'context'],
    'Works.file': [Marked, 'context'],
    'Works.look': ['context'],
    'Works.leave': ['context'],
    'Works.answer': [Size],
    'Works.told': ['any'],
  } as const;
  const made = wired(engine, { Works: new Works() }, parameters);
  return made;
}

/** What is played, with the things done to the run at certain times. */
interface Play {
  plan(runtime: Wired['runtime']): object;
  readonly message?: object;
  readonly at?: Readonly<Record<number, (run: AnyRun) => Promise<void>>>;
}
type AnyRun = NonNullable<Awaited<ReturnType<Wired['runtime']['run']>>>;

/** As callers without types do. */
function send(run: AnyRun, ...given: readonly unknown[]): Promise<void> {
  return Reflect.apply(run.send, run, given);
}

const cast = (n: number): { job: string; message: object } => ({ job: 'Works.cast', message: { n } });
const CALLBACKS = { onSuccess: 'Works.told', onFailure: 'Works.told' };
const PLAYS: Readonly<Record<string, Play>> = {
  sequence: {
    plan: (runtime) =>
      runtime.sequence(
        [cast(2), { job: 'Works.look' }, { ...cast(4), if: false }, cast(1), { job: 'Works.look' }],
        CALLBACKS,
      ),
  },
  'failing sequence': {
    plan: (runtime) =>
      runtime.sequence([cast(2), cast(13), cast(1), { job: 'Works.look', always: true }, cast(3)], CALLBACKS),
  },
  parallel: {
    plan: (runtime) =>
      runtime.parallel(
        [
          { ...cast(5), group: 'a' },
          { ...cast(1), group: 'a' },
          cast(13),
          { job: 'Works.look' },
          { ...cast(2), group: 'a' },
        ],
        { ...CALLBACKS, keepGoing: true },
      ),
  },
  chain: {
    plan: (runtime) => {
      const file = runtime.sign('Works.file', { n: 5 }).onSuccess(runtime.sign('Works.note').onSuccess('Works.note'));
      return runtime.chain(['Works.cast', file, runtime.sign('Works.file', { n: 7 }).onError('Works.note')], CALLBACKS);
    },
    message: { n: 3 },
  },
  signature: {
    plan: (runtime) =>
      runtime
        .sign('Works.cast', { n: 13 })
        .onError(runtime.sign('Works.note').onSuccess('Works.note'))
        .onSuccess('Works.note'),
    message: {},
  },
  swarm: {
    plan: (runtime) => {
      const swarm = runtime.swarm({ concurrency: 2, stopAfterFailures: 2, ...CALLBACKS });
      for (const n of [3, 1, 13, 2]) swarm.add('Works.cast', { n });
      return swarm;
    },
    at: {
      5: (run) => run.add('Works.cast', { n: 4 }),
      6: (run) => run.add('Works.look'),
      40: (run) => run.add('Works.cast', { n: 1 }),
      60: (run) => run.close(),
    },
  },
  'exit in a sequence': {
    plan: (runtime) => runtime.sequence([cast(2), { job: 'Works.leave' }, cast(1)], CALLBACKS),
  },
  'cancelled sequence': {
    plan: (runtime) => runtime.sequence([cast(2), cast(20), cast(1)], CALLBACKS),
    at: { 12: (run) => run.cancel('enough') },
  },
  'suspended parallel plan': {
    plan: (runtime) => runtime.parallel([cast(2), { ...cast(3), group: 'a' }, { ...cast(3), group: 'a' }], CALLBACKS),
    at: { 2: (run) => run.suspend(), 30: (run) => run.resume() },
  },
  definition: {
    plan: () =>
      definition({
        keepGoing: true,
        parameters: { n: 4 },
        steps: [
          { id: 'a', job: 'Works.cast', message: { n: '${parameters.n}' } },
          { id: 'b', job: 'Works.cast', message: { n: '${steps.a.value}' }, if: '${steps.a.value > 3}' },
          { id: 'b', job: 'Works.look' },
          { id: 'c', job: 'Works.cast', message: { n: 13 } },
          { id: 'd', job: 'Works.nowhere' },
          { id: 'e', job: 'Works.look', if: '${steps.c.ok}' },
          { id: 'f', job: 'Works.cast', message: { n: '${steps.c.value}' } },
          { id: 'g', job: 'Works.look', always: true },
        ],
      }),
    message: { n: 5 },
  },
  'parallel definition': {
    plan: () =>
      definition({
        mode: 'parallel',
        steps: [
          { id: 'a', job: 'Works.cast', message: { n: 2 }, group: 'x' },
          { id: 'b', job: 'Works.cast', message: { n: 3 } },
          { id: 'c', job: 'Works.cast', message: { n: '${steps.a.value}' }, group: 'x' },
          { id: 'd', job: 'Works.look', group: 'y' },
        ],
      }),
    message: {},
  },
  'messages into a run': {
    plan: (runtime) => runtime.sequence([{ job: 'Works.ask' }, { job: 'Works.ask' }, { job: 'Works.look' }], CALLBACKS),
    at: {
      0: (run) => send(run, 'Works.answer', { n: 1 }, { id: 'one' }),
      20: (run) => send(run, 'Works.answer', { n: 1 }, { id: 'one' }),
      30: (run) => send(run, 'Works.answer', { n: 2 }, { id: 'two' }),
    },
  },
};

interface Fault {
  /** After so many events. */
  readonly restartAt?: number;
  readonly engine: Engine & { restart?(): void };
}

/** Plays to the end, one millisecond after the other, and tells what became of the run. */
async function played(play: Play, { engine, restartAt }: Fault): Promise<unknown> {
  const app = works(engine);
  const plan = play.plan(app.runtime);
  const given = play.message === undefined ? [plan] : [plan, play.message];
  await Reflect.apply(app.runtime.start, app.runtime, [...given, { id: 'run' }]);
  const run = await app.runtime.run('run');
  if (run === undefined) throw new Error('it is known');
  let heard = 0;
  void (async () => {
    for await (const _ of run.events()) if (++heard === restartAt) engine.restart?.();
  })();
  for (let ms = 0; ms <= 80; ms++) {
    await play.at?.[ms]?.(run);
    await app.clock.advance(1);
  }
  await app.clock.runAll();
  const order: number[] = [];
  for await (const { index } of run.outcomes()) order.push(index);
  return {
    ...essenceOf(await run.report()),
    results: (await run.results()).map(withoutStep),
    order: order.toSorted((a, b) => a - b),
  };
}

// Of entries side by side it is nobody's business which step was made first.
function withoutStep(result: EntryResult): object {
  const error = 'error' in result ? String(result.error) : undefined;
  return { ...result, step: undefined, error };
}

function essenceOf({ status, code, value, state, counts, steps, callbackFailures }: RunReport): object {
  const lines = steps.map(
    ({ node, code: why, returnValue, attempts }) => `${node} ${why} ${JSON.stringify(returnValue)} ${attempts.length}`,
  );
  return { status, code, value, state, counts, steps: lines.toSorted(), callbackFailures: callbackFailures.length };
}

describe.each(Object.entries(PLAYS))('%s', (_, play) => {
  test('whenever it crashes, the run ends the same', async () => {
    const expected = await played(play, { engine: memoryEngine() });
    expect(await played(play, { engine: journaledEngine() })).toEqual(expected);
    for (let restartAt = 1; restartAt <= 40; restartAt++) {
      const ended = await played(play, { engine: journaledEngine(), restartAt });
      expect(ended, `restarted after event ${restartAt}`).toEqual(expected);
    }
  });

  test('whatever comes twice, late or not at all, the run ends the same', async () => {
    const expected = await played(play, { engine: memoryEngine() });
    for (let seed = 1; seed <= 20; seed++) {
      const faults = { duplicate: seed % 2 === 0 ? 0.3 : 0, lose: seed % 3 === 0 ? 0.3 : 0, reorder: seed % 4 === 0 };
      const ended = await played(play, { engine: journaledEngine({ seed, ...faults }), restartAt: seed });
      expect(ended, `seed ${seed}`).toEqual(expected);
    }
  });
});
