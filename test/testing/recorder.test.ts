// The recorder, and events that no run has emitted.

import { expect, test } from 'vitest';
import { Job, OnSuccess, type FailureEvent, type StepContext } from 'onward';
import { metrics, notify } from 'onward/observers';
import { eventOf, recorder } from 'onward/testing';
import { EVENT_TYPES, isEventType } from '../../src/observe/interest.ts';
import { ENGINES, wired } from '../support/wired.ts';

class CardDeclined extends Error {
  override readonly name = 'CardDeclined';
}
class A {
  @Job() one(context: StepContext): void {
    context.emit('paying', { cents: 300 });
  }
  @OnSuccess('one') two(): never {
    throw new CardDeclined('no');
  }
}

async function recorded() {
  const kept = recorder();
  const { runtime, report } = wired(ENGINES[0].open(), { A: new A() }, { 'A.one': ['context'] });
  runtime.observe(kept);
  await report('A.one', undefined, { id: 'r1' });
  return kept;
}

function thrownBy(call: () => void): unknown {
  try {
    call();
  } catch (error) {
    return error;
  }
  return undefined;
}

test('it keeps every event, and gives those of one type with their fields', async () => {
  const kept = await recorded();
  expect(kept.events.length).toBeGreaterThan(7);
  expect(kept.calls('custom').map(({ name, data }) => [name, data])).toEqual([['paying', { cents: 300 }]]);
  expect(kept.calls('step.failed').map(({ node, error }) => [node, error])).toEqual([
    ['A.two', new CardDeclined('no')],
  ]);
  kept.clear();
  expect(kept.events).toEqual([]);
});

test('assertCalled passes if the number is right, or without one if there is any', async () => {
  const kept = await recorded();
  kept.assertCalled('run.ended');
  kept.assertCalled('run.ended', 1);
  kept.assertCalled('step.started', 2);
  kept.assertCalled('step.skipped', 0);
});

test('assertCalled says what was emitted instead', async () => {
  const kept = await recorded();
  const failure = thrownBy(() => kept.assertCalled('run.suspended', 1));
  expect(failure).toMatchObject({ name: 'AssertionError', code: 'ERR_ASSERTION', actual: 0, expected: 1 });
  expect(failure).toHaveProperty(
    'message',
    'expected run.suspended 1 time, got 0. Emitted: run.started ×1, step.started ×2 (A.one, A.two), step.attempt ×2 (A.one, A.two), custom ×1 (A.one paying), step.completed ×1 (A.one), step.failed ×1 (A.two: CardDeclined: no), run.ended ×1',
  );
  expect(String(thrownBy(() => kept.assertCalled('step.skipped')))).toContain('step.skipped at least 1 time, got 0.');
  kept.clear();
  expect(String(thrownBy(() => kept.assertCalled('run.ended', 2)))).toContain('2 times, got 0. Emitted: nothing');
  expect(() => kept.assertCalled(Object('run.end').valueOf())).toThrow(/ONW3004.*did you mean run.ended\?/);
});

test('an observer is tested by itself with events that are made up', () => {
  const sent: string[] = [];
  const bell = notify({
    when: (event) => 'severity' in event && event.severity === 'critical',
    send: (event) => void sent.push(event.type),
  });
  void bell.onEvent?.(eventOf('step.failed', { severity: 'critical' }));
  void bell.onEvent?.(eventOf('step.failed'));
  void bell.onEvent?.(eventOf('run.ended'));
  expect(sent).toEqual(['step.failed']);
  const failure: FailureEvent = eventOf('step.failed', { error: new CardDeclined('no'), node: 'A.two', runId: 'r1' });
  expect(failure).toMatchObject({ type: 'step.failed', key: 'r1~A.two.1', code: 101, attempt: 1, tags: [] });
  const counted = metrics();
  counted.onEvent(eventOf('run.started'));
  counted.onEvent(eventOf('step.completed', { node: 'A.one', startedAt: 100, at: 350 }));
  counted.onEvent(eventOf('run.ended', { startedAt: 0, at: 500 }));
  expect([counted.report().averageRunMs, counted.durations('A.one')?.sum]).toEqual([500, 250]);
});

test('there is an event of every type', () => {
  expect(EVENT_TYPES.filter(isEventType).map((type) => eventOf(type).type)).toEqual(EVENT_TYPES);
});

test('an event of a type that there is not is refused', () => {
  const type: 'step.failed' = Object('step.faild').valueOf();
  expect(() => eventOf(type)).toThrow(/ONW3004.*no event of the type step\.faild; did you mean step\.failed\?/);
});
