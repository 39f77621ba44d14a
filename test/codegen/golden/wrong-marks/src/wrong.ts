import { IsString } from 'class-validator';
import { ErrorValue, Job, Message, OnError, OnSuccess, ReturnValue } from 'onward';

export class Order {
  @IsString() id!: string;
}
export class Mail {
  @ReturnValue() order!: Order;
  @IsString() template!: string;
  @IsString() subject!: string;
  note?: string;
}
export class Twice {
  @ReturnValue() first!: Order;
  @ReturnValue() second!: Order;
}

export class Shop {
  @Job() order(order: Order): Order {
    return order;
  }
  @Job() empty(): void {}
  @Job() job(@ReturnValue() value: Order): void {}

  @OnSuccess('order') unmarked(first: Order, second: Order): void {}
  @OnSuccess('order') twoMarks(@ReturnValue() first: Order, @ReturnValue() second: Order): void {}
  @OnSuccess('order') bothMarks(@ReturnValue() @Message() first: Order): void {}
  @OnSuccess('order', { bind: { template: '', subject: '' } }) parameterAndField(mail: Mail, @ReturnValue() order: Order): void {}
  @OnSuccess('order') twoFields(twice: Twice): void {}
  @OnSuccess('order') noError(@ErrorValue() error: Error): void {}
  @OnError('order') noValue(@ReturnValue() order: Order): void {}
  @OnError('order') noFieldValue(mail: Mail): void {}
  @OnSuccess('order', { bind: { template: '' } }) unfilled(mail: Mail): void {}
  @OnSuccess('order', { bind: { id: '' } }) nothingToBind(@ReturnValue() order: Order): void {}
  @OnSuccess('order', { bind: { order: {}, template: '', subjekt: '', subject: '' } }) wrongBind(mail: Mail): void {}
  @OnSuccess('order', { when: () => true, otherwise: true }) both(): void {}
  @OnSuccess('empty') noMessage(@Message() order: Order): void {}
  @OnSuccess('order', { bind: () => ({ template: '' }) }) unfilledByFunction(mail: Mail): void {}
  @OnSuccess('order', { bind: ({ returnValue }) => ({ order: returnValue, template: '', subject: '' }) }) boundByFunction(mail: Mail): void {}
  // What the function returns cannot be read.
  @OnSuccess('order', { bind: ({ returnValue }) => returnValue.id === '' ? { template: '' } : { subject: '' } }) unread(mail: Mail): void {}
}
