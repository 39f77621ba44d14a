// Annotations without parentheses, and what else is told then: nothing.

import { IsString } from 'class-validator';
import * as onward from 'onward';
import {
  ErrorValue,
  Handler as Node,
  Job,
  Join,
  Message,
  OnEnd,
  OnError,
  OnRunEnd,
  OnStart,
  OnSuccess,
  ReturnValue,
  Service,
} from 'onward';

export class Order {
  @IsString() id!: string;
}

export class Slip {
  @ReturnValue receipt!: string;
}

@Service
export class Billing {
  @Job charge(order: Order): string {
    return order.id;
  }

  @Node refund(order: Order): string {
    return order.id;
  }

  @OnStart watch(order: Order): void {
    void order;
  }

  @OnSuccess mail(receipt: string, @Message order: Order): void {
    void [receipt, order];
  }

  @onward.OnError sorry(@ErrorValue error: Error): void {
    void error;
  }

  @OnEnd
  @OnRunEnd
  @Join
  last(): void {}

  @OnSuccess(() => Billing, 'charge')
  slip(slip: Slip): void {
    void slip;
  }
}

// A decorator that was made before has its parentheses there.
const Daily = Job({ timeout: '1d' });

export class Daisy {
  @OnError(() => Billing, 'charge')
  weep(): void {}

  @Daily
  water(): void {}
}
