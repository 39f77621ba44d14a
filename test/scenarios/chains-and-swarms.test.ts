// The scenarios of chains and swarms: S-M10 and S-M11, generated and run.

import { describe, expect, test } from 'vitest';
import { ENGINES, rejectionOf, stepsOf } from '../support/wired.ts';
import { generated } from './generated.ts';

const project = await generated('plans');
const MEMBERS = Array.from({ length: 20 }, (_, at) => ({ n: at * 2 }));

describe.each(ENGINES)('$engine engine', ({ open }) => {
  describe('S-M10', () => {
    test('values are handed on in order, into marked fields and as whole messages', async () => {
      const { runtime, clock, notes } = project.open(open());
      const transform = runtime.sign('Pipeline.transform', { fieldInt: 123 });
      const chain = runtime.chain(['Pipeline.extract', transform, 'Pipeline.save'], {
        onSuccess: 'Pipeline.chainGood',
        onFailure: 'Pipeline.chainBad',
      });
      const run = await runtime.start(chain, { x: 1 });
      await clock.runAll();
      expect(await run.value()).toBe('saved 124');
      expect(notes.lines).toEqual(['transform 1 123', 'save 124', 'chain completed']);
    });

    test("a link fails: the next one does not start, the link's and the chain's error callback run once each", async () => {
      const { runtime, clock, notes } = project.open(open());
      const transform = runtime.sign('Pipeline.transform', { fieldInt: 123 }).onError('Pipeline.bad');
      const chain = runtime.chain(['Pipeline.extract', transform, 'Pipeline.save'], {
        onSuccess: 'Pipeline.chainGood',
        onFailure: 'Pipeline.chainBad',
      });
      const run = await runtime.start(chain, { x: -1 });
      await clock.runAll();
      expect(notes.lines).toEqual([
        'transform -1 123',
        'transform failed: negative',
        'chain failed: Pipeline.transform',
      ]);
      expect(stepsOf(await run.report())).toEqual([
        'Pipeline.extract completed 0',
        'Pipeline.transform failed 101',
        'Pipeline.bad completed 0',
        'Pipeline.save skipped 100',
        'Pipeline.chainBad completed 0',
      ]);
      expect(await rejectionOf(run.value())).toMatchObject({ message: 'negative' });
    });

    test('the same signature stands in a chain twice', async () => {
      const { runtime, clock } = project.open(open());
      const transform = runtime.sign('Pipeline.transform', { fieldInt: 100 });
      const run = await runtime.start(runtime.chain(['Pipeline.extract', transform, transform]), { x: 1 });
      await clock.runAll();
      expect(await run.value()).toEqual({ row: 201 });
    });

    test('a chain of one link, or of none, is refused', () => {
      const { runtime } = project.open(open());
      for (const links of [['Pipeline.extract'], []]) {
        expect(() => Reflect.apply(runtime.chain, runtime, [links])).toThrow(
          `ONW3004: the chain is not valid: expected a chain to have two links or more, got ${links.length}`,
        );
      }
    });
  });

  describe('S-M11', () => {
    test('of twenty no more than five are under way, and results are in the order of the entries', async () => {
      const { runtime, clock, notes } = project.open(open());
      const swarm = runtime.swarm({ concurrency: 5, onSuccess: 'Herd.rejoice', onFailure: 'Herd.mourn' });
      for (const member of MEMBERS) swarm.add('Herd.graze', member);
      const run = await runtime.start(swarm.close());
      await clock.runAll();
      expect(await run.value()).toEqual(MEMBERS.map(({ n }) => `grass ${n}`));
      expect(notes.lines.at(-1)).toBe('rejoice');
      const grazed = notes.lines.filter((line) => line.startsWith('grazed'));
      expect(grazed).toHaveLength(20);
      expect(grazed.at(-1)).toMatch(/at most 5$/);
      expect(grazed[0], 'the later ones end first').toBe('grazed 8, at most 5');
    });

    test('after the third failure nothing new starts; the error callback is given all errors and messages, once', async () => {
      const { runtime, clock, notes } = project.open(open());
      const swarm = runtime.swarm({
        concurrency: 1,
        stopAfterFailures: 3,
        onSuccess: 'Herd.rejoice',
        onFailure: 'Herd.mourn',
      });
      for (let n = 0; n < 20; n++) swarm.add('Herd.graze', { n });
      const run = await runtime.start(swarm.close());
      await clock.runAll();
      const results = await run.results();
      expect(results.map(({ status }) => status)).toEqual([
        ...['completed', 'failed', 'completed', 'failed', 'completed', 'failed'],
        ...Array.from({ length: 14 }, () => 'skipped'),
      ]);
      expect(notes.lines.slice(6)).toEqual(['mourn wolf 1,wolf 3,wolf 5']);
      expect(notes.seen).toEqual([[{ n: 1 }, { n: 3 }, { n: 5 }]]);
    });

    test('nothing is added after close; what is not closed does not end; closing what is over ends it once', async () => {
      const { runtime, clock, notes } = project.open(open());
      const run = await runtime.start(runtime.swarm({ onSuccess: 'Herd.rejoice' }).add('Herd.graze', { n: 0 }));
      await clock.runAll();
      await clock.advance(1_000_000);
      expect([(await run.inspect()).status, notes.count('rejoice')]).toEqual(['running', 0]);
      await run.add('Herd.graze', { n: 2 });
      await clock.runAll();
      await run.close();
      await clock.runAll();
      expect([(await run.report()).status, notes.count('rejoice')]).toEqual(['completed', 1]);
      await run.close();
      await clock.runAll();
      expect(notes.count('rejoice')).toBe(1);
      expect(await rejectionOf(run.add('Herd.graze', { n: 4 }))).toMatchObject({ code: 'ONW3053' });
      expect(await run.results()).toHaveLength(2);
    });
  });
});
