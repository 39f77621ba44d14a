// Wrong code: each `wrong:` line stands above one annotation, which must have exactly one error that begins with it.

import { ErrorValue, from, Handler, Job, Join, Message, OnError, OnSuccess, ReturnValue, type Sent } from 'onward';
import { Approval, Order, Orders, Quote } from '../right/waits.js';

class Declined extends Error {
  reason!: string;
}

export class WrongWaits {
  // wrong: the target returns Quote and bind gives no value for Pick<Approval
  @Handler({ waits: true }) @OnSuccess(() => Orders, 'quote') unsent(approval: Approval) {}
  // wrong: the target returns Quote and bind gives no value for Pick<Approval
  @OnSuccess(() => Orders, 'quote') twice(approval: Sent<Approval>, @Message() other: Approval) {}
  // wrong: the target returns Quote which does not fit the parameter string
  @OnSuccess(() => Orders, 'quote') wrongMark(approval: Sent<Approval>, @ReturnValue() quote: string) {}
  // wrong: the error is any Error until `when` names Declined
  @OnError(() => Orders, 'quote') wrongError(approval: Sent<Approval>, @ErrorValue() error: Declined) {}
  // wrong: there is no public method
  @OnSuccess(() => Orders, 'quoet') misspelt(approval: Sent<Approval>) {}
  // wrong: there is no public method
  @Join({ quote: from(() => Orders, 'quoet') }) misspeltSource(approval: Sent<Approval>) {}
  // wrong: a join takes one message and the context this one takes
  @Join({ quote: from(() => Orders, 'quote') }) joined(approval: Sent<Approval>, quote: Quote) {}
  // wrong: Object literal may only specify known properties, and 'waits' does not exist
  @Job({ waits: true }) job(order: Order) {}
  // wrong: Type 'string' is not assignable to type 'boolean | undefined'
  @Handler({ waits: 'yes' }) text(order: Order) {}
}
