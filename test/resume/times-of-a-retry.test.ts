// What a retry calls again begins then: in the report, and for those who only hear of it.

import { expect, test } from 'vitest';
import { formatReport, Handler, Job, OnStart, OnSuccess, type RunReport } from 'onward';
import { history } from 'onward/observers';
import { journaledEngine } from 'onward/testing';
import { wired } from '../support/wired.ts';

class Shop {
  isClosed = true;

  @Job() order(): string {
    return 'a cup';
  }
  @Handler({ retry: { attempts: 2, delay: 100, jitter: 0 } })
  @OnSuccess('order')
  pay(): void {
    if (this.isClosed) throw new Error('nobody answers');
  }
  @OnStart('order', { critical: true }) greet(): void {
    if (this.isClosed) throw new Error('nobody is there');
  }
}

test('steps that are called again an hour later took no hour', async () => {
  const shop = new Shop();
  const { runtime, start, clock } = wired(journaledEngine(), { Shop: shop });
  const record = history({ clock });
  const heard: string[] = [];
  runtime.observe(record);
  runtime.observe({ onStepStart: ({ node, at }) => void heard.push(`${node} ${at}`) });
  const run = await start('Shop.order', undefined, { id: 'r' });
  await clock.runAll();
  await run.report();
  shop.isClosed = false;
  await clock.advance(3_600_000);
  const [again] = [clock.now(), heard.splice(0)];
  const retried = await runtime.retry('r');
  await clock.runAll();
  const report: RunReport = await retried.report();
  const took = report.steps.map(({ node, startedAt, endedAt }) => `${node} ${endedAt - startedAt}`);
  expect(took).toEqual(['Shop.order 0', 'Shop.greet 0', 'Shop.pay 0']);
  expect(heard.filter((line) => !line.startsWith('Shop.order'))).toEqual([`Shop.greet ${again}`, `Shop.pay ${again}`]);
  const known = record.run('r');
  expect(known && formatReport(known)).toBe(formatReport(report));
});
