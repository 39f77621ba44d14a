// Making a runtime: services, containers, and wirings that are no wirings or are behind the annotations.

import { describe, expect, test } from 'vitest';
import { createRuntime, Handler, Job, OnError, OnSuccess } from 'onward';
import { defineGraph, type EdgeWiring, type NodeWiring } from 'onward/wiring/v1';
import { wire, type AnyNodes, type Services } from '../support/wired.ts';

class Shop {
  @Job() sell(): string {
    return 'receipt';
  }
}
class Post {
  @OnSuccess(() => Shop, 'sell', { when: 'receipt' }) send(): void {}
  @Handler() tidy(): void {}
}

function thrownBy(make: () => unknown): unknown {
  try {
    make();
  } catch (error) {
    return error;
  }
  throw new Error('it did not throw');
}

const services = (): Services => ({ Shop: new Shop(), Post: new Post() });

describe('services', () => {
  test('ONW3003: every service without an instance is named', () => {
    const graph = wire(services());
    const error = thrownBy(() => createRuntime(graph, { services: {} }));
    expect(error).toMatchObject({ code: 'ONW3003', details: { services: ['Shop', 'Post'] } });
    expect(String(error)).toMatchInlineSnapshot(
      `
      "OnwardError: ONW3003: no instance of Shop, Post
        Shop: \`services\` has none; give an instance
        Post: \`services\` has none; give an instance"
    `,
    );
    expect(
      String(thrownBy(() => createRuntime(graph, { services: { Shop: new Shop(), Post } }))),
    ).toMatchInlineSnapshot(
      `
      "OnwardError: ONW3003: no instance of Post
        Post: \`services\` has a class or a function; give an instance"
    `,
    );
    for (const bad of [undefined, null, 7, 'Post', Promise.resolve(new Post())]) {
      expect(
        thrownBy(() => createRuntime(graph, { services: { Shop: new Shop(), Post: bad } as never })),
      ).toMatchObject({ details: { services: ['Post'] } });
    }
  });

  test('`resolve` is asked by the name of each service, once', async () => {
    const asked: string[] = [];
    const instances = services();
    const runtime = createRuntime(wire(instances), {
      resolve: (name) => {
        asked.push(name);
        return instances[name] ?? {};
      },
    });
    expect(asked).toEqual(['Shop', 'Post']);
    expect(await (await runtime.start('Shop.sell')).value()).toBe('receipt');
  });

  test('ONW3003: a `resolve` that throws is named with its cause', () => {
    const cause = new Error('no provider');
    const resolve = (): never => {
      throw cause;
    };
    const error = thrownBy(() => createRuntime(wire(services()), { resolve }));
    expect(error).toMatchObject({ code: 'ONW3003', cause, details: { service: 'Shop' } });
  });

  test('methods are called on their instance, with what it holds', async () => {
    class Counting {
      #count = 41;
      @Job() next(): number {
        return ++this.#count;
      }
    }
    const instance = new Counting();
    const runtime = createRuntime(wire({ Counting: instance }), { services: { Counting: instance } });
    expect(await (await runtime.start('Counting.next')).value()).toBe(42);
  });
});

describe('the wiring', () => {
  test.each([undefined, null, {}, 'graph', 7])('ONW3001: %j is no wiring', (wiring) => {
    expect(thrownBy(() => createRuntime(wiring as never, { services: {} }))).toMatchObject({ code: 'ONW3001' });
  });

  test('ONW1302: a wiring of a later contract says what to do', () => {
    expect(String(thrownBy(() => createRuntime({ contract: 2 } as never, { services: {} })))).toMatchInlineSnapshot(
      `"OnwardError: ONW1302: the wiring has contract 2, this version of onward reads 1; run \`npx onward generate\`"`,
    );
  });

  const node = (kind: 'job' | 'handler'): NodeWiring => ({ kind, call: () => undefined });
  const NODES = { 'Shop.sell': node('job'), 'Post.send': node('handler'), 'Post.tidy': node('handler') };
  const EDGE: EdgeWiring = { on: 'success', from: 'Shop.sell', to: 'Post.send', decorator: 0, when: 'value' };
  const graphOf = (nodes: Record<string, NodeWiring>, edges: readonly EdgeWiring[]) =>
    defineGraph<AnyNodes, Services>({ contract: 1, graphHash: 'test', nodes, edges });

  test('one that agrees is taken', () => {
    expect(() => createRuntime(graphOf(NODES, [EDGE]), { services: services() })).not.toThrow();
  });

  test('ONW3002: one that is behind is refused with every difference', () => {
    class Billing {
      @Handler() charge(): void {}
      @Job() refund(): void {}
      plain(): void {}
    }
    const graph = graphOf(
      {
        'Shop.sell': node('handler'),
        'Shop.gone': node('job'),
        'Post.send': node('handler'),
        'Billing.charge': node('handler'),
        'Billing.plain': node('handler'),
      },
      [
        { ...EDGE, on: 'error' },
        { on: 'success', from: 'Shop.sell', to: 'Billing.charge', decorator: 0 },
      ],
    );
    const error = thrownBy(() => createRuntime(graph, { services: { ...services(), Billing: new Billing() } }));
    expect(error).toMatchObject({ code: 'ONW3002' });
    expect(String(error)).toMatchInlineSnapshot(`
      "OnwardError: ONW3002: the wiring is stale, run \`npx onward generate\`:
        Shop.sell: the wiring says handler, the annotation says job
        Shop.gone: the instance of Shop has no method gone
        edge Shop.sell -> Post.send: the wiring says on error, the annotation says on success
        Billing.charge: the wiring has 1 edge to it, the annotations have 0
        Billing.plain: Billing.plain has no annotation of Onward
        Post.tidy: it is annotated, and the wiring does not know it
        Billing.refund: it is annotated, and the wiring does not know it"
    `);
  });

  test.each<[string, Partial<EdgeWiring>]>([
    ['another form of `when`', { when: 'predicate' }],
    ['`otherwise`', { otherwise: true }],
    ['bound fields', { bind: ['template'] }],
    ['a `bind` function', { bind: 'function' }],
    ['another position', { decorator: 1 }],
    ['another target', { from: 'Post.tidy' }],
  ])('ONW3002: an edge with %s', (_name, change) => {
    const graph = graphOf(NODES, [{ ...EDGE, ...change }]);
    expect(thrownBy(() => createRuntime(graph, { services: services() }))).toMatchObject({ code: 'ONW3002' });
  });

  test('a class that was renamed by a minifier is still itself', () => {
    class a {
      @Job() sell(): void {}
    }
    class b {
      @OnError(() => a, 'sell') tell(): void {}
    }
    const edges: EdgeWiring[] = [{ on: 'error', from: 'Shop.sell', to: 'Post.tell', decorator: 0 }];
    const graph = graphOf({ 'Shop.sell': node('job'), 'Post.tell': node('handler') }, edges);
    expect(() => createRuntime(graph, { services: { Shop: new a(), Post: new b() } })).not.toThrow();
  });

  test('ONW3004: an option that no text can show is told like any other', () => {
    class Odd {
      @Job({ timeout: 5n as never }) go(): void {}
    }
    const odd = { Odd: new Odd() };
    expect(thrownBy(() => createRuntime(wire(odd), { services: odd }))).toMatchObject({ code: 'ONW3004' });
  });

  test('ONW3004: options of annotations that make no sense, all at once', () => {
    class Odd {
      @Job({ retry: { attempts: 0, delay: '5 parsecs' as never, factor: 0.5, jitter: 2 }, timeout: 0 }) a(): void {}
      @Job({ retry: 3 as never, timeout: 'soon' as never }) b(): void {}
      @Job({ retry: { when: 'always' as never, maxDelay: -1 } }) c(): void {}
      @Job({ retry: { attempts: 2, delay: '10m', maxDelay: 300_000 } }) d(): void {}
    }
    const instance = new Odd();
    const error = thrownBy(() => createRuntime(wire({ Odd: instance }), { services: { Odd: instance } }));
    expect(error).toMatchObject({ code: 'ONW3004' });
    expect(String(error)).toMatchInlineSnapshot(`
      "OnwardError: ONW3004: options of annotations are not valid:
        Odd.a: expected \`retry.attempts\` to be a whole number of at least 1, got 0
        Odd.a: expected \`retry.delay\` to be milliseconds, or a string such as '20s' (ms, s, m, h or d), got "5 parsecs"
        Odd.a: expected \`retry.factor\` to be a number of at least 1, got 0.5
        Odd.a: expected \`retry.jitter\` to be a number from 0 to 1, got 2
        Odd.a: expected \`timeout\` to be more than 0: milliseconds, or a string such as '20s' (ms, s, m, h or d), got 0
        Odd.b: expected \`retry\` to be an object, got 3
        Odd.b: expected \`timeout\` to be more than 0: milliseconds, or a string such as '20s' (ms, s, m, h or d), got "soon"
        Odd.c: expected \`retry.when\` to be a function, got "always"
        Odd.c: expected \`retry.maxDelay\` to be milliseconds, or a string such as '20s' (ms, s, m, h or d), got -1
        Odd.d: expected \`retry.maxDelay\` to be no less than \`retry.delay\`, got 300000 with a \`delay\` of "10m""
    `);
  });

  test.each([-1, Number.NaN, Number.POSITIVE_INFINITY, '5s'])('ONW3004: `cancelGraceMs` of %s', (cancelGraceMs) => {
    expect(
      thrownBy(() => createRuntime(wire(services()), { services: services(), cancelGraceMs: cancelGraceMs as number })),
    ).toMatchObject({
      code: 'ONW3004',
    });
  });
});
