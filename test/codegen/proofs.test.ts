// What the wiring proves: a source that has changed since breaks the build at the proof, without a new wiring.

import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { beforeAll, expect, it } from 'vitest';
import { folderBelowRepository } from '../support/folders.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const golden = `${root}test/codegen/golden`;
let work = '';

interface Change {
  readonly folder: string;
  readonly file: string;
  readonly from: string;
  readonly to: string;
  /** The line of the wiring that the compiler complains about, and what it says. Absent: the wiring is right as it was. */
  readonly breaks?: readonly [line: string, text: RegExp];
}

const CHANGES: Readonly<Record<string, Change>> = {
  'a source of a join returns something else': {
    folder: 'joins',
    file: 'packing.ts',
    from: 'stock!: Reservation;',
    to: 'stock!: Order;',
    breaks: ["inject: (value: Reservation): Packing['stock'] => value,", /'id' is missing in type 'Reservation'/],
  },
  'a source that may be missing goes to a field that needs it': {
    folder: 'joins',
    file: 'packing.ts',
    from: 'stock?: Reservation;',
    to: 'stock!: Reservation;',
    breaks: [
      "inject: (value: Reservation | undefined): First['stock'] => value,",
      /'Reservation \| undefined' is not assignable/,
    ],
  },
  'a source that runs for each item goes to a field that takes one value': {
    folder: 'joins',
    file: 'packing.ts',
    from: 'weights!: number[];',
    to: 'weights!: number;',
    breaks: [
      "inject: (value: number[]): Weights['weights'] => value,",
      /'number\[\]' is not assignable to type 'number'/,
    ],
  },
  'a source that runs for each item or once goes to a field that takes one value': {
    folder: 'joins',
    file: 'packing.ts',
    from: 'first!: number[] | number;',
    to: 'first!: number;',
    breaks: [
      "inject: (value: number | number[]): Weights['first'] => value,",
      /'number \| number\[\]' is not assignable to type 'number'/,
    ],
  },
  'items of another type are returned': {
    folder: 'items',
    file: 'rows.ts',
    from: 'line: message.file, at: 1',
    to: 'word: message.file, at: 1',
    breaks: [
      "inject: (value: Returned<Rows1['inferred']>[number]): Parameters<Each['line']>[0] => value,",
      /is missing in type '\{ word: string; at: number; \}'/,
    ],
  },
  'what is returned is no list any more': {
    folder: 'items',
    file: 'rows.ts',
    from: 'return [{ line: message.file, at: 1 }];',
    to: 'return { line: message.file, at: 1 };',
    breaks: [
      "inject: (value: Returned<Rows1['inferred']>[number]): Parameters<Each['line']>[0] => value,",
      /has no matching index signature for type 'number'/,
    ],
  },
  'a marked parameter takes another message': {
    folder: 'passed',
    file: 'orders.ts',
    from: 'interface Told {\n  readonly cents',
    to: 'interface Told {\n  readonly euros',
    breaks: ['passes: (value: Order): Told => value,', /'euros' is missing in type 'Order'/],
  },
  'a callback after an error takes another message': {
    folder: 'passed',
    file: 'orders.ts',
    from: 'interface Watched {\n  readonly cents',
    to: 'interface Watched {\n  readonly message',
    breaks: ['passes: (value: Order): Watched | undefined => value,', /'message' is missing in type 'Order'/],
  },
  'a recovering callback returns something else': {
    folder: 'recover',
    file: 'fallback.ts',
    from: 'return { id: order.id, extra: 1 };',
    to: 'return { extra: order.id };',
    breaks: ["recovers: (value: Returned<Billing['none']>): Receipt => value,", /'id' is missing/],
  },
  'an exhaustive method returns one literal more': {
    folder: 'exhaustive',
    file: 'sorting.ts',
    from: "'large' | 'small'",
    to: "'large' | 'medium' | 'small'",
    breaks: ['} satisfies RoutesOf<Size>,', /'medium' is missing/],
  },
  'an exhaustive method returns one literal less': {
    folder: 'exhaustive',
    file: 'sorting.ts',
    from: "1 | 2 | null | 'three-or-more'",
    to: "2 | null | 'three-or-more'",
  },
  'a callback at the end counts on a value': {
    folder: 'moments',
    file: 'billing.ts',
    from: 'receipt: Receipt | undefined',
    to: 'receipt: Receipt',
    breaks: [
      '): void => audit.end(message, given.returnValue, given.error),',
      /'Receipt \| undefined' is not assignable/,
    ],
  },
  'a callback at the end counts on an error': {
    folder: 'moments',
    file: 'billing.ts',
    from: 'error: Error | undefined',
    to: 'error: Error',
    breaks: [
      '): void => audit.end(message, given.returnValue, given.error),',
      /'Error \| undefined' is not assignable/,
    ],
  },
  'a callback of runs counts on another value': {
    folder: 'run-moments',
    file: 'watch.ts',
    from: 'report: RunReport<string>',
    to: 'report: RunReport<number>',
    breaks: [
      'call: (pinger: Pinger, message: RunReport<string>): void => pinger.well(message),',
      /'RunReport<string>' is not assignable/,
    ],
  },
};

let reported: readonly string[] = [];

beforeAll(() => {
  work = folderBelowRepository('proofs');
  for (const [at, { folder, file, from, to }] of Object.values(CHANGES).entries()) {
    const src = `${work}/${at}/src`;
    mkdirSync(src, { recursive: true });
    cpSync(`${golden}/${folder}/src`, src, { recursive: true });
    cpSync(`${golden}/${folder}/expected.gen.ts`, `${src}/onward.gen.ts`);
    const before = readFileSync(`${src}/${file}`, 'utf8');
    expect(before).toContain(from);
    writeFileSync(`${src}/${file}`, before.replace(from, to));
  }
  writeFileSync(`${work}/package.json`, '{ "type": "module" }');
  writeFileSync(`${work}/tsconfig.json`, JSON.stringify({ compilerOptions, include: ['*/src'] }));
  reported = compile();
});

const compilerOptions = {
  target: 'es2022',
  lib: ['es2023'],
  module: 'nodenext',
  types: [],
  strict: true,
  noEmit: true,
  exactOptionalPropertyTypes: true,
  experimentalDecorators: true,
  skipLibCheck: true,
  paths: { onward: [`${root}dist/src/index.d.ts`], 'onward/wiring/v1': [`${root}dist/src/wiring/v1.d.ts`] },
};

it.each(Object.entries(CHANGES).map(([name, { breaks }], at) => [name, breaks, at] as const))('%s', (_, breaks, at) => {
  const wiring = readFileSync(`${work}/${at}/src/onward.gen.ts`, 'utf8').split('\n');
  const found = reported.flatMap((item) => {
    const { folder, number, rest } =
      /(?<folder>\d+)\/src\/onward\.gen\.ts\((?<number>\d+),\d+\): (?<rest>[^]+)/.exec(item)?.groups ?? {};
    return folder === String(at) ? [{ line: wiring[Number(number) - 1]?.trim(), rest }] : [];
  });
  if (breaks === undefined) return expect(found).toEqual([]);
  const [line, text] = breaks;
  return expect(found).toContainEqual({ line, rest: expect.stringMatching(text) });
});

/** Each error with the lines below it. */
function compile(): string[] {
  try {
    execFileSync(process.execPath, [`${root}node_modules/typescript/bin/tsc`, '-p', work], { encoding: 'utf8' });
    return [];
  } catch (error) {
    const text = error instanceof Error && 'stdout' in error ? String(error.stdout) : String(error);
    return text.split(/\n(?=\S)/);
  }
}
