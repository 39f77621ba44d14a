// A deployment in the middle of a plan: the records are those of the old graph, the process knows the new one only.
// What has vanished is refused with 102 (R13); all the rest goes on by name.

import { IsInt } from 'class-validator';
import { describe, expect, test } from 'vitest';
import { createRuntime, Handler, Job, OnSuccess, type RunReport, type Sent, type StartedRun } from 'onward';
import { journaledEngine, virtualClock, type VirtualClock } from 'onward/testing';
import { sleep } from '../support/sleep.ts';
import { stepsOf, wire } from '../support/wired.ts';

class Size {
  @IsInt() n!: number;
}

/** As it was. */
class Old {
  readonly clock: VirtualClock;
  constructor(clock: VirtualClock) {
    this.clock = clock;
  }
  @Job() cast({ n }: Size): Promise<void> {
    return sleep(this.clock, n);
  }
  @Job() polish(): void {}
  @Handler() engrave(): void {}
  @Handler() told(_report: RunReport): void {}
  @OnSuccess('polish')
  @Handler({ waits: true })
  answer(_size: Sent<Size>): void {}
}
/** Without `polish`, `engrave`, `told` and `answer`. */
class New {
  readonly clock: VirtualClock;
  constructor(clock: VirtualClock) {
    this.clock = clock;
  }
  @Job() cast({ n }: Size): Promise<void> {
    return sleep(this.clock, n);
  }
}

function deployed() {
  const clock = virtualClock();
  const engine = journaledEngine();
  const parameters = { 'Foundry.cast': [Size], 'Foundry.told': ['any'], 'Foundry.answer': [Size] } as const;
  const before = { Foundry: new Old(clock) };
  return {
    clock,
    runtime: createRuntime(wire(before, parameters), { services: before, clock, engine, log: false }),
    deploy(): void {
      const after = { Foundry: new New(clock) };
      createRuntime(wire(after, parameters), { services: after, clock, engine, log: false });
      engine.restart();
    },
  };
}

const CAST = { job: 'Foundry.cast', message: { n: 10 } };
const POLISH = { job: 'Foundry.polish' };

async function report(run: StartedRun, clock: VirtualClock): Promise<RunReport> {
  await clock.runAll();
  return run.report();
}

describe('R13: after a deployment without it', () => {
  test('an entry whose job has vanished is refused with 102, and stops a sequence', async () => {
    const { runtime, clock, deploy } = deployed();
    const run = await runtime.start(runtime.sequence([CAST, POLISH, CAST]));
    await clock.advance(5);
    deploy();
    expect(stepsOf(await report(run, clock))).toEqual([
      'Foundry.cast completed 0',
      'Foundry.polish failed 102',
      'Foundry.cast skipped 100',
    ]);
  });

  test('with keepGoing, in a parallel plan, a swarm and a chain the others run', async () => {
    const { runtime, clock, deploy } = deployed();
    const swarm = runtime.swarm({ concurrency: 1 }).add('Foundry.cast', { n: 10 }).add('Foundry.polish');
    const runs = [
      await runtime.start(runtime.sequence([CAST, POLISH, CAST], { keepGoing: true })),
      await runtime.start(runtime.parallel([CAST, { ...CAST, group: 'a' }, { ...POLISH, group: 'a' }])),
      await runtime.start(swarm.add('Foundry.cast', { n: 1 }).close()),
      await runtime.start(runtime.chain(['Foundry.cast', 'Foundry.polish']), { n: 10 }),
    ];
    await clock.advance(5);
    deploy();
    await clock.runAll();
    const codes = await Promise.all(runs.map(async (run) => (await run.results()).map(({ code }) => code)));
    expect(codes).toEqual([
      [0, 102, 0],
      [0, 0, 102],
      [0, 102, 0],
      [0, 102],
    ]);
  });

  test('a signed callback that has vanished is refused with 102, and the callback of a plan is listed', async () => {
    const { runtime, clock, deploy } = deployed();
    const cast = runtime
      .sign('Foundry.cast', { n: 10 })
      .onSuccess(runtime.sign('Foundry.engrave').onSuccess('Foundry.cast'));
    const run = await runtime.start(
      runtime.sequence([{ job: cast }], { onSuccess: 'Foundry.told', onFailure: 'Foundry.told' }),
    );
    await clock.advance(5);
    deploy();
    const ended = await report(run, clock);
    expect(stepsOf(ended)).toEqual([
      'Foundry.cast completed 0',
      'Foundry.engrave failed 102',
      'Foundry.told failed 102',
    ]);
    expect([ended.status, ended.callbackFailures.map(({ node }) => node)]).toEqual(['failed', ['Foundry.told']]);
  });

  test('a step that waits for a message and has vanished is refused with 102; nobody can send to it', async () => {
    const { runtime, clock, deploy } = deployed();
    const run = await runtime.start(runtime.sequence([POLISH, CAST]));
    await clock.advance(5);
    deploy();
    expect(stepsOf(await report(run, clock))).toEqual([
      'Foundry.polish completed 0',
      'Foundry.answer failed 102',
      'Foundry.cast skipped 100',
    ]);
  });

  test('messages that were kept for a node that has vanished harm nobody', async () => {
    const { runtime, clock, deploy } = deployed();
    const run = await runtime.start(runtime.sequence([CAST, CAST]));
    await Reflect.apply(run.send, run, ['Foundry.answer', { n: 1 }]);
    await clock.advance(5);
    deploy();
    expect((await report(run, clock)).status).toBe('completed');
  });
});
