// Orders: what is sent, who charges for them, who writes to the customer. Ordinary providers of Nest.

import { Injectable, Logger } from '@nestjs/common';
import { IsInt, IsString, Length, Max, Min } from 'class-validator';
import { ErrorValue, Job, Message, OnError, OnSuccess, TerminalError, type StepContext } from 'onward';
import { Gateway } from './gateway.ts';

/** The body of `POST /orders`, and the message of the job: one class, checked by the pipe of Nest and by Onward. */
export class Order {
  @IsString() @Length(1, 40) id!: string;
  @IsInt() @Min(1) @Max(1_000_000) cents!: number;
}

export class Receipt {
  @IsString() id!: string;
  @IsInt() cents!: number;
}

export class CardDeclined extends TerminalError {}

@Injectable()
export class Billing {
  constructor(private readonly gateway: Gateway) {}

  @Job({ retry: { attempts: 3, delay: '200ms' }, timeout: '20s' })
  async charge(order: Order, { step, signal }: StepContext): Promise<Receipt> {
    if (order.cents > 100_000) throw new CardDeclined('the card was declined');
    // The same key for every attempt: the gateway charges once.
    return { id: await this.gateway.charge(order.cents, { key: step.key, signal }), cents: order.cents };
  }
}

@Injectable()
export class Mail {
  private readonly logger = new Logger(Mail.name);

  @OnSuccess(() => Billing, 'charge')
  thank(receipt: Receipt, @Message() order: Order): void {
    this.logger.log(`${order.id}: thank you, receipt ${receipt.id}`);
  }

  @OnError(() => Billing, 'charge', { when: CardDeclined })
  sorry(order: Order, @ErrorValue() error: CardDeclined): void {
    this.logger.log(`${order.id}: sorry, ${error.message}`);
  }
}
