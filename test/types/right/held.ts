// Annotations that are held in a constant or made by a function, and functions in options without written types.

import {
  ErrorValue,
  Handler,
  Job,
  Join,
  OnCancel,
  OnEnd,
  OnError,
  OnRunEnd,
  OnStart,
  OnSuccess,
} from '../../../src/index.ts';

class Order {
  id!: string;
}
class Receipt {
  no!: number;
}
class Mail {
  receipt!: Receipt;
  to!: string;
}

const charged = OnSuccess(() => Billing, 'charge');
const ownCharged = OnSuccess('charge');
const large = (from: number) => OnSuccess(() => Billing, 'charge', { when: (receipt) => receipt.no > from });
const mailed = OnSuccess(() => Billing, 'charge', { bind: { to: 'desk' } });
const failed = OnError(() => Billing, 'charge');
const started = OnStart('charge');
const ended = OnEnd(() => Billing, 'charge');
const cancelled = OnCancel('charge');
const overAll = OnRunEnd();
const joined = Join({ receipt: 'charge' });
const job = Job({ timeout: '5s' });
const handler = Handler({ maxRounds: 3 });

export class Billing {
  @job charge(order: Order): Receipt {
    return { no: order.id.length };
  }
  @charged one(receipt: Receipt) {}
  @ownCharged two(receipt: Receipt) {}
  @large(10) three(receipt: Receipt) {}
  @mailed four(mail: Mail) {}
  @failed five(order: Order, @ErrorValue() error: Error) {}
  @started six(order: Order) {}
  @ended seven(order: Order) {}
  @cancelled eight(order: Order) {}
  @overAll nine() {}
  @joined ten(message: { receipt: Receipt }) {}
  @handler eleven(order: Order) {}

  // The target is in the same class: parameters take their types from it.
  @OnSuccess('charge', { when: (receipt) => receipt.no > 1 }) own(receipt: Receipt) {}
  @OnSuccess('charge', { bind: ({ message }) => ({ to: message.id }) }) ownBound(mail: Mail) {}
  @OnError('charge', { when: (error) => error.message !== '', bind: ({ message }) => ({ id: message.id }) })
  ownFailed(order: Order) {}
  @OnStart('charge', { bind: ({ message }) => ({ id: message.id }) }) ownStarted(order: Order) {}
  @OnEnd('charge', { bind: ({ message, error }) => ({ id: `${message.id} ${error?.message}` }) }) ownEnded(
    order: Order,
  ) {}
}
