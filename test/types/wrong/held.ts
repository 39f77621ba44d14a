// Annotations that are held in a constant or made by a function are judged where they are applied.

import { Handler, Job, Join, OnEnd, OnError, OnRunEnd, OnStart, OnSuccess } from '../../../src/index.ts';

class Order {
  id!: string;
}
class Receipt {
  no!: number;
}

const charged = OnSuccess(() => Billing, 'charge');
const ownCharged = OnSuccess('charge');
const large = (from: number) => OnSuccess(() => Billing, 'charge', { when: (receipt) => receipt.no > from });
const failed = OnError(() => Billing, 'charge');
const started = OnStart('charge');
const ended = OnEnd(() => Billing, 'charge');
const overAll = OnRunEnd();
const joined = Join({ receipt: 'charge' });
const job = Job({ timeout: '5s' });
const handler = Handler({ maxRounds: 3 });
const misspelt = OnSuccess('chrage');

export class Billing {
  @Job() charge(order: Order): Receipt {
    return { no: order.id.length };
  }
  // wrong: the target returns Receipt which does not fit the parameter string
  @charged one(text: string) {}
  // wrong: the target returns Receipt which does not fit the parameter string
  @ownCharged two(text: string) {}
  // wrong: the target returns Receipt which does not fit the parameter string
  @large(10) three(text: string) {}
  // wrong: the target takes Order and fails with Error and neither fills Receipt
  @failed four(receipt: Receipt) {}
  // wrong: the target takes Order which does not fit the parameter string
  @started five(text: string) {}
  // wrong: the target may have failed so the return value is Receipt | undefined which does not fit
  @ended six(receipt: Receipt) {}
  // wrong: the report is RunReport<unknown> which does not fit the parameter string
  @overAll seven(text: string) {}
  // wrong: the source receipt gives Receipt which does not fit string
  @joined eight(message: { receipt: string }) {}
  // wrong: a job takes one message and the context
  @job nine(order: Order, receipt: Receipt) {}
  // wrong: a generator cannot be a node
  @handler *ten(order: Order) {}
  // wrong: there is no public method chrage
  @misspelt eleven(receipt: Receipt) {}

  // wrong: Property 'nmo' does not exist on type 'Receipt'
  @OnSuccess('charge', { when: (receipt) => receipt.nmo > 1 }) own(receipt: Receipt) {}
}
