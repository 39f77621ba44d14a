// What the annotations of moments, runs and joins write down.

import { describe, expect, test } from 'vitest';
import {
  from,
  Handler,
  Job,
  Join,
  OnCancel,
  OnEnd,
  OnError,
  OnRunEnd,
  OnRunError,
  OnRunSuccess,
  OnStart,
  OnSuccess,
  OnwardError,
  type RunReport,
} from 'onward';
import { nodeRecordOf, type EdgeRecord } from '../../src/decorators/record.ts';

class Trip {
  bus!: string;
}
class SoldOut extends Error {}

class Depot {
  @Job({ tags: ['a'], maxRounds: 3, maxPerRun: 9, concurrency: 2, throws: [SoldOut], expose: true })
  hold(trip: Trip): string {
    return trip.bus;
  }
}

class Office {
  @Handler({ exhaustive: true }) sort(): 'near' | 'far' {
    return 'near';
  }
  @Job() book(trip: Trip): string[] {
    return [trip.bus];
  }
  @OnStart('book', { critical: true })
  @OnEnd(() => Office, 'book')
  @OnCancel(() => Depot, 'hold', { bind: { bus: 'a' } })
  around(trip: Trip): void {
    void trip;
  }
  @OnRunSuccess()
  @OnRunSuccess({ critical: true })
  @OnRunError('book')
  @OnRunError('book', { critical: true })
  @OnRunEnd(() => Depot, 'hold')
  @OnRunEnd(() => Depot, 'hold', { critical: false })
  told(report: RunReport): void {
    void report;
  }
  @OnSuccess('book', { each: true, concurrency: 4, stopAfterFailures: 2 })
  @OnSuccess('book', { each: true, after: '3d', critical: false })
  item(bus: string): void {
    void bus;
  }
  @OnError(() => Office, 'book', { recover: true, after: 500, critical: true })
  recovered(): string[] {
    return [];
  }
  @Join({ seat: from(() => Depot, 'hold'), tickets: 'book' }, { mode: 'any', bind: { note: 'x' } })
  @Join({ tickets: 'book' })
  joined(all: { seat?: string; tickets?: string[]; note?: string }): void {
    void all;
  }
}

function edgesOf(method: string): readonly EdgeRecord[] {
  return nodeRecordOf(new Office(), method)?.edges ?? [];
}

/** The target by its class and its method. */
function written(target: EdgeRecord['target']): readonly [unknown, string] | null {
  return target === null ? null : [target.service?.(), target.method];
}

describe('RECORD-2: what a callback says', () => {
  test('keeps the moment, the target and the options of each edge', () => {
    expect(edgesOf('around').map(({ on, target, options }) => [on, written(target), options])).toEqual([
      ['start', [undefined, 'book'], { critical: true }],
      ['end', [Office, 'book'], {}],
      ['cancel', [Depot, 'hold'], { bind: { bus: 'a' } }],
    ]);
  });

  test('keeps the job of a run callback, and no target where none is named', () => {
    expect(edgesOf('told').map(({ on, target, options }) => [on, written(target), options])).toEqual([
      ['runSuccess', null, {}],
      ['runSuccess', null, { critical: true }],
      ['runError', [undefined, 'book'], {}],
      ['runError', [undefined, 'book'], { critical: true }],
      ['runEnd', [Depot, 'hold'], {}],
      ['runEnd', [Depot, 'hold'], { critical: false }],
    ]);
  });

  test('keeps items, delays and recovery among the options', () => {
    expect([...edgesOf('item'), ...edgesOf('recovered')].map(({ options }) => options)).toEqual([
      { each: true, concurrency: 4, stopAfterFailures: 2 },
      { each: true, after: '3d', critical: false },
      { recover: true, after: 500, critical: true },
    ]);
  });

  test('keeps a join as one edge with its sources in written order', () => {
    const [any, all] = edgesOf('joined');
    expect(any).toMatchObject({ on: 'join', target: null, options: { mode: 'any', bind: { note: 'x' } } });
    expect(Object.entries(any?.sources ?? {}).map(([field, source]) => [field, written(source)])).toEqual([
      ['seat', [Depot, 'hold']],
      ['tickets', [undefined, 'book']],
    ]);
    expect(all).toEqual({ on: 'join', target: null, sources: { tickets: { method: 'book' } }, options: {} });
  });

  test('asks no thunk before somebody reads it', () => {
    class Late {
      @Join({ early: from(() => Later, 'run') }) joined(): void {}
      @OnRunEnd(() => Later, 'run') ended(): void {}
    }
    class Later {
      @Job() run(): void {}
    }
    expect(nodeRecordOf(new Late(), 'joined')?.edges[0]?.sources?.['early']?.service?.()).toBe(Later);
  });

  test('keeps a source whose field has the name of a member of every object', () => {
    class Odd {
      @Join({ ['__proto__']: 'run', constructor: 'run' }) joined(): void {}
      @Job() run(): void {}
    }
    expect(Object.keys(nodeRecordOf(new Odd(), 'joined')?.edges[0]?.sources ?? {})).toEqual([
      '__proto__',
      'constructor',
    ]);
  });
});

test('RECORD-1: the options of a node are kept as they are', () => {
  expect(nodeRecordOf(new Depot(), 'hold')?.options).toEqual({
    tags: ['a'],
    maxRounds: 3,
    maxPerRun: 9,
    concurrency: 2,
    throws: [SoldOut],
    expose: true,
  });
  expect(nodeRecordOf(new Office(), 'sort')).toMatchObject({ kind: 'handler', options: { exhaustive: true } });
});

test.each([
  ['OnStart', OnStart('x')],
  ['OnEnd', OnEnd('x')],
  ['OnCancel', OnCancel('x')],
  ['OnRunSuccess', OnRunSuccess()],
  ['OnRunError', OnRunError('x')],
  ['OnRunEnd', OnRunEnd({})],
  ['Join', Join({ x: 'x' })],
])('@%s called as a standard decorator is ONW6001', (name, decorator: unknown) => {
  if (typeof decorator !== 'function') throw new TypeError('expected a decorator');
  const call = (): unknown => decorator(() => undefined, { kind: 'method', name: 'x' });
  expect(call).toThrow(OnwardError);
  expect(call).toThrow(`@${name} was called as a standard decorator`);
});
