import { IsInt, IsString } from 'class-validator';
import { ErrorValue, Handler, OnError, OnSuccess, type StepContext } from 'onward';
import { Order, Shop } from './order.ts';

export class Receipt {
  @IsString() id!: string;
  @IsInt() cents!: number;
}

/** The bank said no: trying again does not help. */
export class CardDeclined extends Error {
  override readonly name = 'CardDeclined';
}

/** Nobody answers. */
export class GatewayDown extends Error {
  override readonly name = 'GatewayDown';
}

/** What takes the money. `key` is the same for every attempt, so that nobody pays twice. */
export interface Gateway {
  charge(order: Order, key: string): Promise<string>;
}

export class Billing {
  readonly letters: string[] = [];

  constructor(private readonly gateway: Gateway) {}

  @Handler({
    retry: { attempts: 3, delay: '50ms', when: (error) => error instanceof GatewayDown },
    throws: [CardDeclined, GatewayDown],
  })
  @OnSuccess(() => Shop, 'order')
  async charge(order: Order, context: StepContext): Promise<Receipt> {
    return { id: await this.gateway.charge(order, context.step.key), cents: order.cents };
  }

  /** Ships all the same: what this returns stands for the receipt. */
  @OnError('charge', { when: GatewayDown, recover: true })
  invoice(order: Order): Receipt {
    this.letters.push(`${order.id}: please pay ${order.cents} cents within 14 days`);
    return { id: `invoice-${order.id}`, cents: order.cents };
  }

  @OnError('charge', { when: CardDeclined })
  sorry(order: Order, @ErrorValue() error: CardDeclined): void {
    this.letters.push(`${order.id}: sorry, ${error.message}`);
  }
}
