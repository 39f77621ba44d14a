// The price of a generated wiring in the user's tsc, in instantiations: a count that, unlike a time, is the same everywhere.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, expect, test } from 'vitest';
import { generateWiring } from '../../codegen/index.ts';
import { tsc, USER_OPTIONS } from '../decorators/tsc.ts';
import { temporaryFolder } from '../support/folders.ts';

const root = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const services = 50;
const nodesPerService = 3;

const service = (n: number): string => `
import { ErrorValue, Job, Message, OnError, OnSuccess, type StepContext } from 'onward';
export class Order${n} { id!: string; cents!: number }
export class Receipt${n} { no!: number; state!: 'paid' | 'review' }
export class Billing${n} {
  @Job() async charge(order: Order${n}, context: StepContext): Promise<Receipt${n}> { return { no: 1, state: 'paid' }; }
  @OnSuccess('charge') book(receipt: Receipt${n}, @Message() order: Order${n}): number { return receipt.no; }
  @OnError(() => Billing${n}, 'charge') sorry(order: Order${n}, @ErrorValue() error: Error): void {}
}
`;

let folder = '';
let wiring = '';

beforeAll(() => {
  folder = temporaryFolder('wiring-price');
  mkdirSync(join(folder, 'src'));
  for (let n = 0; n < services; n++) writeFileSync(join(folder, 'src', `service-${n}.ts`), service(n));
  const write = (name: string, settings: object): void =>
    writeFileSync(join(folder, name), JSON.stringify({ compilerOptions: USER_OPTIONS, ...settings }));
  write('tsconfig.json', { include: ['src'] });
  // The same program, ours included: only the generated file is left out.
  write('bare.json', { include: ['src'], exclude: ['src/onward.gen.ts'], files: [root('src/wiring/v1.ts')] });
  const { ok, output, problems } = generateWiring({ project: join(folder, 'tsconfig.json') });
  expect(ok, JSON.stringify(problems.filter(({ severity }) => severity === 'error'))).toBe(true);
  wiring = readFileSync(output, 'utf8');
});

function instantiations(project: string): number {
  const printed = tsc('typescript', join(folder, project), '--extendedDiagnostics', '--singleThreaded');
  return Number(/Instantiations:\s+(\d+)/.exec(printed)?.[1]);
}

test('a node of the wiring costs at most 5 instantiations', () => {
  const bare = instantiations('bare.json');
  expect(bare).toBeGreaterThan(0);
  expect((instantiations('tsconfig.json') - bare) / (services * nodesPerService)).toBeLessThanOrEqual(5);
});

test('nodes and edges stand inline in one literal whose type is written', () => {
  expect(wiring.match(/^(?:export )?(?:const|let|var|function)\b.*$/gm)).toEqual([
    'export const graph: Graph<Nodes, Services> = defineGraph<Nodes, Services>({',
  ]);
});
