// Random expressions: what they give is what a walk over the same expression gives that was never a text.

import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { definition } from '../../src/definition/definition.ts';
import { isMet, type Scope } from '../../src/definition/evaluate.ts';
import { resolve } from '../../src/definition/resolve.ts';
import { InvalidArgument, isOnwardError } from '../../src/errors/onward-error.ts';

type Tree =
  | { readonly literal: string | number | boolean | null }
  | { readonly path: readonly (string | number)[] }
  | { readonly not: Tree }
  | { readonly operator: string; readonly left: Tree; readonly right: Tree };

const keys = fc.constantFrom('a', 'b', 'list', 'toString', 'odd name', "it's", '', 'true', 'ünïcode', 'steps');
const path = fc
  .tuple(
    fc.constantFrom(['parameters'], ['steps', 'fetch', 'value']),
    fc.array(fc.oneof(keys, fc.nat({ max: 3 })), { maxLength: 4 }),
  )
  .map(([root, rest]) => ({ path: [...root, ...rest] }));
const literal = fc
  .oneof(
    fc.integer(),
    fc.double({ noNaN: true, min: -1e6, max: 1e6 }),
    fc.boolean(),
    fc.constant(null),
    fc.string(),
    keys,
  )
  .map((value) => ({ literal: Object.is(value, -0) ? 0 : value }));
const anyTree = fc.letrec<{ tree: Tree }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 5, withCrossShrink: true },
    literal,
    path,
    fc.record({ not: tie('tree') }),
    fc.record({
      operator: fc.constantFrom('&&', '||', '==', '!=', '<', '<=', '>', '>='),
      left: tie('tree'),
      right: tie('tree'),
    }),
  ),
})).tree;
const anyData = fc.letrec((tie) => ({
  data: fc.oneof(
    { maxDepth: 3 },
    fc.oneof(fc.integer({ min: -3, max: 3 }), fc.boolean(), fc.constant(null), fc.constantFrom('', 'a', 'b')),
    fc.array(tie('data'), { maxLength: 3 }),
    fc.dictionary(keys, tie('data'), { maxKeys: 4, noNullPrototype: true }),
  ),
})).data;
const anyScope = fc
  .record({ parameters: fc.dictionary(keys, anyData, { noNullPrototype: true }), value: anyData })
  .map(({ parameters, value }): Scope => ({
    parameters,
    steps: { fetch: { ok: true, status: 'completed', code: 0, value } },
  }));

/** How tight an operator binds; a part that binds less stands in parentheses, and others do only by chance. */
const BINDS: Readonly<Record<string, number>> = { '||': 1, '&&': 2 };
const COMPARES = 3;

function written(tree: Tree, around: number, chance: () => boolean): string {
  const space = (): string => (chance() ? ' ' : '');
  const text = bare(tree, chance, space);
  const binds = 'operator' in tree ? (BINDS[tree.operator] ?? COMPARES) : 9;
  return binds < around || chance() ? `(${space()}${text}${space()})` : text;
}

function bare(tree: Tree, chance: () => boolean, space: () => string): string {
  if ('literal' in tree)
    return typeof tree.literal === 'string' ? quotedBy(chance, tree.literal) : String(tree.literal);
  if ('not' in tree) return `!${space()}${written(tree.not, 4, chance)}`;
  if ('path' in tree) return tree.path.map((part, at) => keyText(part, at, chance)).join('');
  const binds = BINDS[tree.operator] ?? COMPARES;
  // Comparisons do not chain; of `&&` and `||` the right side may go on.
  const [left, right] = [tree.left, tree.right].map((part) => written(part, binds === COMPARES ? 4 : binds, chance));
  return `${left}${space()}${tree.operator}${space()}${right}`;
}

function keyText(part: string | number, at: number, chance: () => boolean): string {
  if (typeof part === 'number') return `[${part}]`;
  if (/^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(part) && (at === 0 || !chance()))
    return at === 0 ? part : `.${part}`;
  return `[${quotedBy(chance, part)}]`;
}

function quotedBy(chance: () => boolean, text: string): string {
  const quote = chance() ? "'" : '"';
  return `${quote}${text.replaceAll(/[\\'"]/g, '\\$&')}${quote}`;
}

class Incomparable extends Error {}

function meant(tree: Tree, scope: Scope): unknown {
  if ('literal' in tree) return tree.literal;
  if ('path' in tree) return tree.path.reduce(own, scope);
  if ('not' in tree) return !meant(tree.not, scope);
  const left = meant(tree.left, scope);
  if (tree.operator === '&&') return left ? meant(tree.right, scope) : left;
  if (tree.operator === '||') return left ? left : meant(tree.right, scope);
  const right = meant(tree.right, scope);
  if (tree.operator === '==' || tree.operator === '!=') {
    return isDeepStrictEqual(withoutEmpty(left), withoutEmpty(right)) === (tree.operator === '==');
  }
  if (typeof left === 'number' && typeof right === 'number') return ordered(tree.operator, left - right);
  if (typeof left !== 'string' || typeof right !== 'string') throw new Incomparable();
  return ordered(tree.operator, left === right ? 0 : [left, right].toSorted()[0] === left ? -1 : 1);
}

function own(value: unknown, key: string | number): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, key) ? Reflect.get(value, key) : undefined;
}

/** Missing and null are the same, in fields and items too. */
function withoutEmpty(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutEmpty);
  if (typeof value !== 'object' || value === null) return value ?? null;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, part]) => part !== null)
      .map(([key, part]) => [key, withoutEmpty(part)]),
  );
}

function ordered(operator: string, order: number): boolean {
  return (
    (operator.startsWith('<') && order < 0) ||
    (operator.startsWith('>') && order > 0) ||
    (operator.endsWith('=') && order === 0)
  );
}

function outcome(give: () => unknown): unknown {
  try {
    return { gives: give() };
  } catch (error) {
    if (
      error instanceof Incomparable ||
      (error instanceof InvalidArgument && error.message.includes('two numbers or two strings'))
    )
      return 'incomparable';
    throw error;
  }
}

function taken(text: string): ReturnType<typeof definition>['steps'][number] {
  const [, step] = definition({
    steps: [
      { id: 'fetch', job: 'A.a' },
      { id: 'b', job: 'A.b', message: text, if: text },
    ],
  }).steps;
  return step ?? expect.unreachable();
}

describe('expressions', () => {
  test('give what they mean, however they are spaced, quoted and put in parentheses', () => {
    fc.assert(
      fc.property(anyTree, anyScope, fc.infiniteStream(fc.boolean()), (tree, scope, booleans) => {
        const text = written(tree, 0, () => booleans.next().value ?? false);
        const { message, condition } = taken(`\${${text}}`);
        const expected = outcome(() => meant(tree, scope));
        expect(outcome(() => resolve(message, scope))).toEqual(expected);
        expect(outcome(() => isMet(condition, scope))).toEqual(outcome(() => Boolean(meant(tree, scope))));
      }),
      { numRuns: 3000 },
    );
  });

  test('EXPRESSION-2: give the same after they were written down', () => {
    fc.assert(
      fc.property(anyTree, anyScope, (tree, scope) => {
        const { message } = taken(`\${${written(tree, 0, () => false)}}`);
        const again = JSON.parse(JSON.stringify(message));
        expect(outcome(() => resolve(again, scope))).toEqual(outcome(() => resolve(message, scope)));
      }),
    );
  });
});

describe('any text', () => {
  const token = fc.constantFrom(
    '${',
    '}',
    '\\',
    '(',
    ')',
    '!',
    '&&',
    '||',
    '==',
    '<',
    'steps.fetch.value',
    'steps',
    'parameters',
    '.a',
    '[0]',
    "['b']",
    '[',
    ']',
    '.',
    "'",
    '"',
    '1',
    '-',
    '0',
    'true',
    'null',
    ' ',
    'x',
    '__proto__',
    '😀',
    '$',
    '{',
  );
  const anyText = fc.array(token, { maxLength: 14 }).map((tokens) => tokens.join(''));
  const getter = {
    get a(): never {
      throw new Error('ran');
    },
  };
  const refusing = new Proxy(
    {},
    {
      getOwnPropertyDescriptor: () => {
        throw new Error('mine');
      },
      ownKeys: () => {
        throw new Error('mine');
      },
      getPrototypeOf: () => {
        throw new Error('mine');
      },
      get: () => {
        throw new Error('mine');
      },
    },
  );
  const cycle: { a?: unknown } = {};
  cycle.a = cycle;
  const odd = fc.constantFrom<unknown>(
    1,
    'text',
    undefined,
    null,
    getter,
    refusing,
    cycle,
    [getter, refusing],
    { a: refusing, b: cycle },
    new Map([['a', 1]]),
    () => 1,
    Symbol('a'),
    12n,
    new Date(Number.NaN),
    Buffer.from('a'),
    new Error('a'),
    Promise.resolve(1),
    Object.create(refusing),
    Array.from({ length: 3 }),
    new Uint8Array(3),
  );

  test('is taken or refused with ONW3051, and gives a value or an error of ours', () => {
    let given = 0;
    fc.assert(
      fc.property(anyText, odd, odd, (text, value, a) => {
        const made = ours(() => taken(text.startsWith('${') ? text : `\${${text}}`), 'ONW3051');
        if (made === undefined) return;
        const scope: Scope = {
          parameters: { a, b: value },
          steps: { fetch: { ok: true, status: 'completed', code: 0, value } },
        };
        ours(() => resolve(made.message, scope));
        ours(() => isMet(made.condition, scope));
        given += 1;
      }),
      { numRuns: 5000 },
    );
    expect(given).toBeGreaterThan(50);
  });

  function ours<T>(call: () => T, code?: 'ONW3051'): T | undefined {
    try {
      return call();
    } catch (error) {
      if (isOnwardError(error, code)) return undefined;
      if (code === undefined && error instanceof InvalidArgument) return undefined;
      throw error;
    }
  }
});
