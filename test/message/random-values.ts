// Values that random messages hold where they are wrong, and every value in words.

class Known {
  z = 1;
}

export function getterOf(calls: string[]): PropertyDescriptor {
  return { get: () => calls.push('getter'), enumerable: true, configurable: true };
}

export const JSON_VALUES: readonly unknown[] = [
  null,
  'skip',
  '',
  1,
  1.5,
  0,
  true,
  [],
  [1, 'a'],
  {},
  { a: { b: [1] } },
  'y'.repeat(60),
];

/** Values that are hard to get right. */
export const ODD: readonly ((calls: string[]) => unknown)[] = [
  ...JSON_VALUES.map((value) => () => structuredClone(value)),
  () => undefined,
  () => Number.NaN,
  () => Infinity,
  () => 2 ** 53,
  () => -0,
  () => 'a\uD800',
  () => 'ö'.repeat(70),
  () => [null],
  () => [[]],
  () => [undefined, 1],
  () => Array.from({ length: 2 }),
  () => new Date(5),
  () => new Date(Number.NaN),
  () => '2026-02-30',
  () => 5n,
  () => new Map<unknown, unknown>([['k', { a: 'x' }]]),
  () => new Map([[{}, 1]]),
  () => new Set([1, 'x']),
  () => () => 1,
  () => Symbol('q'),
  () => new Known(),
  () => new Error('x'),
  () => Buffer.from('ab'),
  () => /x/g,
  () => new URL('http://x.y/'),
  () => new Proxy({ a: 1 }, {}),
  () => new Proxy([1], {}),
  () =>
    new Proxy(
      {},
      {
        ownKeys: () => {
          throw new Error('trap');
        },
      },
    ),
  () => {
    const circle: Record<string, unknown> = {};
    circle['self'] = circle;
    return circle;
  },
  () => Object.freeze({ a: 1 }),
  () => Object.assign(Object.create(null), { a: 1 }),
  () => JSON.parse('{"__proto__":{"p":1}}'),
  () => JSON.parse('{"constructor":1}'),
  () => Array.from({ length: 30 }, (_, at) => at),
  () => ({ then: 1 }),
  () => ({ then: () => undefined }),
  () => Promise.resolve(1),
  () => Object('x'),
  () => Object.create({ inherited: 1 }, { own: { value: 1, enumerable: true }, hidden: { value: 2 } }),
  (calls) => Object.defineProperty(new Known(), 'z', getterOf(calls)),
  (calls) => {
    const items = new (class Items extends Array {})();
    return Object.defineProperty(items, 0, getterOf(calls));
  },
  () => Array.from({ length: 40 }).reduce<unknown>((inside) => ({ inside }), 1),
];

/** Everything about a value, in words. */
export function shown(value: unknown, around: readonly unknown[] = []): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value !== 'object' || value === null) return Object.is(value, -0) ? '-0' : String(value);
  if (around.includes(value) || around.length > 45) return 'again';
  const inside = (part: unknown): string => shown(part, [...around, value]);
  if (Array.isArray(value))
    return `[${Array.from(value, (_, at) => (at in value ? inside(value[at]) : 'hole')).join()}]`;
  if (value instanceof Date) return `Date ${value.getTime()}`;
  if (value instanceof Map) return `Map{${[...value].map(([key, part]) => `${inside(key)}=>${inside(part)}`).join()}}`;
  if (value instanceof Set) return `Set{${[...value].map(inside).join()}}`;
  if (value instanceof RegExp || value instanceof URL || value instanceof Error) return String(value);
  if (value instanceof Uint8Array) return `${value.constructor.name}<${value.join()}>`;
  try {
    const prototype: unknown = Object.getPrototypeOf(value);
    const fields = Object.entries(Object.getOwnPropertyDescriptors(value)).map(
      ([name, { enumerable, value: part, get }]) =>
        `${name}${enumerable === true ? '' : '!'}:${get === undefined ? inside(part) : 'getter'}`,
    );
    return `${prototype === null ? 'null' : value.constructor?.name}{${fields.join()}}`;
  } catch (error) {
    return `threw ${String(error)}`;
  }
}
