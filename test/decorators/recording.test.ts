import { describe, expect, test } from 'vitest';
import { ErrorValue, Handler, Job, Message, OnError, OnSuccess, OnwardError, ReturnValue, Service } from 'onward';
import { markedFieldsOf, nodeRecordOf, serviceNameOf } from '../../src/decorators/record.ts';

class Order {
  id!: string;
}
class Declined extends Error {}
class Mail {
  @ReturnValue() receipt!: string;
  template!: string;
}
class LongMail extends Mail {
  @ErrorValue() error?: Error;
}

const retry = { attempts: 3, delay: '200ms' } as const;

@Service({ name: 'billing' })
class Billing {
  @Job({ retry })
  charge(order: Order): string {
    return order.id;
  }
  @Handler({ timeout: '1s' })
  tidy(): void {}
  @OnSuccess('charge', { when: 'a' })
  @OnSuccess(() => Billing, 'charge', { when: 'b' })
  @OnError(() => Billing, 'charge', { when: Declined })
  note(@Message() order: Order): void {
    void order;
  }
  @OnSuccess('charge')
  file(@Message() order: Order, @ReturnValue() receipt: string): void {
    void [order, receipt];
  }
}

class Inheriting extends Billing {
  override tidy(): void {}
}
class Replacing extends Billing {
  @Handler()
  override tidy(): void {}
}

describe('RECORD-2: what a method says', () => {
  test('keeps several edges in the order of the source', () => {
    const edges = nodeRecordOf(new Billing(), 'note')?.edges ?? [];
    expect(edges.map(({ on, target, options }) => [on, target?.method, options['when']])).toEqual([
      ['success', 'charge', 'a'],
      ['success', 'charge', 'b'],
      ['error', 'charge', Declined],
    ]);
  });

  test('knows the class of a target by its thunk, and none for the same class', () => {
    const edges = nodeRecordOf(new Billing(), 'note')?.edges ?? [];
    expect(edges.map(({ target }) => target?.service?.())).toEqual([undefined, Billing, Billing]);
  });

  test('keeps kind and options of jobs and handlers', () => {
    expect(nodeRecordOf(new Billing(), 'charge')).toEqual({
      kind: 'job',
      options: { retry },
      schedules: [],
      edges: [],
    });
    expect(nodeRecordOf(new Billing(), 'tidy')).toEqual({
      kind: 'handler',
      options: { timeout: '1s' },
      schedules: [],
      edges: [],
    });
  });

  test('is not changed by a later change of the options object', () => {
    const options = { timeout: '1s' } as { timeout: '1s' | '2s' };
    class Late {
      @Job(options) run(): void {}
    }
    options.timeout = '2s';
    expect(nodeRecordOf(new Late(), 'run')?.options).toEqual({ timeout: '1s' });
  });
});

describe('RECORD-3: inheritance', () => {
  test('an overriding method without annotations inherits those of its base', () => {
    expect(nodeRecordOf(new Inheriting(), 'tidy')?.options).toEqual({ timeout: '1s' });
  });
  test('an overriding method with annotations has only its own, and its base keeps its own', () => {
    expect(nodeRecordOf(new Replacing(), 'tidy')?.options).toEqual({});
    expect(nodeRecordOf(new Billing(), 'tidy')?.options).toEqual({ timeout: '1s' });
  });
  test('a subclass does not inherit the name of a service', () => {
    expect([serviceNameOf(Billing), serviceNameOf(Inheriting)]).toEqual(['billing', undefined]);
  });
});

describe('marks', () => {
  test('of fields are found on the class and on its bases', () => {
    expect([...markedFieldsOf(Mail)]).toEqual([['receipt', 'returnValue']]);
    expect([...markedFieldsOf(LongMail)]).toEqual([
      ['error', 'error'],
      ['receipt', 'returnValue'],
    ]);
  });
  test('of parameters are kept by their position', () => {
    const marks: ReadonlyMap<number, string> = Reflect.getMetadata('onward:parameters', Billing.prototype, 'file');
    expect([...marks].toSorted(([a], [b]) => a - b)).toEqual([
      [0, 'message'],
      [1, 'returnValue'],
    ]);
  });
});

/** Calls a decorator as a compiler without `experimentalDecorators` does. */
function standardCall(decorator: unknown, kind: string): unknown {
  if (typeof decorator !== 'function') throw new TypeError('expected a decorator');
  try {
    return decorator(() => undefined, { kind, name: 'x' });
  } catch (error) {
    return error;
  }
}

test.each([
  ['Service', Service(), 'class'],
  ['Job', Job(), 'method'],
  ['Handler', Handler(), 'method'],
  ['OnSuccess', OnSuccess('x'), 'method'],
  ['OnError', OnError('x'), 'method'],
  ['ReturnValue', ReturnValue(), 'field'],
  ['ErrorValue', ErrorValue(), 'field'],
])('@%s called as a standard decorator is ONW6001', (name, decorator, kind) => {
  const error = standardCall(decorator, kind);
  expect(error).toBeInstanceOf(OnwardError);
  expect(error).toMatchObject({
    code: 'ONW6001',
    message: expect.stringContaining(`@${name} was called as a standard decorator`),
  });
});
