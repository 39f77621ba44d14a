// Every kind of run, with a crash before and after each of its commits: it ends as it does in memory.
//
// Bodies wait on the clock of the test, so that a crash finds them at every point; the clock stands still between lives.

import { IsInt, IsString } from 'class-validator';
import { describe, expect, test } from 'vitest';
import {
  Handler,
  Job,
  Join,
  memoryEngine,
  OnCancel,
  OnEnd,
  OnError,
  OnRunEnd,
  OnStart,
  OnSuccess,
  type Engine,
  type RunReport,
  type Sent,
  type StepContext,
} from 'onward';
import { isOnwardError } from '../../src/errors/onward-error.ts';
import { crashAtEveryCommit } from 'onward/testing';
import { sleep } from '../support/sleep.ts';
import { DRIVERS } from '../support/sqlite.ts';
import { wired, type Parameters, type Services, type Wired } from '../support/wired.ts';

class Order {
  @IsInt() n!: number;
}
class Answer {
  @IsString() text!: string;
}

type Play = (engine: Engine) => Promise<unknown>;

/** What is the same whenever the process died: everything but times, and the order in which steps were made. */
function essence(report: RunReport | undefined): unknown {
  if (report === undefined) return 'lost';
  const { status, value, counts, state, cancelReason, callbackFailures } = report;
  const steps = report.steps.map(({ key, code, returnValue, attempts }) =>
    JSON.stringify([key, code, returnValue, attempts.map((attempt) => attempt.code)]),
  );
  return {
    status,
    value,
    counts,
    state,
    cancelReason,
    steps: steps.toSorted(),
    callbackFailures: callbackFailures.length,
  };
}

class Works {
  app: Wired | undefined;
  async take(ms = 5): Promise<void> {
    if (this.app !== undefined) await sleep(this.app.clock, ms);
  }
  @Job({ retry: { attempts: 3, delay: 30, jitter: 0 } }) async split(
    order: Order,
    context: StepContext,
  ): Promise<number[]> {
    await this.take();
    context.state.add('tries', 1);
    if (context.step.attempt === 1) throw new Error('again');
    return Array.from({ length: order.n }, (_, at) => at);
  }
  @OnStart('split') async begin(): Promise<void> {
    await this.take();
  }
  @OnEnd('split') async finish(): Promise<void> {
    await this.take();
  }
  @OnSuccess('split', { each: true, concurrency: 2 }) async part(n: number, context: StepContext): Promise<number> {
    context.state.append('parts', n);
    const once = await context.call(Works, 'double', n, { key: 'once' });
    return once + (await context.call(Works, 'double', once, { key: 'twice' }));
  }
  @Handler() async double(n: number): Promise<number> {
    await this.take();
    return n * 2;
  }
  @OnSuccess('split', { after: 40 }) async bill(): Promise<number> {
    throw new Error('declined');
  }
  @OnError('bill', { recover: true }) async sorry(): Promise<number> {
    await this.take();
    return 7;
  }
  @Join({ parts: 'part', bill: 'bill' }) async total(parts: object): Promise<object> {
    await this.take();
    return { ...parts };
  }
  @Handler({ maxRounds: 4 })
  @OnSuccess('total')
  @OnSuccess('polish', { when: (n: number) => n < 3 })
  async polish(n: unknown): Promise<number> {
    return typeof n === 'number' ? n + 1 : 1;
  }
  @OnRunEnd('split') async sweep(): Promise<void> {
    await this.take();
  }

  @Job() async ask(order: Order): Promise<number> {
    return order.n;
  }
  @Handler({ waits: true }) @OnSuccess('ask') async answered(answer: Sent<Answer>): Promise<string> {
    await this.take();
    return answer.text;
  }

  @Job() async hold(context: StepContext): Promise<string> {
    await this.take(50);
    return context.signal.aborted ? 'stopped' : 'done';
  }
  @OnCancel('hold') async tidy(): Promise<void> {
    await this.take();
  }
  @Job() async count(order: Order): Promise<number> {
    await this.take(order.n);
    return order.n;
  }
  @OnSuccess('count') async counted(): Promise<void> {
    await this.take();
  }
}

const PARAMETERS: Parameters = {
  'Works.split': [Order, 'context'],
  'Works.part': ['any', 'context'],
  'Works.double': ['any'],
  'Works.total': ['any'],
  'Works.polish': ['any'],
  'Works.ask': [Order],
  'Works.answered': [Answer],
  'Works.hold': ['context'],
  'Works.count': [Order],
};

function works(engine: Engine): Wired {
  const service = new Works();
  const app = wired(engine, { Works: service } satisfies Services, PARAMETERS);
  service.app = app;
  return app;
}

/** Starts something, or finds it as an earlier life has left it, and lets time pass until it is over. */
const played =
  (start: (app: Wired) => Promise<unknown>): Play =>
  async (engine) => {
    const app = works(engine);
    await start(app);
    await app.clock.runAll();
    const report = essence(await (await app.runtime.run('one'))?.report());
    await app.runtime.close();
    return report;
  };

/** An earlier life has done it already, and the run has ended. */
async function unlessOver(doing: Promise<unknown>): Promise<void> {
  try {
    await doing;
  } catch (error) {
    if (!isOnwardError(error, 'ONW3030')) throw error;
  }
}

const SCENARIOS: Readonly<Record<string, Play>> = {
  'brackets, a retry, items, recorded calls, state, a delay, a recovery, a join, a loop, run callbacks': played((app) =>
    app.start('Works.split', { n: 3 }, { id: 'one' }),
  ),
  'a step that waits for a message, which is sent in every life': played(async (app) => {
    const run = await app.start('Works.ask', { n: 1 }, { id: 'one' });
    const send: unknown = Reflect.get(run, 'send');
    if (typeof send === 'function') {
      await app.clock.advance(1);
      await unlessOver(Reflect.apply(send, run, ['Works.answered', { text: 'yes' }, { id: 'm' }]));
    }
  }),
  'a run that was started suspended, and is resumed in every life': played(async (app) => {
    const run = await app.start('Works.split', { n: 2 }, { id: 'one', suspended: true });
    await app.clock.advance(10);
    await unlessOver(run.resume());
  }),
  'a run that is cancelled': played(async (app) => {
    const run = await app.start('Works.hold', undefined, { id: 'one' });
    await app.clock.advance(10);
    await unlessOver(run.cancel('enough'));
  }),
  'a parallel plan of groups': played(async ({ runtime }) => {
    const count = (n: number, group: string) => ({ job: 'Works.count', message: { n }, group }) as const;
    const plan = runtime.parallel([count(20, 'a'), count(5, 'b'), count(5, 'a'), count(1, 'b')]);
    await runtime.start(plan, { id: 'one' });
  }),
  'a swarm': played(async ({ runtime }) => {
    const swarm = runtime.swarm({ concurrency: 2 });
    for (const n of [5, 10, 1, 3]) swarm.add('Works.count', { n });
    await runtime.start(swarm.close(), { id: 'one' });
  }),
};

describe.each(DRIVERS)('%s', (driver) => {
  test.each(Object.entries(SCENARIOS))(
    '%s: with a crash at every commit it ends as it does in memory',
    async (_, play) => {
      const whole = await play(memoryEngine());
      expect(JSON.stringify(whole)).toContain('"status":"c');
      const points = await crashAtEveryCommit(play, { driver });
      expect(points.length).toBeGreaterThan(5);
      for (const { commit, side, result } of points) expect(result, `a crash ${side} commit ${commit}`).toEqual(whole);
    },
  );
});
