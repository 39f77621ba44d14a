// Without `experimentalDecorators` the compiler calls our annotations as standard decorators: its error names the flag.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../support/folders.ts';
import { COMPILERS, tsc, USER_OPTIONS } from './tsc.ts';

const SOURCE = `
import { ErrorValue, Handler, Job, Join, OnCancel, OnEnd, OnError, OnRunEnd, OnRunError, OnStart, OnSuccess, ReturnValue, Service } from 'onward';
class Order { id!: string }
class Mail { @ReturnValue() value!: number; @ErrorValue() error!: Error }
@Service({ name: 'Till' })
class Billing {
  @Job() charge(order: Order): number { return order.id.length }
  @Handler() kept(order: Order) {}
  @OnSuccess('charge') own(value: number) {}
  @OnSuccess(() => Billing, 'charge', { when: (value) => value > 1 }) named(value: number) {}
  @OnError('charge') failed(order: Order) {}
  @OnStart('charge') started(order: Order) {}
  @OnEnd(() => Billing, 'charge') ended(order: Order) {}
  @OnCancel('charge') cancelled(order: Order) {}
  @OnRunEnd() over() {}
  @OnRunError('charge') broken() {}
  @Join({ cents: 'charge' }) joined(message: { cents: number }) {}
}
void [Billing, Mail];
`;
const annotations = SOURCE.match(/@\w+\(/g) ?? [];

test.each(COMPILERS)('%s names experimentalDecorators at each annotation', (compiler) => {
  const folder = temporaryFolder('flag');
  mkdirSync(join(folder, 'src'));
  writeFileSync(join(folder, 'src', 'billing.ts'), SOURCE);
  const { experimentalDecorators: _, ...compilerOptions } = USER_OPTIONS;
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['src'] }));
  const printed = tsc(compiler, folder).split('\n');
  const errors = printed.filter((line) => line.includes('src/billing.ts('));
  const reasons = printed.filter((line) => line.includes('set experimentalDecorators: true in tsconfig.json'));
  expect(errors).toHaveLength(annotations.length);
  expect(reasons).toHaveLength(annotations.length);
});
