import { IsIn } from 'class-validator';
import { ErrorValue, Job, Message, OnError, OnSuccess, ReturnValue } from 'onward';
import { BOTH, Broken, IS_BIG, PAID, Refused, isHuge, isSmall } from './constants.js';

export class Order {
  @IsIn(['big', 'small', 'huge']) size!: 'big' | 'small' | 'huge';
}

export class Shop {
  @Job()
  state(order: Order): 'paid' | 'open' {
    return order.size === 'big' ? 'paid' : 'open';
  }

  @Job()
  order(order: Order): Order {
    return order;
  }

  @Job()
  maybe(order: Order): Order | null {
    return order.size === 'big' ? order : null;
  }

  @OnSuccess('state', { when: PAID })
  paid(): void {}

  @OnSuccess('state', { otherwise: true })
  open(@ReturnValue() state: 'paid' | 'open'): void {
    void state;
  }

  @OnSuccess('order', { when: IS_BIG })
  @OnSuccess('order', { when: isSmall })
  @OnSuccess('order', { when: isHuge })
  seen(order: Order): void {
    void order;
  }

  @OnSuccess('maybe', { when: (order: Order | null): order is Order => order !== null })
  some(order: Order): void {
    void order;
  }

  @OnError('order', { when: Refused })
  @OnError('order', { when: [Refused, Broken] })
  @OnError('order', { when: BOTH })
  @OnError('order', { when: (error: Error) => error.message === '' })
  @OnError('order', { when: RangeError })
  failed(@ErrorValue() error: Error, @Message() order: Order): void {
    void [error, order];
  }
}
