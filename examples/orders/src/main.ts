// Three orders: one is paid after a retry, one is large, one is declined.

import { createRuntime } from 'onward';
import { Billing, CardDeclined, type Gateway } from './billing.ts';
import { Mail } from './mail.ts';
import { graph } from './onward.gen.ts';

let calls = 0;
const gateway: Gateway = {
  async charge(cents) {
    calls++;
    if (calls === 1) throw new Error('the line to the bank is busy');
    if (cents === 666) throw new CardDeclined('the card was declined');
    return `R-${calls}`;
  },
};

const mail = new Mail();
const runtime = createRuntime(graph, { services: { Billing: new Billing(gateway), Mail: mail } });

const orders = [
  { orderId: 'order-1', cents: 4_200 },
  { orderId: 'order-2', cents: 250_000 },
  { orderId: 'order-3', cents: 666 },
];
for (const order of orders) {
  const run = await runtime.start('Billing.charge', order);
  const report = await run.report();
  const steps = report.steps.map((step) => `${step.node} ${step.status} (attempt ${step.attempts.length})`);
  console.log(`${order.orderId}: ${report.status}\n  ${steps.join('\n  ')}`);
}
console.log(mail.sent.join('\n'));
await runtime.close();
