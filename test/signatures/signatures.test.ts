// Nodes signed at run time: what is bound, what lies over what, and callbacks with callbacks of their own.

import { IsInstance, IsInt, IsOptional, IsString, Max, ValidateNested } from 'class-validator';
import { Type } from 'class-transformer';
import { describe, expect, test } from 'vitest';
import {
  ErrorValue,
  from,
  Handler,
  Job,
  memoryEngine,
  Message,
  OnError,
  OnSuccess,
  ReturnValue,
  type StepContext,
} from 'onward';
import { sleep } from '../support/sleep.ts';
import { ENGINES, rejectionOf, stepsOf, wired, type Wired } from '../support/wired.ts';

class Size {
  @IsInt() width!: number;
  @IsInt() @IsOptional() height?: number;
}
class Print {
  @IsString() title!: string;
  @ValidateNested() @Type(() => Size) size!: Size;
  @IsString({ each: true }) inks!: string[];
}
class Framed {
  @ReturnValue() print!: Print;
  @IsString() wood!: string;
}
class Narrow {
  @IsString() title!: string;
  @IsString({ each: true }) inks!: string[];
  @ValidateNested() @Type(() => NarrowSize) size!: NarrowSize;
}
class NarrowSize {
  @IsInt() @Max(10) width!: number;
}

const PARAMETERS = {
  'Shop.print': [Print],
  'Shop.frame': [Framed],
  'Shop.post': ['any', Print],
  'Shop.sorry': [Print, 'any'],
  'Shop.note': ['any'],
  'Shop.jam': ['any', 'context'],
} as const;

class Shop {
  readonly seen: unknown[] = [];
  @Job() print(print: Print): Print {
    this.seen.push(print);
    if (print.title === 'blot') throw new Error('blotted');
    return print;
  }
  @Handler() frame(framed: Framed): Framed {
    this.seen.push(framed);
    return framed;
  }
  @Handler() post(@ReturnValue() value: Framed, @Message() print: Print): void {
    this.seen.push([value.wood, print.title]);
  }
  @Handler() sorry(print: Print, @ErrorValue() error: Error): void {
    this.seen.push([print, error.message]);
  }
  @Handler() note(what: unknown): string {
    this.seen.push(what);
    return 'noted';
  }
  @Handler({ retry: { attempts: 2, delay: 10 } }) jam(_what: unknown, context?: StepContext): void {
    this.seen.push('jam');
    void context;
    throw new Error('jammed');
  }
}

function shop(open: (typeof ENGINES)[number]['open']): Wired & { readonly seen: unknown[] } {
  const service = new Shop();
  return { ...wired(open(), { Shop: service }, PARAMETERS), seen: service.seen };
}

describe.each(ENGINES)('$engine engine', ({ open }) => {
  test('M3: an override lies over what is bound, which lies over the message; records are merged, the rest replaced', async () => {
    const { runtime, clock, seen } = shop(open);
    const signed = runtime.sign('Shop.print', { size: { width: 2 }, inks: ['red'] }).bind({ size: { height: 3 } });
    const message = { title: 'sun', size: { width: 1, height: 1 }, inks: ['black', 'blue'] };
    const run = await runtime.start(signed, message, { override: { title: 'moon', size: { width: 9 } } });
    await clock.runAll();
    expect(seen).toEqual([{ title: 'moon', size: { width: 9, height: 3 }, inks: ['red'] }]);
    expect(seen[0]).toBeInstanceOf(Print);
    expect(await run.value()).toEqual(seen[0]);
  });

  test('M3: what is bound to a callback lies over the value, and nothing of the original message is there', async () => {
    const { runtime, clock, seen } = shop(open);
    const signed = runtime
      .sign('Shop.print', { title: 'sun', inks: [] })
      .onSuccess(runtime.sign('Shop.frame', { wood: 'oak' }))
      .onSuccess(runtime.sign('Shop.note', { size: { width: 7 } }));
    await runtime.start(signed, { size: { width: 1 } });
    await clock.runAll();
    const printed = { title: 'sun', size: { width: 1 }, inks: [] };
    expect(seen.slice(1)).toEqual([
      { print: printed, wood: 'oak' },
      { ...printed, size: { width: 7 } },
    ]);
  });

  test('M4: annotated callbacks and those of the signature all run, the annotated ones first', async () => {
    const log: string[] = [];
    class Mill {
      @Job() grind(): string {
        return 'flour';
      }
      @OnSuccess('grind') sack(): void {
        log.push('sack');
      }
      @OnSuccess('grind', { when: 'bran' }) feed(): void {
        log.push('feed');
      }
      @Handler() sweep(flour: unknown): void {
        log.push(`sweep ${String(flour)}`);
      }
    }
    const { runtime, clock } = wired(open(), { Mill: new Mill() }, { 'Mill.sweep': ['any'] });
    const run = await runtime.start(runtime.sign('Mill.grind').onSuccess('Mill.sweep').onSuccess('Mill.sweep'));
    await clock.runAll();
    expect(log).toEqual(['sack', 'sweep flour', 'sweep flour']);
    expect((await run.report()).steps.map(({ cause, round }) => [cause?.edge, round])).toEqual([
      [undefined, 1],
      ['Mill.grind>success>Mill.sack', 1],
      ['Mill.grind>success>Mill.sweep@0.s0', 1],
      ['Mill.grind>success>Mill.sweep@0.s1', 2],
    ]);
  });

  test('M5, M8: a callback of a callback takes its value, and the message of what it watches', async () => {
    const { runtime, clock, seen } = shop(open);
    const framed = runtime.sign('Shop.frame', { wood: 'ash' }).onSuccess('Shop.note');
    const run = await runtime.start(runtime.sign('Shop.print').onSuccess(framed), {
      title: 'sun',
      size: { width: 1 },
      inks: [],
    });
    await clock.runAll();
    expect(stepsOf(await run.report())).toEqual([
      'Shop.print completed 0',
      'Shop.frame completed 0',
      'Shop.note completed 0',
    ]);
    expect(seen[2]).toMatchObject({ wood: 'ash', print: { title: 'sun' } });
  });

  test('M6: an error callback is given the message as it was received, and the error', async () => {
    const { runtime, clock, seen } = shop(open);
    const signed = runtime
      .sign('Shop.print', { title: 'blot' })
      .onError(runtime.sign('Shop.sorry', { size: { height: 5 } }));
    const run = await runtime.start(signed, { title: 'x', size: { width: 1 }, inks: ['red'] });
    await clock.runAll();
    expect(seen[1]).toEqual([{ title: 'blot', size: { width: 1, height: 5 }, inks: ['red'] }, 'blotted']);
    const report = await run.report();
    expect(report.steps[1]).toMatchObject({ node: 'Shop.sorry', parent: 1, status: 'completed' });
    expect(report.status).toBe('failed');
  });

  test('M6, R8: an error callback that fails has its own callback; both are of the step, and the outcome stays', async () => {
    const { runtime, clock, seen } = shop(open);
    const jam = runtime.sign('Shop.jam').onError('Shop.note');
    const run = await runtime.start(runtime.sign('Shop.print').onError(jam), {
      title: 'blot',
      size: { width: 1 },
      inks: [],
    });
    await clock.runAll();
    const report = await run.report();
    expect(stepsOf(report)).toEqual(['Shop.print failed 101', 'Shop.jam failed 101', 'Shop.note completed 0']);
    expect(seen.slice(1)).toEqual(['jam', 'jam', { title: 'blot', size: { width: 1 }, inks: [] }]);
    expect(report.callbackFailures).toMatchObject([{ node: 'Shop.jam', cause: { message: 'blotted' } }]);
    expect(String(await rejectionOf(run.value()))).toBe('Error: blotted');
  });

  test('M7: another class is asked ahead of the own one, and all its issues are told; the body gets its own class', async () => {
    const { runtime, clock, seen } = shop(open);
    const signed = runtime.sign('Shop.print', { title: 'sun', inks: [] }).validateWith(Narrow);
    const refused = await rejectionOf(runtime.start(signed, { size: { width: 11 } }, { id: 'wide' }));
    expect(refused).toMatchObject({ code: 'ONW2003', issues: [{ path: 'size.width' }] });
    expect([await runtime.run('wide'), seen]).toEqual([undefined, []]);
    const run = await runtime.start(signed, { size: { width: 10 } });
    await clock.runAll();
    await run.value();
    expect(seen[0]).toBeInstanceOf(Print);
    // Whoever starts it otherwise is not asked.
    const free = await runtime.start('Shop.print', { title: 'sun', inks: [], size: { width: 11 } });
    await clock.runAll();
    expect((await free.report()).status).toBe('completed');
  });

  test('a signature can be started many times, and stand in plans and callbacks at once', async () => {
    const { runtime, clock, seen } = shop(open);
    const note = runtime.sign('Shop.note');
    const print = runtime.sign('Shop.print', { size: { width: 1 }, inks: [] }).onSuccess(note);
    const first = await runtime.start(print, { title: 'one' });
    const second = await runtime.start(print, { title: 'two' });
    const both = await runtime.start(
      runtime.parallel([
        { job: print, message: { title: 'three' } },
        { job: print, message: { title: 'four' } },
      ]),
    );
    await clock.runAll();
    await Promise.all([first.value(), second.value(), both.value()]);
    expect(seen).toHaveLength(8);
    expect(first.id).not.toBe(second.id);
  });

  test('S-M8, M1: signed by reference or by name is the same', async () => {
    const { runtime, clock, seen } = shop(open);
    const byName = runtime.sign('Shop.print', { inks: [] });
    const byReference = runtime.sign(
      from(() => Shop, 'print'),
      { inks: [] },
    );
    expect([byReference.node, byName.node]).toEqual(['Shop.print', 'Shop.print']);
    const message = { title: 'sun', size: { width: 1 } };
    const run = await runtime.start(byName, message, { id: 'same' });
    const again = await runtime.start(byReference, message, { id: 'same' });
    await clock.runAll();
    expect(again.id).toBe(run.id);
    expect(seen).toHaveLength(1);
  });

  test('a signature with nothing but bound data is the same start as the job with its message', async () => {
    const { runtime, clock, start } = shop(open);
    const message = { title: 'sun', size: { width: 1 }, inks: [] };
    const run = await start('Shop.print', message, { id: 'one' });
    const same = await runtime.start(runtime.sign('Shop.print', message), undefined, { id: 'one' });
    expect(same.id).toBe(run.id);
    const other = runtime.start(runtime.sign('Shop.print', message).onSuccess('Shop.note'), undefined, { id: 'one' });
    expect(await rejectionOf(other)).toMatchObject({ code: 'ONW3033' });
    await clock.runAll();
    expect(await same.entry()).toEqual(message);
  });

  test('R21: callbacks of callbacks go as deep as annotated ones may', async () => {
    const { runtime, clock } = shop(open);
    let signed = runtime.sign('Shop.note');
    for (let depth = 0; depth < 200; depth++) signed = runtime.sign('Shop.note').onSuccess(signed);
    const print = runtime.sign('Shop.print', { title: 'sun', size: { width: 1 }, inks: [] }).onSuccess(signed);
    const run = await runtime.start(print);
    await clock.runAll();
    const report = await run.report();
    expect([report.status, report.counts.completed]).toEqual(['completed', 202]);
  });

  test('R21: error callbacks of error callbacks end at the depth that brackets may have', async () => {
    class Fuse {
      @Job() burn(): void {
        throw new Error('burned');
      }
    }
    const { runtime, clock } = wired(open(), { Fuse: new Fuse() });
    let signed = runtime.sign('Fuse.burn');
    for (let depth = 0; depth < 70; depth++) signed = runtime.sign('Fuse.burn').onError(signed);
    const run = await runtime.start(signed);
    await clock.runAll();
    const report = await run.report();
    expect(report.status).toBe('failed');
    expect(report.steps.at(-1)?.error).toMatchObject({ code: 'ONW3036' });
    expect(report.steps).toHaveLength(65 + 1);
  });

  test('recovery, conditions and waits of annotated callbacks hold for a signed node too', async () => {
    const log: string[] = [];
    class Kiln {
      @Job() async fire(): Promise<string> {
        await sleep(app.clock, 10);
        throw new Error('cracked');
      }
      @OnError('fire', { recover: true }) glue(): string {
        return 'glued';
      }
      @Handler() sell(pot: unknown): void {
        log.push(`sell ${String(pot)}`);
      }
      @Handler() sweep(): void {
        log.push('sweep');
      }
    }
    const app: Wired = wired(open(), { Kiln: new Kiln() }, { 'Kiln.sell': ['any'] });
    const { runtime, clock } = app;
    const run = await runtime.start(runtime.sign('Kiln.fire').onSuccess('Kiln.sell').onError('Kiln.sweep'));
    await clock.runAll();
    expect([await run.value(), log]).toEqual(['glued', ['sweep', 'sell glued']]);
    expect((await run.report()).status).toBe('completed');
  });
});

test('a URL is a value: it is replaced as a whole, by what is bound and by an override', async () => {
  const seen: string[] = [];
  class Page {
    @IsInstance(URL) site!: URL;
  }
  class Pages {
    @Job() open({ site }: Page): URL {
      seen.push(site.href);
      return site;
    }
    @Job() look(context: StepContext): void {
      const { previous } = context;
      if (previous?.ok === true) seen.push(`after ${String(previous.value)}`);
    }
  }
  const { runtime, clock } = wired(
    memoryEngine(),
    { Pages: new Pages() },
    { 'Pages.open': [Page], 'Pages.look': ['context'] },
  );
  const site = new URL('https://example.org/a');
  const signed = runtime.sign('Pages.open', { site });
  await runtime.start(runtime.sequence([{ job: signed }, { job: 'Pages.look' }]));
  await runtime.start('Pages.open', { site: new URL('https://example.org/b') });
  await runtime.start(signed, {}, { override: { site: new URL('https://example.org/c') } });
  await clock.runAll();
  expect(seen.sort()).toEqual([
    'after https://example.org/a',
    'https://example.org/a',
    'https://example.org/b',
    'https://example.org/c',
  ]);
});
