// What children know and what they may be: their messages, the steps around them, how deep they go (R21).

import { IsInt } from 'class-validator';
import { describe, expect, test } from 'vitest';
import { Handler, Job, OnEnd, OnStart, OnSuccess, type StepContext } from 'onward';
import type { ParentStep } from '../../src/wiring/context.ts';
import { ENGINES, rejectionOf, stepsOf, wired } from '../support/wired.ts';

class Page {
  @IsInt() number!: number;
}

describe.each(ENGINES)('$engine engine', ({ open }) => {
  test('a child with a wrong message, or of no node, is refused where it is asked for', async () => {
    const errors: string[] = [];
    class Press {
      @Job() async print(context: StepContext): Promise<string> {
        const wrong = JSON.parse('{ "number": "one" }');
        errors.push(String(await rejectionOf(context.spawn(Press, 'cut', wrong))));
        errors.push(String(await rejectionOf(context.spawn(Press, 'plain'))));
        const unknownNode: [typeof Press, 'cut', Page] = JSON.parse('["Press", "cut", { "number": 1 }]');
        errors.push(String(await rejectionOf(context.spawn(...unknownNode))));
        return 'book';
      }
      @Handler() cut(_page: Page): void {}
      plain(): void {}
    }
    const parameters = { 'Press.print': ['context'], 'Press.cut': [Page] } as const;
    const report = await wired(open(), { Press: new Press() }, parameters).report('Press.print');
    expect(stepsOf(report)).toEqual(['Press.print completed 0']);
    expect(errors.map((error) => /ONW\d+/.exec(error)?.[0])).toEqual(['ONW2003', 'ONW3005', 'ONW3005']);
    expect(errors[1]).toMatchInlineSnapshot(
      `"OnwardError: ONW3005: there is no node for Press.plain; annotate the method with @Job or @Handler to spawn it"`,
    );
  });

  test('a body knows the steps around it, nearest first', async () => {
    const seen: Record<string, string[]> = {};
    const note = ({ step }: StepContext): void => {
      const names: string[] = [];
      for (let at: ParentStep | null = step.parent; at !== null; at = at.parent) names.push(at.node);
      seen[step.node] = names;
    };
    class Press {
      @Job() async print(context: StepContext): Promise<void> {
        note(context);
        await context.spawn(Press, 'bind');
      }
      @Handler() async bind(context: StepContext): Promise<void> {
        note(context);
        await context.call(Press, 'cut');
      }
      @Handler() cut(context: StepContext): void {
        note(context);
      }
      @OnStart('cut') sharpen(context: StepContext): void {
        note(context);
      }
      @OnEnd('sharpen') lay(context: StepContext): void {
        note(context);
      }
      @OnSuccess('print') post(context: StepContext): void {
        note(context);
      }
    }
    const parameters = Object.fromEntries(
      ['print', 'bind', 'cut', 'sharpen', 'lay', 'post'].map((method) => [`Press.${method}`, ['context'] as const]),
    );
    await wired(open(), { Press: new Press() }, parameters).report('Press.print');
    expect(seen).toEqual({
      'Press.print': [],
      'Press.bind': ['Press.print'],
      'Press.cut': ['Press.bind', 'Press.print'],
      'Press.sharpen': ['Press.cut', 'Press.bind', 'Press.print'],
      'Press.lay': ['Press.sharpen', 'Press.cut', 'Press.bind', 'Press.print'],
      'Press.post': [],
    });
  });

  test('R21: children nested more than 64 deep are refused, and the run ends', async () => {
    class Deep {
      @Job() async go(context: StepContext): Promise<void> {
        await context.spawn(Deep, 'go');
      }
    }
    const report = await wired(open(), { Deep: new Deep() }, { 'Deep.go': ['context'] }).report('Deep.go');
    expect(report.status).toBe('failed');
    expect(report.steps).toHaveLength(66);
    expect(report.steps.at(-1)).toMatchObject({ status: 'failed', code: 108, error: { code: 'ONW3036' } });
  });

  test('a job without an edge may be spawned by a body of another service, in its own round', async () => {
    class Bindery {
      @Job() bind(context: StepContext): number {
        return context.step.round;
      }
    }
    class Press {
      @Job() async print(context: StepContext): Promise<void> {
        await context.spawn(Bindery, 'bind');
        await context.spawn(Bindery, 'bind');
      }
    }
    const services = { Press: new Press(), Bindery: new Bindery() };
    const parameters = { 'Press.print': ['context'], 'Bindery.bind': ['context'] } as const;
    const report = await wired(open(), services, parameters).report('Press.print');
    expect(report.steps.slice(1).map(({ returnValue }) => returnValue)).toEqual([1, 2]);
    expect(new Set(report.steps.map(({ key }) => key)).size).toBe(3);
  });
});
