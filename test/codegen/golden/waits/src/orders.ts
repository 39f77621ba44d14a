import { Allow, IsBoolean, IsInt, IsString } from 'class-validator';
import * as Onward from 'onward';
import {
  ErrorValue,
  from,
  Handler,
  Join,
  Job,
  Message,
  OnEnd,
  OnError,
  OnStart,
  OnSuccess,
  ReturnValue,
  type Sent as FromOutside,
  type StepContext,
} from 'onward';
import { type Sent } from './handed-on.js';

export class Order {
  @IsString() id!: string;
}

export class Quote {
  @IsInt() cents!: number;
}

export class Approval {
  @IsBoolean() ok!: boolean;
  // A field of a message that comes from outside, like any other.
  @Allow() returnValue?: string;
}

export class Orders {
  @Job()
  quote(order: Order): Quote {
    return { cents: order.id.length };
  }

  @Job()
  reserve(order: Order): string {
    return order.id;
  }

  @Handler({ waits: true, timeout: '3d' })
  @OnSuccess('quote')
  approve(approval: Sent<Approval>, @ReturnValue() quote: Quote, @Message() order: Order): string {
    return approval.ok ? order.id : String(quote.cents);
  }

  @Handler({ waits: true })
  @OnError('quote')
  decide(@ErrorValue() error: Error, context: StepContext, answer: FromOutside<'again' | 'stop'>): string {
    return `${error.message}${answer}${context.runId}`;
  }

  @Handler({ waits: true })
  @OnEnd(() => Orders, 'quote')
  inspected(approval: Onward.Sent<Approval> | undefined, @ReturnValue() quote: Quote | undefined): void {
    console.log(approval, quote);
  }

  // More marks than fit into a line.
  @Handler({ waits: true })
  @OnEnd('quote')
  settled(
    @ReturnValue() quote: { readonly cents: number } | undefined,
    @ErrorValue() error: Error | undefined,
    @Message() order: { readonly id: string },
    approval: Sent<Approval>,
  ): void {
    console.log(quote, error, order, approval);
  }

  @Handler({ waits: true })
  @OnStart('quote')
  allow(): void {}

  @Handler({ waits: true })
  @Join({ quote: 'quote', stock: from(() => Orders, 'reserve') })
  release(approval: Sent<Approval>): boolean {
    return approval.ok;
  }

  @OnSuccess('approve')
  ship(@Message() approval: Approval, id: string): void {
    console.log(approval, id);
  }
}

export class Talk {
  @Job()
  @OnSuccess('answer')
  ask(): string {
    return 'And then?';
  }

  // It asks again after each answer: what bounds that comes from outside.
  @Handler({ waits: true })
  @OnSuccess('ask')
  answer(answer: Sent<string>): void {
    console.log(answer);
  }
}
