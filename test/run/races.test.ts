// A join that goes by its first source and gives the others up: R57, beside R28, R30 and R37.

import { IsString } from 'class-validator';
import { describe, expect, test } from 'vitest';
import { Handler, Job, Join, OnCancel, OnEnd, OnError, OnSuccess, type Sent, type StepContext } from 'onward';
import { sleep } from '../support/sleep.ts';
import { ENGINES, stepsOf, wired, type Parameters, type Wired } from '../support/wired.ts';

/** The types of a graph that is put together for a test know no node that waits. */
function sendTo(run: Awaited<ReturnType<Wired['start']>>, ...given: readonly unknown[]): Promise<void> {
  return Reflect.apply(run.send, run, given);
}

class Word {
  @IsString() text!: string;
}

interface First {
  done?: string;
  trouble?: string;
}

describe.each(ENGINES)('$engine engine', ({ open }) => {
  test('R57: of two that wait for a message the one that gets none is withdrawn, and the run goes on and ends', async () => {
    const log: string[] = [];
    class Script {
      @Job() submit(): void {}
      @OnSuccess('submit') @Handler({ waits: true, timeout: '30d' }) done(word: Sent<Word>): string {
        return word.text;
      }
      @OnSuccess('submit') @Handler({ waits: true, timeout: '30d' }) trouble(word: Sent<Word>): string {
        return word.text;
      }
      @Join({ done: 'done', trouble: 'trouble' }, { mode: 'any', cancelRest: true }) proceed(first: First): void {
        log.push(`proceed ${first.done ?? first.trouble}`);
      }
      @OnSuccess('proceed') after(): void {
        log.push('after');
      }
      @OnError('done') tell(): void {
        log.push('tell');
      }
      @OnCancel('done') drop(): void {
        log.push('drop');
      }
      @OnEnd('done') end(): void {
        log.push('end');
      }
    }
    const app = wired(open(), { Script: new Script() }, { 'Script.done': [Word], 'Script.trouble': [Word] });
    const run = await app.start('Script.submit');
    await app.clock.advance(1_000);
    await sendTo(run, 'Script.trouble', { text: 'no signal' });
    await app.clock.advance(1_000);
    const report = await run.report();
    expect(log, 'nothing of it had begun: nobody is told').toEqual(['proceed no signal', 'after']);
    expect(stepsOf(report)).toEqual([
      'Script.submit completed 0',
      'Script.done cancelled 203',
      'Script.trouble completed 0',
      'Script.proceed completed 0',
      'Script.after completed 0',
    ]);
    expect(report).toMatchObject({ status: 'completed', code: 0, endedAt: report.startedAt + 1_000 });
  });

  test('R57, R37: a running body is told to stop, its callbacks and children with it; all of it fails nothing', async () => {
    const log: string[] = [];
    class Quotes {
      @Job() ask(): void {}
      @OnSuccess('ask') async near(): Promise<string> {
        await sleep(app.clock, 100);
        return 'near';
      }
      @OnSuccess('ask') async far(context: StepContext): Promise<string> {
        await context.spawn(Quotes, 'ship');
        await new Promise((_, reject) => {
          context.signal.addEventListener('abort', () => reject(context.signal.reason), { once: true });
        }).catch((reason: unknown) => {
          log.push(String(reason));
          throw reason;
        });
        return 'far';
      }
      @Handler() async ship(): Promise<void> {
        await sleep(app.clock, 10_000);
      }
      @OnCancel('far') drop(): void {
        log.push('drop');
      }
      @OnError('far') tell(): void {
        log.push('tell');
      }
      @Join({ near: 'near', far: 'far' }, { mode: 'any', cancelRest: true }) take(first: {
        near?: string;
        far?: string;
      }): string {
        log.push(`take ${first.near ?? first.far}`);
        return 'taken';
      }
      @Join({ take: 'take', far: 'far' }) both(): void {}
    }
    const app: Wired = wired(open(), { Quotes: new Quotes() }, { 'Quotes.far': ['context'] });
    const report = await app.report('Quotes.ask');
    expect([...log].sort()).toEqual([
      `OnwardError: ONW3020: Quotes.far of run ${report.runId} was cancelled: Quotes.take was reached without it`,
      'drop',
      'take near',
    ]);
    expect(stepsOf(report).filter((line) => line.includes('cancelled'))).toEqual([
      'Quotes.far cancelled 203',
      'Quotes.ship cancelled 203',
    ]);
    expect(report).toMatchObject({ status: 'completed', code: 0, failures: [], callbackFailures: [] });
    expect(report.steps.at(-1), 'another join that needed it misses it').toMatchObject({
      node: 'Quotes.both',
      code: 206,
      missing: ['far'],
    });
  });

  test('R57: what is ahead of a source is not touched; what arrives from there later is swallowed', async () => {
    const log: string[] = [];
    class Quotes {
      @Job() ask(): void {}
      @OnSuccess('ask') near(): string {
        return 'near';
      }
      @OnSuccess('ask') async travel(): Promise<void> {
        await sleep(app.clock, 100);
        log.push('travel');
      }
      @OnSuccess('travel') async far(): Promise<string> {
        await sleep(app.clock, 100);
        log.push('far');
        return 'far';
      }
      @Join({ near: 'near', far: 'far' }, { mode: 'any', cancelRest: true }) take(): void {
        log.push('take');
      }
    }
    const app: Wired = wired(open(), { Quotes: new Quotes() });
    const report = await app.report('Quotes.ask');
    expect(log).toEqual(['take', 'travel', 'far']);
    expect(report).toMatchObject({ status: 'completed', counts: { completed: 5, cancelled: 0 } });
  });

  test('R57, R28: in a loop each round has its own race, and a loser of one does not count for the next', async () => {
    const log: string[] = [];
    class Rounds {
      #round = 0;
      @OnSuccess('next', { when: true })
      @Job()
      begin(): number {
        return ++this.#round;
      }
      @OnSuccess('begin') async fast(round: number): Promise<string> {
        await sleep(app.clock, round === 2 ? 500 : 100);
        return `fast ${round}`;
      }
      @OnSuccess('begin') async slow(round: number, context: StepContext): Promise<string> {
        context.signal.addEventListener('abort', () => log.push(`stop ${round}`));
        await sleep(app.clock, 300);
        return `slow ${round}`;
      }
      @Join({ fast: 'fast', slow: 'slow' }, { mode: 'any', cancelRest: true }) take(first: {
        fast?: string;
        slow?: string;
      }): string {
        log.push(`take ${first.fast ?? first.slow}`);
        return '';
      }
      @OnSuccess('take') next(): boolean {
        return this.#round < 4;
      }
    }
    const parameters: Parameters = { 'Rounds.slow': ['any', 'context'] };
    const app: Wired = wired(open(), { Rounds: new Rounds() }, parameters);
    const report = await app.report('Rounds.begin');
    expect(log.filter((line) => line.startsWith('take'))).toEqual([
      'take fast 1',
      'take slow 2',
      'take fast 3',
      'take fast 4',
    ]);
    expect(log.filter((line) => line.startsWith('stop'))).toEqual(['stop 1', 'stop 3', 'stop 4']);
    expect(
      report.steps.filter(({ status }) => status === 'cancelled').map(({ node, round }) => `${node} ${round}`),
    ).toEqual(['Rounds.slow 1', 'Rounds.fast 2', 'Rounds.slow 3', 'Rounds.slow 4']);
    expect(report.status).toBe('completed');
  });

  test('R57: the items of an array are withdrawn together, and none of them begins any more', async () => {
    const log: string[] = [];
    class Fan {
      @Job() open(): number[] {
        return [1, 2, 3, 4];
      }
      @OnSuccess('open', { each: true, concurrency: 2 }) async item(item: number): Promise<void> {
        log.push(`item ${item}`);
        await sleep(app.clock, 1_000);
      }
      @OnSuccess('open') async direct(): Promise<string> {
        await sleep(app.clock, 100);
        return 'direct';
      }
      @Join({ items: 'item', direct: 'direct' }, { mode: 'any', cancelRest: true }) take(): void {
        log.push('take');
      }
    }
    const app: Wired = wired(open(), { Fan: new Fan() });
    const report = await app.report('Fan.open');
    expect(log).toEqual(['item 1', 'item 2', 'take']);
    expect(report).toMatchObject({ status: 'completed', counts: { completed: 3, cancelled: 2 } });
  });

  test('R57: what the first source itself leads to takes no part, in whichever order its edges are declared', async () => {
    const log: string[] = [];
    class Quotes {
      @Job() ask(): string {
        return 'asked';
      }
      @OnSuccess('ask') async before(): Promise<void> {
        await sleep(app.clock, 100);
        log.push('before');
      }
      @Join({ ask: 'ask', before: 'before', after: 'after' }, { mode: 'any', cancelRest: true }) take(): void {
        log.push('take');
      }
      @OnSuccess('ask') async after(): Promise<void> {
        await sleep(app.clock, 200);
        log.push('after');
      }
    }
    const app: Wired = wired(open(), { Quotes: new Quotes() });
    expect((await app.report('Quotes.ask')).counts).toEqual({ completed: 4, failed: 0, skipped: 0, cancelled: 0 });
    expect(log).toEqual(['take', 'before', 'after']);
  });

  test('R57, R28: of two joins with the same sources both give up the same step, and leave the next one alone', async () => {
    const log: string[] = [];
    class Quotes {
      @Job() ask(): void {}
      @OnSuccess('ask') again(): void {}
      @OnSuccess('ask') async near(): Promise<string> {
        await sleep(app.clock, 100);
        return 'near';
      }
      @OnSuccess('again')
      @OnSuccess('ask')
      async far(): Promise<string> {
        await sleep(app.clock, 1_000);
        return 'far';
      }
      @Join({ near: 'near', far: 'far' }, { mode: 'any', cancelRest: true }) take(first: object): void {
        log.push(`take ${Object.values(first).join()}`);
      }
      @Join({ near: 'near', far: 'far' }, { mode: 'any', cancelRest: true }) note(first: object): void {
        log.push(`note ${Object.values(first).join()}`);
      }
    }
    const app: Wired = wired(open(), { Quotes: new Quotes() });
    const report = await app.report('Quotes.ask');
    expect(stepsOf(report).filter((line) => line.startsWith('Quotes.far'))).toEqual([
      'Quotes.far cancelled 203',
      'Quotes.far completed 0',
    ]);
    expect(log).toEqual(['take near', 'note near', 'take far', 'note far']);
  });

  test('R57, R28: one loser may belong to another; what comes from its source next counts for the next instance', async () => {
    const log: string[] = [];
    class Quotes {
      @Job() ask(): void {}
      @OnSuccess('ask') async near(): Promise<string> {
        await sleep(app.clock, 100);
        return 'near';
      }
      @OnSuccess('ask') async far(context: StepContext): Promise<void> {
        await context.call(Quotes, 'look');
      }
      @Handler() async look(): Promise<string> {
        await sleep(app.clock, 1_000);
        return 'look';
      }
      @OnSuccess('ask') async later(context: StepContext): Promise<void> {
        await sleep(app.clock, 50);
        await context.call(Quotes, 'look');
      }
      @Join({ near: 'near', far: 'far', look: 'look' }, { mode: 'any', cancelRest: true }) take(first: object): void {
        log.push(`take ${Object.values(first).join()}`);
      }
    }
    const parameters: Parameters = { 'Quotes.far': ['context'], 'Quotes.later': ['context'] };
    const app: Wired = wired(open(), { Quotes: new Quotes() }, parameters);
    const report = await app.report('Quotes.ask');
    expect(log).toEqual(['take near', 'take look']);
    expect(stepsOf(report).filter((line) => /far|look/.test(line))).toEqual([
      'Quotes.far cancelled 203',
      'Quotes.look cancelled 203',
      'Quotes.look completed 0',
    ]);
  });

  test('R57, R36: what waits for a message when a race is won with an exit is skipped like all that has not begun', async () => {
    class Script {
      @Job() submit(): void {}
      @OnSuccess('submit') @Handler({ waits: true }) done(word: Sent<Word>): string {
        return word.text;
      }
      @OnSuccess('submit') async stop(context: StepContext): Promise<void> {
        await sleep(app.clock, 100);
        context.exit('stopped');
      }
      @Join({ done: 'done', stop: 'stop' }, { mode: 'any', cancelRest: true }) proceed(): void {}
    }
    const parameters: Parameters = { 'Script.done': [Word], 'Script.stop': ['context'] };
    const app: Wired = wired(open(), { Script: new Script() }, parameters);
    expect(stepsOf(await app.report('Script.submit'))).toEqual([
      'Script.submit completed 0',
      'Script.done skipped 100',
      'Script.stop completed 0',
      'Script.proceed skipped 100',
    ]);
  });

  test('R57: without `cancelRest` the others go on as before', async () => {
    const log: string[] = [];
    class Quotes {
      @Job() ask(): void {}
      @OnSuccess('ask') near(): void {}
      @OnSuccess('ask') async far(): Promise<void> {
        await sleep(app.clock, 100);
        log.push('far');
      }
      @Join({ near: 'near', far: 'far' }, { mode: 'any' }) take(): void {
        log.push('take');
      }
    }
    const app: Wired = wired(open(), { Quotes: new Quotes() });
    await app.report('Quotes.ask');
    expect(log).toEqual(['take', 'far']);
  });

  test('R57, R54: a child that lost a race fails neither its parent nor anybody else', async () => {
    class Quotes {
      @Job() async ask(context: StepContext): Promise<string> {
        await context.spawn(Quotes, 'near');
        await context.spawn(Quotes, 'far');
        return 'asked';
      }
      @Handler() async near(): Promise<void> {
        await sleep(app.clock, 100);
      }
      @Handler() async far(): Promise<void> {
        await sleep(app.clock, 10_000);
      }
      @Join({ near: 'near', far: 'far' }, { mode: 'any', cancelRest: true }) take(): void {}
    }
    const app: Wired = wired(open(), { Quotes: new Quotes() }, { 'Quotes.ask': ['context'] });
    const report = await app.report('Quotes.ask');
    expect(report).toMatchObject({ status: 'completed', value: 'asked' });
    expect(report.steps.at(-1)).toMatchObject({ node: 'Quotes.take', parent: 1, status: 'completed' });
  });
});

test('R57: `cancelRest` of a join that needs all of its sources is refused when the runtime is made', () => {
  class Quotes {
    @Job() ask(): void {}
    @OnSuccess('ask') near(): void {}
    @Join({ near: 'near' }, { cancelRest: true as never }) take(): void {}
  }
  expect(() => wired(ENGINES[0].open(), { Quotes: new Quotes() })).toThrowErrorMatchingInlineSnapshot(`
    [OnwardError: ONW3004: options of annotations are not valid:
      join of Quotes.take: \`cancelRest\` needs \`mode: 'any'\`: a join of all its sources needs each of them]
  `);
});
