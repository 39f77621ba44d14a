// What a child leads to belongs to its parent like the child itself: R54, R36, R38.

import { describe, expect, test } from 'vitest';
import { Handler, Job, Join, OnEnd, OnError, OnStart, OnSuccess, type StepContext } from 'onward';
import { sleep } from '../support/sleep.ts';
import { ENGINES, stepsOf, wired, type Parameters, type Wired } from '../support/wired.ts';

interface Book {
  pages: number[];
  all: number[];
}

const PRINTS: Parameters = { 'Press.print': ['context'] };

describe.each(ENGINES)('$engine engine', ({ open }) => {
  test.each(['spawn', 'call'] as const)(
    'R54: a step waits for all that stands behind the child that it %ss, and what watches it comes after that',
    async (start) => {
      const log: string[] = [];
      class Press {
        @Job() async print(context: StepContext): Promise<string> {
          await context[start](Press, 'cut');
          log.push('printed');
          return 'book';
        }
        @Handler() cut(): string {
          log.push('cut');
          return 'sheet';
        }
        @OnSuccess('cut') async fold(): Promise<void> {
          await sleep(app.clock, 100);
          log.push('fold');
        }
        @OnSuccess('fold') async sew(): Promise<void> {
          await sleep(app.clock, 100);
          log.push('sew');
        }
        @OnEnd('print') end(): void {
          log.push('end');
        }
        @OnSuccess('print') post(): void {
          log.push('post');
        }
      }
      const app: Wired = wired(open(), { Press: new Press() }, PRINTS);
      const report = await app.report('Press.print');
      expect(log.filter((line) => line !== 'printed')).toEqual(['cut', 'fold', 'sew', 'end', 'post']);
      expect(report.steps.map(({ node, parent }) => [node, parent])).toEqual([
        ['Press.print', null],
        ['Press.cut', 1],
        ['Press.fold', 1],
        ['Press.sew', 1],
        ['Press.end', 1],
        ['Press.post', null],
      ]);
      expect(report.steps[3]?.cause).toEqual({ edge: 'Press.fold>success>Press.sew', step: 3 });
    },
  );

  test.each(['spawn', 'call'] as const)(
    'R54: what stands behind a child that was started by `%s` fails its parent, whose error callbacks are told of it',
    async (start) => {
      const log: string[] = [];
      class Press {
        @Job() async print(context: StepContext): Promise<string> {
          await context[start](Press, 'cut');
          return 'book';
        }
        @Handler() cut(): void {}
        @OnSuccess('cut') fold(): never {
          throw new Error('torn');
        }
        @OnError('print') tell(): void {
          log.push('tell');
        }
        @OnSuccess('print') post(): void {
          log.push('post');
        }
      }
      const app: Wired = wired(open(), { Press: new Press() }, PRINTS);
      const report = await app.report('Press.print');
      expect(log).toEqual(['tell']);
      expect(report).toMatchObject({ status: 'failed', error: { message: 'torn' } });
      expect(report.steps[0]).toMatchObject({ status: 'failed', code: 101, failedChild: 3 });
    },
  );

  test('R54: a parent that recovers saves the run from what stands behind its child', async () => {
    class Press {
      @Job() async print(context: StepContext): Promise<string> {
        await context.spawn(Press, 'cut');
        return 'book';
      }
      @Handler() cut(): void {}
      @OnSuccess('cut') fold(): never {
        throw new Error('torn');
      }
      @OnError('print', { recover: true }) glue(): string {
        return 'glued';
      }
    }
    const report = await wired(open(), { Press: new Press() }, PRINTS).report('Press.print');
    expect(report).toMatchObject({ status: 'completed', value: 'glued' });
  });

  test('R54: behind `critical: false` a failure is listed, and neither the parent nor the run fails', async () => {
    class Press {
      @Job() async print(context: StepContext): Promise<string> {
        await context.spawn(Press, 'cut');
        return 'book';
      }
      @Handler() cut(): void {}
      @OnSuccess('cut', { critical: false }) fold(): never {
        throw new Error('torn');
      }
    }
    const report = await wired(open(), { Press: new Press() }, PRINTS).report('Press.print');
    expect(stepsOf(report)).toEqual(['Press.print completed 0', 'Press.cut completed 0', 'Press.fold failed 101']);
    expect(report.callbackFailures).toMatchObject([{ node: 'Press.fold', edge: 'Press.cut>success>Press.fold' }]);
    expect(report.status).toBe('completed');
  });

  test('R54: what a detached child leads to is free with it: the run waits for it and fails with it, the step does not', async () => {
    const log: string[] = [];
    class Press {
      @Job() async print(context: StepContext): Promise<string> {
        await context.spawn(Press, 'cut', undefined, { detached: true });
        return 'book';
      }
      @Handler() cut(): void {}
      @OnSuccess('cut') async fold(): Promise<never> {
        await sleep(app.clock, 100);
        log.push('fold');
        throw new Error('torn');
      }
      @OnSuccess('print') post(): void {
        log.push('post');
      }
    }
    const app: Wired = wired(open(), { Press: new Press() }, PRINTS);
    const report = await app.report('Press.print');
    expect(log).toEqual(['post', 'fold']);
    expect(report.steps.map(({ parent }) => parent)).toEqual([null, null, null, null]);
    expect(report.steps[0]).toMatchObject({ node: 'Press.print', status: 'completed' });
    expect(report.status).toBe('failed');
  });

  test('R54: the items behind a child belong to its parent, one batch after another, and so does a join that they feed', async () => {
    const log: string[] = [];
    class Press {
      @Job() async print(context: StepContext): Promise<string> {
        await context.spawn(Press, 'cut');
        return 'book';
      }
      @Handler() cut(): number[] {
        return [1, 2, 3];
      }
      @OnSuccess('cut', { each: true, concurrency: 1 }) async fold(page: number): Promise<number> {
        await sleep(app.clock, 100);
        log.push(`fold ${page}`);
        return page;
      }
      @Join({ pages: 'fold', all: 'cut' }) async sew({ pages }: Book): Promise<void> {
        await sleep(app.clock, 100);
        log.push(`sew ${pages.join()}`);
      }
      @OnSuccess('print') post(): void {
        log.push('post');
      }
    }
    const app: Wired = wired(open(), { Press: new Press() }, PRINTS);
    const report = await app.report('Press.print');
    expect(log).toEqual(['fold 1', 'fold 2', 'fold 3', 'sew 1,2,3', 'post']);
    expect(report.steps.map(({ node, parent }) => `${node} ${parent}`)).toEqual([
      'Press.print null',
      'Press.cut 1',
      'Press.fold 1',
      'Press.fold 1',
      'Press.fold 1',
      'Press.sew 1',
      'Press.post null',
    ]);
  });

  test('R54: a join belongs to the nearest step around all of its arrivals, else to the run', async () => {
    class Press {
      @Job() async print(context: StepContext): Promise<void> {
        await context.spawn(Press, 'left');
        await context.spawn(Press, 'right');
      }
      @Handler() async left(context: StepContext): Promise<void> {
        await context.spawn(Press, 'cut');
      }
      @Handler() async right(context: StepContext): Promise<void> {
        await sleep(app.clock, 10);
        await context.spawn(Press, 'fold');
      }
      @Handler() cut(): void {}
      @Handler() fold(): void {}
      @Join({ cut: 'cut', fold: 'fold' }) sew(): void {}
      @OnSuccess('print') post(): void {}
      @Join({ cut: 'cut', post: 'post' }) bill(): void {}
    }
    const parameters: Parameters = {
      'Press.print': ['context'],
      'Press.left': ['context'],
      'Press.right': ['context'],
    };
    const app: Wired = wired(open(), { Press: new Press() }, parameters);
    const { steps, status } = await app.report('Press.print');
    const parentOf = (node: string): unknown => {
      const parent = steps.find((step) => step.node === node)?.parent;
      return steps.find(({ id }) => id === parent)?.node ?? null;
    };
    expect([parentOf('Press.cut'), parentOf('Press.fold')]).toEqual(['Press.left', 'Press.right']);
    expect([parentOf('Press.sew'), parentOf('Press.bill')]).toEqual(['Press.print', null]);
    expect(status).toBe('completed');
  });

  test('R54: a join that fires while the end of its step is told belongs to what is around that: nothing of it is lost', async () => {
    class Press {
      @Job() async print(context: StepContext): Promise<string> {
        await context.spawn(Press, 'cut');
        return 'book';
      }
      @Handler() cut(): void {}
      @OnEnd('print') async file(context: StepContext): Promise<void> {
        await context.spawn(Press, 'stamp');
      }
      @Handler() stamp(): void {}
      @Join({ cut: 'cut', stamp: 'stamp' }) sew(): never {
        throw new Error('torn');
      }
    }
    const app = wired(open(), { Press: new Press() }, { ...PRINTS, 'Press.file': ['context'] });
    const report = await app.report('Press.print');
    expect(report.steps.find(({ node }) => node === 'Press.sew')?.parent).toBeNull();
    expect(report.steps[0]).toMatchObject({ status: 'completed' });
    expect(report).toMatchObject({ status: 'failed', code: 101 });
  });

  test('R54: an open join holds nobody: it is given up when the run has nothing else', async () => {
    const log: string[] = [];
    class Press {
      @Job() async print(context: StepContext): Promise<void> {
        await context.spawn(Press, 'cut');
      }
      @Handler() cut(): string {
        return 'sheet';
      }
      @Handler() fold(): void {}
      @Join({ cut: 'cut', fold: 'fold' }, { onMissing: 'run' }) sew({ cut }: { cut?: string; fold?: unknown }): void {
        log.push(`sew ${cut}`);
      }
      @OnSuccess('print') post(): void {
        log.push('post');
      }
    }
    const report = await wired(open(), { Press: new Press() }, PRINTS).report('Press.print');
    expect(log).toEqual(['post', 'sew sheet']);
    expect(report.steps.at(-1)).toMatchObject({ node: 'Press.sew', parent: null });
  });

  test('R53, R54: flow behind a callback of a child is flow of the run', async () => {
    const log: string[] = [];
    class Press {
      @Job() async print(context: StepContext): Promise<void> {
        await context.call(Press, 'cut');
      }
      @Handler() cut(): void {}
      @OnStart('cut') sharpen(): void {}
      @OnSuccess('sharpen') async oil(): Promise<void> {
        await sleep(app.clock, 100);
        log.push('oil');
      }
      @OnSuccess('print') post(): void {
        log.push('post');
      }
    }
    const app: Wired = wired(open(), { Press: new Press() }, PRINTS);
    const report = await app.report('Press.print');
    expect(log).toEqual(['post', 'oil']);
    expect(report.steps.find(({ node }) => node === 'Press.oil')?.parent).toBeNull();
  });

  test('R38: a cancelled step takes along what stands behind its children; no further item begins', async () => {
    const log: string[] = [];
    class Press {
      @Job() async print(context: StepContext): Promise<void> {
        await context.spawn(Press, 'cut');
      }
      @Handler() cut(): number[] {
        return [1, 2, 3, 4];
      }
      @OnSuccess('cut', { each: true, concurrency: 2 }) async fold(page: number, context: StepContext): Promise<void> {
        log.push(`fold ${page}`);
        expect(context.signal.aborted).toBe(false);
        await sleep(app.clock, 100);
      }
      @Join({ pages: 'fold' }) sew(): void {
        log.push('sew');
      }
    }
    const parameters: Parameters = { ...PRINTS, 'Press.fold': ['any', 'context'] };
    const app: Wired = wired(open(), { Press: new Press() }, parameters);
    const run = await app.start('Press.print');
    await app.clock.advance(50);
    await run.cancelStep(1);
    await app.clock.runAll();
    const report = await run.report();
    expect(log).toEqual(['fold 1', 'fold 2']);
    expect(stepsOf(report)).toEqual([
      'Press.print cancelled 203',
      'Press.cut completed 0',
      'Press.fold cancelled 203',
      'Press.fold cancelled 203',
    ]);
    expect(report.status).toBe('failed');
  });

  test('R36: after an exit what a child would lead to is skipped, and its parent is over', async () => {
    class Press {
      @Job() async print(context: StepContext): Promise<void> {
        await context.spawn(Press, 'cut');
        await sleep(app.clock, 10);
        context.exit('enough');
      }
      @Handler() async cut(): Promise<void> {
        await sleep(app.clock, 100);
      }
      @OnSuccess('cut') fold(): void {}
    }
    const app: Wired = wired(open(), { Press: new Press() }, PRINTS);
    const report = await app.report('Press.print');
    expect(stepsOf(report)).toEqual(['Press.print completed 0', 'Press.cut completed 0', 'Press.fold skipped 100']);
    expect(report).toMatchObject({ status: 'completed', value: 'enough' });
    expect(report.steps[2], 'it is no execution of its node').toMatchObject({ parent: 1, round: 0 });
  });
});
