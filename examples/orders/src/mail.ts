import { IsString } from 'class-validator';
import { ErrorValue, Message, OnError, OnSuccess, ReturnValue } from 'onward';
import { Billing, CardDeclined, type ChargeCard, Receipt } from './billing.ts';

export class ReceiptMail {
  @ReturnValue() receipt!: Receipt; // the job's return value lands here
  @IsString() template!: string; // bound on the edge
}

export class Mail {
  readonly sent: string[] = [];

  @OnSuccess(() => Billing, 'charge')
  book(receipt: Receipt, @Message() order: ChargeCard): void {
    this.sent.push(`${order.orderId}: booked ${receipt.cents} cents as ${receipt.id}`);
  }

  @OnSuccess(() => Billing, 'charge', { when: (receipt) => receipt.cents > 100_000, bind: { template: 'vip' } })
  thank(mail: ReceiptMail): void {
    this.sent.push(`${mail.receipt.id}: sent the ${mail.template} letter`);
  }

  @OnError(() => Billing, 'charge', { when: CardDeclined })
  sorry(order: ChargeCard, @ErrorValue() error: CardDeclined): void {
    this.sent.push(`${order.orderId}: sorry, ${error.message}`);
  }
}
