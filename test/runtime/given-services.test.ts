// What is given for the services and is none: each is told what stands in its place, and what to write.

import { expect, test } from 'vitest';
import { createRuntime, Job } from 'onward';
import { wire } from '../support/wired.ts';

class Shop {
  @Job() sell(): string {
    return 'receipt';
  }
}
class Post {
  @Job() send(): void {}
}

const graph = wire({ Shop: new Shop(), Post: new Post() });

/** The text of the error; what is given is what no type allows. */
function told(options: object): string {
  try {
    createRuntime(graph, options as never);
  } catch (error) {
    return String(error).replace('OnwardError: ', '');
  }
  throw new Error('it did not throw');
}

test.each([
  [{}, 'EXAMPLE, got nothing'],
  [{ services: undefined }, 'EXAMPLE, got nothing'],
  [{ Shop: new Shop(), Post: new Post() }, 'EXAMPLE, got the instances next to it'],
  [{ services: [new Shop(), new Post()] }, 'EXAMPLE, got an array of 2 items'],
  [{ services: Promise.resolve({}) }, 'EXAMPLE, got a promise'],
  [{ services: { Shop, Post } }, 'no instance of Shop, Post\n  Shop: CLASS(Shop)\n  Post: CLASS(Post)'],
  [
    { services: { Shop: Promise.resolve(new Shop()), Post: new Post() } },
    'no instance of Shop\n  Shop: `services` has a promise of it; await it before createRuntime',
  ],
  [
    { services: { Shop: null, Post: new Post() } },
    'no instance of Shop\n  Shop: `services` has null; give an instance',
  ],
  [{ services: { Shop: new Shop() } }, 'no instance of Post\n  Post: `services` has none; give an instance'],
  [
    { services: { shop: new Shop(), Post: new Post() } },
    'no instance of Shop\n  Shop: `services` has none, but `shop`; give it under the name Shop',
  ],
  [
    { resolve: async (name: string) => (name === 'Shop' ? new Shop() : new Post()) },
    'no instance of Shop, Post\n  Shop: ASYNC\n  Post: ASYNC',
  ],
  [
    { resolve: (name: string) => (name === 'Shop' ? undefined : new Post()) },
    'no instance of Shop\n  Shop: `resolve` returned none; give an instance',
  ],
])('%o', (options, text) => {
  const expected = text
    .replace('EXAMPLE', 'expected `services` to be an object such as { Shop: new Shop() }')
    .replaceAll(/CLASS\(\w+\)/g, '`services` has a class or a function; give an instance')
    .replaceAll('ASYNC', '`resolve` returned a promise of it; await it before createRuntime');
  expect(told(options)).toBe(`ONW3003: ${expected}`);
});

test('`services` and `resolve` at once are told apart', () => {
  const both = { services: { Shop: new Shop(), Post: new Post() }, resolve: () => new Post() };
  expect(told(both)).toBe(
    'ONW3004: the options of createRuntime are not valid: expected either `services` or `resolve`, not both',
  );
});

test('what `resolve` throws is told', () => {
  const resolve = (): never => {
    throw new Error('no provider');
  };
  expect(told({ resolve })).toBe('ONW3003: `resolve` threw for the service Shop: Error: no provider');
});

test('a base class with annotations that was given for its subclasses only: how it is no service', () => {
  class Base {
    @Job() order(): void {}
  }
  class Between extends Base {}
  class Bakery extends Between {
    @Job() bake(): void {}
  }
  const services = { Base: new Base(), Bakery: new Bakery() };
  const { Bakery: bakery } = services;
  const ways: readonly (readonly [object, string])[] = [
    [{ services: { Bakery: bakery } }, '`services` has none'],
    [{ resolve: (name: string) => (name === 'Bakery' ? bakery : undefined) }, '`resolve` returned none'],
  ];
  for (const [given, what] of ways) {
    expect(() => Reflect.apply(createRuntime, undefined, [wire(services), given])).toThrow(
      `ONW3003: no instance of Base\n  Base: ${what}; give an instance, or, if only classes such as Bakery that extend it are services, declare it \`abstract\` and run \`npx onward generate\``,
    );
  }
});
