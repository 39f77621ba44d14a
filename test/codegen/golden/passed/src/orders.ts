import { IsInt } from 'class-validator';
import { ErrorValue, Job, Message, OnCancel, OnEnd, OnError, OnStart, OnSuccess, ReturnValue } from 'onward';

export class Order {
  @IsInt() cents!: number;
}
export class Note {
  @ErrorValue() error!: Error;
  text?: string;
}
export class Dated {
  @IsInt() cents!: number;
  readonly at = 0;
}
export interface Told {
  readonly cents: number;
}
export interface Watched {
  readonly cents: number;
}

/** The target's own message goes to parameters of another type. */
export class Orders {
  @Job() order(order: Order): number {
    return order.cents;
  }

  @OnSuccess('order') told(@ReturnValue() cents: number, @Message() order: Told): void {
    void [cents, order];
  }
  @OnStart('order') begun(order: Watched): void {
    void order;
  }
  @OnError('order') failed(order: Watched | undefined): void {
    void order;
  }
  @OnEnd('order') over(order: { readonly cents: number }): void {
    void order;
  }
  @OnCancel('order') stopped(order: Partial<Order>): void {
    void order;
  }

  // Nothing to show: the same class, any value, a class that is filled up, and a message that is made of something else.
  @OnEnd('order') same(order: Order): void {
    void order;
  }
  @OnError('order') any(order: unknown): void {
    void order;
  }
  @OnError('order') dated(order: Dated): void {
    void order;
  }
  @OnError('order', { bind: { text: '' } }) noted(note: Note): void {
    void note;
  }
}
