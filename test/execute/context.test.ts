// What a body may ask of its context, and until when.

import { expect, test } from 'vitest';
import { execute } from '../../src/execute/execute.ts';
import type { StepContext } from '../../src/wiring/context.ts';
import { attemptOf, Shop, shopOf, WritingHost, type Method } from './host.ts';

class Children extends Shop {
  pack(_message: unknown): void {}
}

function nodeOf(service: unknown, method: string): string | undefined {
  return service === Children && method === 'pack' ? 'Shop.pack' : undefined;
}

async function hostOf(method: Method, timeoutMs = 0): Promise<WritingHost> {
  const app = shopOf(method, { timeoutMs });
  const withChildren = { ...app, nodeFor: nodeOf };
  const host = new WritingHost();
  const over = execute(withChildren, attemptOf(app), host);
  if (timeoutMs > 0) await host.clock.advance(timeoutMs);
  else await over;
  return host;
}

test('a body that returns at once has its children accepted before its end is told', async () => {
  const host = await hostOf((context) => {
    void context.spawn(Children, 'pack', 'a');
    void context.call(Children, 'pack', 'b');
  });
  expect(host.calls).toEqual(['spawned Shop.pack', 'called Shop.pack', 'completed']);
});

test('a body that throws at once has its children accepted all the same', async () => {
  const host = await hostOf((context) => {
    void context.spawn(Children, 'pack', 'a');
    throw new Error('no');
  });
  expect(host.calls).toEqual(['spawned Shop.pack', 'failed: no']);
});

test.each(['spawn', 'call'] as const)(
  'a child that is refused fails the attempt, also if the body does not await it: %s',
  async (verb) => {
    const refused = ['failed: ONW3005: there is no node for Children.unpick; the class has no such method'];
    expect((await hostOf((context) => void context[verb](Children, 'unpick' as 'pack', 1))).calls).toEqual(refused);
    // What follows success only does not take the refusal.
    expect(
      (await hostOf((context) => void context[verb](Children, 'unpick' as 'pack', 1).then(() => 1))).calls,
    ).toEqual(refused);
    expect(
      (await hostOf((context) => void context[verb](Children, 'unpick' as 'pack', 1).finally(() => 1))).calls,
    ).toEqual(refused);
    const caught = await hostOf(
      (context) => void context[verb](Children, 'unpick' as 'pack', 1).catch(() => 'never mind'),
    );
    expect(caught.calls).toEqual(['completed']);
  },
);

test('a promise of a child that is awaited later than it is rejected counts as awaited', async () => {
  const host = await hostOf(async (context) => {
    const refused = context.spawn(Children, 'unpick' as 'pack', 1);
    await new Promise((resolve) => setImmediate(resolve));
    await expect(refused).rejects.toThrow('ONW3005');
    expect(refused).toBeInstanceOf(Promise);
  });
  expect(host.calls).toEqual(['completed']);
});

test('identical children have different keys, the same in every attempt', async () => {
  const keys: string[] = [];
  const method: Method = async (context) => {
    keys.push((await context.spawn(Children, 'pack', { a: 1, b: 2 })).key);
    keys.push((await context.spawn(Children, 'pack', { b: 2, a: 1 })).key);
    keys.push((await context.spawn(Children, 'pack', { a: 2 })).key);
  };
  await hostOf(method);
  const first = keys.splice(0);
  await hostOf(method);
  expect(keys).toEqual(first);
  expect(new Set(first).size).toBe(3);
  expect(first[1]).toBe(first[0]?.replace(/1$/, '2'));
});

test('a key or a delay that makes no sense is refused where it is given', async () => {
  const key =
    'the options of `spawn` in Shop.sell are not valid: expected `key` to be a string that is not empty, without control';
  const wrong =
    (options: object): Method =>
    (context) =>
      context.spawn(Children, 'pack', 1, options);
  expect((await hostOf(wrong({ key: 5 }))).calls).toEqual([expect.stringContaining(key)]);
  for (const wrongKey of ['', 'a\u0000b', 'a\ud800', '\u001b[31mred']) {
    expect((await hostOf(wrong({ key: wrongKey }))).calls).toEqual([expect.stringContaining(key)]);
  }
  expect((await hostOf(wrong({ delai: 1 }))).calls).toEqual([expect.stringContaining('did you mean `delay`?')]);
  expect((await hostOf(wrong({ delay: -1 }))).calls).toEqual([expect.stringContaining('expected `delay` to be')]);
});

test('what a body takes off its context works by itself', async () => {
  const host = await hostOf(async ({ emit, progress, spawn, call, exit }) => {
    emit('begun');
    progress(0.5);
    await spawn(Children, 'pack', 1);
    await call(Children, 'pack', 2);
    exit(3);
  });
  expect(host.effects?.exit).toEqual({ value: 3 });
  expect(host.calls).toContain('spawned Shop.pack');
  expect(host.calls).toContain('called Shop.pack');
});

test('after the attempt nothing of its context works', async () => {
  let leaked: StepContext | undefined;
  const host = await hostOf((context) => {
    leaked = context;
  });
  const { calls: before } = host;
  expectOver(leaked);
  await expect(leaked?.spawn(Children, 'pack', 1)).rejects.toMatchObject({ code: 'ONW3038' });
  await expect(leaked?.call(Children, 'pack', 1)).rejects.toMatchObject({ code: 'ONW3038' });
  expect(host.calls).toEqual(before);
});

test('after its time limit nothing of its context works', async () => {
  let leaked: StepContext | undefined;
  const host = await hostOf((context) => {
    leaked = context;
    return new Promise(() => {});
  }, 100);
  expect(host.calls).toEqual([expect.stringContaining('ONW3041')]);
  expectOver(leaked);
});

function expectOver(leaked: StepContext | undefined): void {
  const over = expect.objectContaining({ code: 'ONW3038' });
  expect(() => leaked?.emit('late')).toThrow(over);
  expect(() => leaked?.progress(1)).toThrow(over);
  expect(() => leaked?.exit(1)).toThrow(over);
  expect(() => leaked?.state.get('a')).toThrow(over);
  expect(() => leaked?.state.set('a', 1)).toThrow(over);
}

test('the first exit counts, and state is read with the changes of the attempt itself', async () => {
  const host = await hostOf((context) => {
    context.state.add('sold', 2);
    context.state.add('sold', 3);
    context.exit(context.state.get('sold'));
    context.exit('too late');
  });
  const add = (value: number): object => ({ op: 'add', field: 'sold', value });
  expect(host.effects).toEqual({ state: [add(2), add(3)], exit: { value: 5 } });
});

test('a state that would grow too large is refused at the operation, which then does not count', async () => {
  const host = await hostOf((context) => {
    context.state.set('small', 1);
    expect(() => context.state.set('large', 'x'.repeat(70_000))).toThrow(expect.objectContaining({ code: 'ONW2022' }));
    expect(context.state.get('large')).toBeUndefined();
  });
  expect(host.effects?.state).toEqual([{ op: 'set', field: 'small', value: { one: 1 } }]);
});
