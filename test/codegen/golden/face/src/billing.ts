import { IsInt, IsString, IsUUID, Min } from 'class-validator';
import { Job, OnSuccess, ErrorValue, Message, OnError, ReturnValue, type StepContext } from 'onward';
import { CardDeclined } from './errors.js';

export class ChargeCard {
  @IsUUID() orderId!: string;
  @IsInt() @Min(1) cents!: number;
}
export class Receipt {
  @IsString() id!: string;
  @IsInt() cents!: number;
}
export class ReceiptMail {
  @ReturnValue() receipt!: Receipt;
  @IsString() template!: string;
}

export class Billing {
  @Job({ retry: { attempts: 3, delay: '200ms', factor: 2 }, timeout: '20s' })
  async charge(order: ChargeCard, context: StepContext): Promise<Receipt> {
    return { id: `${context.runId} ${order.orderId}`, cents: order.cents };
  }
}

export class Mail {
  @OnSuccess(() => Billing, 'charge')
  async book(receipt: Receipt, @Message() order: ChargeCard) {
    return [receipt, order];
  }

  @OnSuccess(() => Billing, 'charge', { when: (receipt) => receipt.cents > 100_000, bind: { template: 'vip' } })
  async thank(mail: ReceiptMail) {
    return mail;
  }

  @OnError(() => Billing, 'charge', { when: CardDeclined })
  async sorry(order: ChargeCard, @ErrorValue() error: CardDeclined) {
    return [order, error];
  }
}
