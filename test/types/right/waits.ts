// Right code: nothing here may be refused. Handlers that wait for a message from outside, at every kind of edge.

import {
  ErrorValue,
  from,
  Handler,
  Job,
  Join,
  Message,
  OnCancel,
  OnEnd,
  OnError,
  OnRunEnd,
  OnStart,
  OnSuccess,
  ReturnValue,
  type HandlerOptions,
  type RunReport,
  type Sent,
  type StepContext,
} from 'onward';
import type { HandlerType, JobType } from 'onward/wiring/v1';

export class Order {
  id!: string;
  cents!: number;
}
export class Quote {
  no!: number;
  state!: 'open' | 'taken';
}
export class Approval {
  ok!: boolean;
  by!: string;
  text() {
    return this.by;
  }
}
export class Optional {
  note?: string;
}
export class Empty {}

export class Orders {
  @Job() async quote(order: Order): Promise<Quote> {
    return { no: 1, state: 'open' };
  }
  @Job() async lines(order: Order): Promise<string[]> {
    return [];
  }

  @Handler({ waits: true, timeout: '3d' })
  @OnSuccess('quote')
  async approve(approval: Sent<Approval>, @Message() order: Order): Promise<string> {
    return `${approval.text()}${order.id}`;
  }
  @Handler({ waits: false }) @OnSuccess('quote') plain(quote: Quote) {}

  @Handler({ waits: true }) @OnSuccess(() => Orders, 'quote') alone(approval: Sent<Approval>) {}
  @Handler({ waits: true }) @OnSuccess(() => Orders, 'quote') nothing() {}
  @Handler({ waits: true }) @OnSuccess('quote') onlyMarks(@ReturnValue() quote: Quote, context: StepContext) {}
  @Handler({ waits: true }) @OnSuccess('quote') last(
    @ReturnValue() quote: Quote,
    context: StepContext,
    @Message() order: Order,
    approval: Sent<Approval>,
  ) {}
  @Handler({ waits: true }) @OnSuccess('quote') maybe(approval?: Sent<Approval>) {}
  @Handler({ waits: true }) @OnSuccess('quote') orNot(approval: Sent<Approval> | undefined) {}
  @Handler({ waits: true }) @OnSuccess('quote') text(answer: Sent<string>) {}
  @Handler({ waits: true }) @OnSuccess('quote') yes(answer: Sent<boolean>) {}
  @Handler({ waits: true }) @OnSuccess('quote') literal(answer: Sent<'yes' | 'no'>) {}
  @Handler({ waits: true }) @OnSuccess('quote') either(answer: Sent<Approval | Quote>) {}
  @Handler({ waits: true }) @OnSuccess('quote') date(day: Sent<Date>) {}
  @Handler({ waits: true }) @OnSuccess('quote') list(approvals: Sent<Approval[]>) {}
  @Handler({ waits: true }) @OnSuccess('quote') optional(optional: Sent<Optional>) {}
  @Handler({ waits: true }) @OnSuccess('quote') empty(empty: Sent<Empty>) {}
  @Handler({ waits: true }) @OnSuccess('quote') unknown(anything: Sent<unknown>) {}
  @Handler({ waits: true }) @OnSuccess('quote') anything(anything: Sent<any>) {}
  @Handler({ waits: true }) @OnSuccess('quote', { when: { state: 'open' } }) chosen(approval: Sent<Approval>) {}
  @Handler({ waits: true }) @OnSuccess('quote', { otherwise: true }) other(approval: Sent<Approval>) {}
  @Handler({ waits: true }) @OnSuccess('lines', { each: true }) line(ok: Sent<Approval>, @ReturnValue() line: string) {}

  @Handler({ waits: true }) @OnError('quote') failed(approval: Sent<Approval>, @ErrorValue() error: Error) {}
  @Handler({ waits: true })
  @OnError(() => Orders, 'quote', { when: RangeError, recover: true })
  async repaired(quote: Sent<Quote>, @ErrorValue() error: RangeError): Promise<Quote> {
    return quote;
  }
  @Handler({ waits: true }) @OnStart('quote') allowed(approval: Sent<Approval>, @Message() order: Order) {}
  @Handler({ waits: true }) @OnEnd('quote') seen(
    approval: Sent<Approval>,
    @ReturnValue() quote: Quote | undefined,
    @ErrorValue() error: Error | undefined,
  ) {}
  @Handler({ waits: true }) @OnCancel(() => Orders, 'quote') regretted(approval: Sent<Approval>) {}
  @Handler({ waits: true }) @OnRunEnd() filed(approval: Sent<Approval>) {}
  @Handler({ waits: true }) @OnRunEnd(() => Orders, 'quote') filedToo(approval: Sent<Approval>, report: RunReport) {}
  @Handler({ waits: true }) @Join({ quote: 'quote' }) joined(approval: Sent<Approval>) {}
  @Handler({ waits: true })
  @Join({ quote: from(() => Orders, 'quote'), lines: 'lines' }, { onMissing: 'run' })
  joinedText(answer: Sent<string>, context: StepContext) {}

  // What follows it is given its message as it is.
  @OnSuccess('approve') shipped(@Message() approval: Approval, @ReturnValue() id: string) {}
  @OnSuccess(() => Orders, 'approve', { bind: ({ message }) => ({ by: message.by, ok: message.ok }) })
  again(approval: Approval) {}
  @OnError('approve') refused(approval: Approval) {}
  @OnEnd('approve') ended(approval: Approval) {}

  @Job() async asks(order: Order, context: StepContext): Promise<string> {
    await context.spawn(Orders, 'alone', { ok: true, by: 'me' });
    await context.spawn(Orders, 'nothing');
    return context.call(Orders, 'approve', { ok: true, by: order.id });
  }
}

// A message is what the parameter takes, and the other way around.
declare const approval: Approval;
export const sent: Sent<Approval> = approval;
export const taken: Approval = sent;
export const empty: Sent<Empty> = new Empty();
export const optional: Sent<Optional> = { note: 'x' };
export const options: HandlerOptions = { waits: true, timeout: 10 };

// A service of one's own kind.
export class Desk<Answer> {
  @Job() ask(): number {
    return 1;
  }
  @Handler({ waits: true }) @OnSuccess('ask') answered(answer: Sent<Answer>, @ReturnValue() no: number) {}
}

// Wirings say what marks take; those that were written before say nothing, and go on compiling.
export interface Nodes {
  readonly 'Orders.quote': JobType<Order, Orders['quote']>;
  readonly 'Orders.alone': HandlerType<Approval, Orders['alone'], { waits: true }>;
  readonly 'Orders.approve': HandlerType<Approval, Orders['approve'], { message: Order; waits: true }>;
  readonly 'Orders.kept': HandlerType<Order, Orders['plain'], { field: 'id'; errorField: 'cents'; error: Error }>;
}
export const takes: Nodes['Orders.approve']['marks']['message'] = new Order();
export const none: Nodes['Orders.quote']['marks'] = {};
