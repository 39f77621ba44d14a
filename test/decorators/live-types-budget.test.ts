// The price of the live checks, in instantiations: a count that, unlike a time, is the same on every machine.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { tsc } from './tsc.ts';

const index = fileURLToPath(new URL('../../src/index.ts', import.meta.url));
const types = fileURLToPath(new URL('../../node_modules/@types', import.meta.url));
const decoratorsPerService = 4;

const service = (n: number): string => `
import { ErrorValue, Job, Message, OnError, OnSuccess, ReturnValue, type StepContext } from 'onward';
export class Order${n} { id!: string; cents!: number }
export class Receipt${n} { no!: number; state!: 'paid' | 'review' }
export class Mail${n} { @ReturnValue() receipt!: Receipt${n}; template!: string }
export class Declined${n} extends Error { reason!: 'funds' | 'fraud' }
export class Billing${n} {
  @Job({ retry: { attempts: 3, delay: '200ms' }, timeout: '20s' })
  async charge(order: Order${n}, context: StepContext): Promise<Receipt${n}> { return { no: 1, state: 'paid' } }
  @OnSuccess('charge') book(receipt: Receipt${n}, @Message() order: Order${n}) {}
  @OnSuccess(() => Billing${n}, 'charge', { when: (receipt) => receipt.no > 100, bind: { template: 'vip' } })
  thank(mail: Mail${n}) {}
  @OnError(() => Billing${n}, 'charge', { when: Declined${n} })
  sorry(order: Order${n}, @ErrorValue() error: Declined${n}) {}
}
`;

function instantiations(services: number): number {
  const folder = mkdtempSync(join(tmpdir(), 'onward-budget-'));
  try {
    mkdirSync(join(folder, 'src'));
    for (let n = 0; n < services; n++) writeFileSync(join(folder, 'src', `service-${n}.ts`), service(n));
    writeFileSync(
      join(folder, 'tsconfig.json'),
      JSON.stringify({
        compilerOptions: {
          target: 'es2022',
          lib: ['es2023'],
          module: 'nodenext',
          strict: true,
          experimentalDecorators: true,
          noEmit: true,
          skipLibCheck: true,
          allowImportingTsExtensions: true,
          typeRoots: [types],
          types: ['node'],
          paths: { onward: [index] },
        },
        include: ['src'],
      }),
    );
    const printed = tsc('typescript', folder, '--extendedDiagnostics', '--singleThreaded');
    return Number(/Instantiations:\s+(\d+)/.exec(printed)?.[1]);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test('a decorator costs at most 120 instantiations', () => {
  // The difference leaves out what the library's own files cost.
  const perDecorator = (instantiations(1_001) - instantiations(1)) / (1_000 * decoratorsPerService);
  expect(perDecorator).toBeGreaterThan(5);
  expect(perDecorator).toBeLessThanOrEqual(120);
});
