// Handlers that wait for a message from outside: R51, and R49 for messages.

import { IsBoolean, IsInt, IsString } from 'class-validator';
import { describe, expect, test } from 'vitest';
import {
  ErrorValue,
  Handler,
  Job,
  OnCancel,
  OnEnd,
  OnError,
  OnStart,
  OnSuccess,
  ReturnValue,
  type Sent,
  type StartedRun,
} from 'onward';
import { eventsOf, storyOf } from '../support/story.ts';
import { ENGINES, rejectionOf, stepsOf, wired, type Wired } from '../support/wired.ts';

class Verdict {
  @IsBoolean() granted!: boolean;
  @IsString() by!: string;
}
/** As callers without types do. */
function send(run: StartedRun, ...given: readonly unknown[]): Promise<void> {
  return Reflect.apply(run.send, run, given);
}

const YES = { granted: true, by: 'Ada' };
const NO = { granted: false, by: 'Bob' };

describe.each(ENGINES)('$engine engine', ({ open }) => {
  interface Desk {
    readonly app: Wired;
    readonly log: string[];
  }
  function desk(): Desk {
    const log: string[] = [];
    class Claims {
      @Job() file(): string {
        return 'claim';
      }
      @OnSuccess('file')
      @Handler({ waits: true, timeout: '1d', retry: { attempts: 3 } })
      decide(verdict: Sent<Verdict>, @ReturnValue() claim: string): string {
        log.push(`${claim} ${verdict.granted} by ${verdict.by}, ${verdict instanceof Verdict}`);
        if (verdict.by === 'nobody') throw new Error('who?');
        return verdict.granted ? 'paid' : 'refused';
      }
      @OnStart('decide') open(): void {
        log.push('open');
      }
      @OnError('decide') late(@ErrorValue() error: Error): void {
        log.push(`late ${error.message}`);
      }
      @OnEnd('decide') archive(): void {
        log.push('archive');
      }
      @OnCancel('decide') withdraw(): void {
        log.push('withdraw');
      }
      @OnSuccess('decide', { when: 'paid' }) pay(): void {
        log.push('pay');
      }
      @Handler() other(): void {}
    }
    const app = wired(open(), { Claims: new Claims() }, { 'Claims.decide': [Verdict, 'any'], 'Claims.late': ['any'] });
    return { app, log };
  }

  test('R51: once reached it waits, holds nothing and is shown; the message starts its body, the edge fills the marks', async () => {
    const { app, log } = desk();
    const run = await app.start('Claims.file');
    await app.clock.advance(3_600_000);
    const waiting = await run.inspect();
    expect(stepsOf({ ...waiting, status: 'completed' })).toEqual([
      'Claims.file completed 0',
      'Claims.decide pending -1',
    ]);
    expect(waiting.steps.map(({ waitsFor }) => waitsFor)).toEqual([undefined, 'Claims.decide']);
    expect(log).toEqual([]);
    await send(run, 'Claims.decide', YES);
    await app.clock.runAll();
    expect(log).toEqual(['open', 'claim true by Ada, true', 'archive', 'pay']);
    expect((await run.report()).status).toBe('completed');
    expect(await storyOf(run)).toContain('step.waiting Claims.decide');
  });

  test('R51: a message that comes early is kept', async () => {
    const { app, log } = desk();
    const run = await app.start('Claims.file', undefined, { notBefore: 1_000 });
    await send(run, 'Claims.decide', NO);
    await app.clock.runAll();
    expect(log).toEqual(['open', 'claim false by Bob, true', 'archive']);
    expect((await run.report()).endedAt - (await run.report()).startedAt).toBe(1_000);
  });

  test('R51: the oldest step that waits takes the first message, and so on', async () => {
    const log: string[] = [];
    class Post {
      @Job() open(): string[] {
        return ['a', 'b', 'c'];
      }
      @OnSuccess('open', { each: true })
      @Handler({ waits: true })
      answer(verdict: Sent<Verdict>, @ReturnValue() letter: string): void {
        log.push(`${letter} ${verdict.by}`);
      }
    }
    const { start, clock } = wired(open(), { Post: new Post() }, { 'Post.answer': [Verdict, 'any'] });
    const run = await start('Post.open');
    await send(run, 'Post.answer', { granted: true, by: 'early' });
    await clock.advance(1);
    await send(run, 'Post.answer', { granted: true, by: 'second' });
    await send(run, 'Post.answer', { granted: true, by: 'third' });
    await clock.runAll();
    expect(log).toEqual(['a early', 'b second', 'c third']);
    expect((await run.report()).status).toBe('completed');
  });

  test('R51: the timeout counts the wait; it is 204, and not tried again', async () => {
    const { app, log } = desk();
    const run = await app.start('Claims.file');
    await app.clock.runAll();
    const report = await run.report();
    expect(stepsOf(report)[1]).toBe('Claims.decide failed 204');
    expect([report.status, report.endedAt - report.startedAt]).toEqual(['failed', 86_400_000]);
    expect(log).toMatchInlineSnapshot(`
      [
        "late ONW3041: Claims.decide has waited 86400000 ms for a message and got none; send it with \`run.send\`, or raise its \`timeout\`",
        "archive",
      ]
    `);
  });

  test('R51: a body that fails after its message is tried again with it', async () => {
    const { app, log } = desk();
    const run = await app.start('Claims.file');
    await send(run, 'Claims.decide', { granted: true, by: 'nobody' });
    await app.clock.runAll();
    expect(log).toEqual([
      'open',
      ...Array.from({ length: 3 }, () => 'claim true by nobody, true'),
      'late who?',
      'archive',
    ]);
    expect((await run.report()).status).toBe('failed');
  });

  test('R49: a message with a known id is sent once, whenever it comes again', async () => {
    const { app, log } = desk();
    const run = await app.start('Claims.file');
    await Promise.all([
      send(run, 'Claims.decide', YES, { id: 'form-7' }),
      send(run, 'Claims.decide', { ...YES }, { id: 'form-7' }),
    ]);
    await app.clock.runAll();
    await send(run, 'Claims.decide', YES, { id: 'form-7' });
    expect(log).toEqual(['open', 'claim true by Ada, true', 'archive', 'pay']);
    expect(await rejectionOf(send(run, 'Claims.decide', YES))).toMatchObject({ code: 'ONW3055' });
  });

  test('R49: another message, or another node, under a known id is refused', async () => {
    const { app, log } = desk();
    const run = await app.start('Claims.file', undefined, { id: 'c' });
    const [first, second] = await Promise.allSettled([
      send(run, 'Claims.decide', YES, { id: 'form-7' }),
      send(run, 'Claims.decide', NO, { id: 'form-7' }),
    ]);
    expect(first.status).toBe('fulfilled');
    expect(second).toMatchObject({ reason: { code: 'ONW3056' } });
    await app.clock.runAll();
    // As it stands at its end, too.
    expect(String(await rejectionOf(send(run, 'Claims.decide', NO, { id: 'form-7' })))).toMatchInlineSnapshot(
      `"OnwardError: ONW3056: run c has taken another message with the id "form-7"; send this one under an id of its own"`,
    );
    expect(log).toEqual(['open', 'claim true by Ada, true', 'archive', 'pay']);
  });

  test('R49: messages are compared as they are given: neither what a class fills in counts, nor the order of fields', async () => {
    let made = 0;
    class Note {
      @IsInt() number = ++made;
      @IsString() by!: string;
      @IsString() text!: string;
    }
    class Notes {
      @Job() open(): void {}
      @OnSuccess('open')
      @Handler({ waits: true })
      take(note: Sent<Note>): string {
        return note.text;
      }
      @Handler({ waits: true })
      other(note: Sent<Note>): string {
        return note.text;
      }
    }
    const app = wired(open(), { Notes: new Notes() }, { 'Notes.take': [Note], 'Notes.other': [Note] });
    const run = await app.start('Notes.open');
    await send(run, 'Notes.take', { by: 'Ada', text: 'hello' }, { id: 'note-1' });
    await send(run, 'Notes.take', { text: 'hello', by: 'Ada' }, { id: 'note-1' });
    const elsewhere = send(run, 'Notes.other', { by: 'Ada', text: 'hello' }, { id: 'note-1' });
    expect(await rejectionOf(elsewhere)).toMatchObject({ code: 'ONW3056' });
    await app.clock.runAll();
    expect((await run.report()).status).toBe('completed');
  });

  test('a message is checked before it is taken; one for another node or none is refused', async () => {
    const { app } = desk();
    const run = await app.start('Claims.file', undefined, { id: 'c' });
    expect(await rejectionOf(send(run, 'Claims.decide', { granted: 'yes' }))).toMatchObject({
      code: 'ONW2003',
      issues: [{ path: 'granted' }, { path: 'by' }],
    });
    for (const node of ['Claims.decid', 'Claims.other', '', undefined, null, 5]) {
      const refused = send(run, node, YES);
      expect(await rejectionOf(refused), String(node)).toMatchObject({ code: 'ONW3055' });
    }
    expect(String(await rejectionOf(send(run, 'Claims.decid', YES)))).toBe(
      'OnwardError: ONW3055: Claims.decid waits for no message; did you mean Claims.decide?',
    );
    expect(String(await rejectionOf(send(run, undefined, YES)))).toBe(
      'OnwardError: ONW3055: expected the id of a node that waits for a message, got nothing; those that wait are Claims.decide',
    );
    for (const options of [{ id: '' }, { id: 5 }, { ID: 'form-7' }, null, 'form-7']) {
      const refused = send(run, 'Claims.decide', YES, options);
      expect(await rejectionOf(refused), JSON.stringify(options)).toMatchObject({ code: 'ONW3004' });
    }
    await run.cancel();
    await app.clock.runAll();
  });

  test('R37: cancelled while it waits it ends at once; nothing of it had begun', async () => {
    const { app, log } = desk();
    const run = await app.start('Claims.file');
    await app.clock.advance(10);
    await run.cancel('withdrawn');
    await app.clock.runAll();
    const report = await run.report();
    expect(stepsOf(report)).toEqual(['Claims.file completed 0', 'Claims.decide cancelled 203']);
    expect([log, report.endedAt - report.startedAt]).toEqual([[], 10]);
    expect(await rejectionOf(send(run, 'Claims.decide', YES))).toMatchObject({ code: 'ONW3055' });
  });

  test('R38: of two that wait one is cancelled; the message goes to the other', async () => {
    const log: string[] = [];
    class Post {
      @Job() open(): string[] {
        return ['a', 'b'];
      }
      @OnSuccess('open', { each: true })
      @Handler({ waits: true })
      answer(_verdict: Sent<Verdict>, @ReturnValue() letter: string): void {
        log.push(letter);
      }
    }
    const { start, clock } = wired(open(), { Post: new Post() }, { 'Post.answer': [Verdict, 'any'] });
    const run = await start('Post.open');
    await clock.advance(1);
    await run.cancelStep(2);
    await send(run, 'Post.answer', YES);
    await clock.runAll();
    expect(log).toEqual(['b']);
  });

  test('R40: a message to a suspended run is kept until it goes on', async () => {
    const { app, log } = desk();
    const run = await app.start('Claims.file');
    await app.clock.advance(1);
    await run.suspend();
    await send(run, 'Claims.decide', YES);
    await app.clock.advance(1_000);
    expect(log).toEqual([]);
    await run.resume();
    await app.clock.runAll();
    expect(log).toEqual(['open', 'claim true by Ada, true', 'archive', 'pay']);
  });

  test('R51: the time of a wait goes on while the run is suspended; what follows is held', async () => {
    const { app, log } = desk();
    const run = await app.start('Claims.file');
    await app.clock.advance(1);
    await run.suspend();
    await app.clock.advance(2 * 86_400_000);
    expect((await run.inspect()).steps).toContainEqual(expect.objectContaining({ node: 'Claims.decide', code: 204 }));
    expect(log).toEqual([]);
    await run.resume();
    await app.clock.runAll();
    expect(log.at(-1)).toBe('archive');
  });

  test('R51: what is sent is a copy: changes to it afterwards reach nobody', async () => {
    const { app, log } = desk();
    const run = await app.start('Claims.file');
    const verdict = { ...YES };
    const sent = send(run, 'Claims.decide', verdict);
    verdict.by = 'Mallory';
    await sent;
    await app.clock.runAll();
    expect(log[1]).toBe('claim true by Ada, true');
  });

  test('a waiting node can be a signed callback and stand behind an entry of a plan; the next entry waits', async () => {
    const { app, log } = desk();
    const { runtime, clock } = app;
    const run = await runtime.start(runtime.sequence([{ job: 'Claims.file' }, { job: 'Claims.file' }]));
    await clock.advance(1);
    expect((await run.inspect()).steps).toHaveLength(2);
    await send(run, 'Claims.decide', YES);
    await clock.advance(1);
    await send(run, 'Claims.decide', NO);
    await clock.runAll();
    expect(await run.value()).toEqual(['claim', 'claim']);
    expect(log.filter((line) => line.startsWith('claim'))).toEqual([
      'claim true by Ada, true',
      'claim false by Bob, true',
    ]);
    expect((await eventsOf(run)).filter(({ type }) => type === 'step.waiting')).toHaveLength(2);
  });
});
