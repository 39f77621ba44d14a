import { IsInt, IsOptional, IsString } from 'class-validator';
import { ErrorValue, Job, Message, OnCancel, OnEnd, OnStart, ReturnValue, type StepContext } from 'onward';

export class ChargeCard {
  @IsString() orderId!: string;
  @IsInt() cents!: number;
}
export class Receipt {
  @IsString() id!: string;
}
export class Entry {
  @ReturnValue() receipt?: Receipt;
  @ErrorValue() error?: unknown;
  @IsString() @IsOptional() note?: string;
}
export interface Progress {
  charged: number;
}

export class Billing {
  @Job()
  async charge(order: ChargeCard, context: StepContext<Progress>): Promise<Receipt> {
    context.state.add('charged', order.cents);
    return { id: order.orderId };
  }

  @Job()
  async count(context: StepContext<{ counted: number }>) {
    context.state.add('counted', 1);
    return { counted: 1 };
  }
}

export class Audit {
  @OnStart(() => Billing, 'charge')
  begin(order: ChargeCard): void {
    void order;
  }

  @OnStart(() => Billing, 'charge', { critical: true })
  @OnCancel(() => Billing, 'charge', { bind: { cents: 0 } })
  stop(order: ChargeCard, context: StepContext): void {
    void [order, context];
  }

  @OnEnd(() => Billing, 'charge')
  end(
    order: ChargeCard,
    @ReturnValue() receipt: Receipt | undefined,
    @ErrorValue() error: Error | undefined,
  ): void {
    void [order, receipt, error];
  }

  @OnEnd(() => Billing, 'charge', { bind: { note: 'kept' } })
  keep(entry: Entry): void {
    void entry;
  }

  @OnEnd(() => Billing, 'count')
  last(@ReturnValue() counted?: { counted: number }, @ErrorValue() error?: Error): void {
    void [counted, error];
  }

  @OnEnd(() => Billing, 'charge')
  told(@Message() order: ChargeCard): void {
    void order;
  }
}
