import { IsString } from 'class-validator';
import { ErrorValue, Job, OnError } from 'onward';

export class Order {
  @IsString() id!: string;
}
export class Receipt {
  @IsString() id!: string;
}
export class GatewayDown extends Error {
  override readonly name = 'GatewayDown';
}

export class Billing {
  @Job({ throws: [GatewayDown] })
  async charge(order: Order): Promise<Receipt> {
    return { id: order.id };
  }

  @Job()
  async count(order: Order) {
    return order.id.length;
  }

  @Job()
  nothing(order: Order): void {
    void order;
  }

  @OnError('charge', { recover: true, when: GatewayDown })
  async later(order: Order, @ErrorValue() error: GatewayDown): Promise<Receipt> {
    return { id: `${order.id} ${error.name}` };
  }

  @OnError('charge', { recover: true, otherwise: true })
  @OnError(() => Billing, 'nothing', { recover: true })
  none(order: Order) {
    return { id: order.id, extra: 1 };
  }

  @OnError('count', { recover: true })
  zero() {
    return 0;
  }

  @OnError('count', { recover: false })
  told(): void {}
}
