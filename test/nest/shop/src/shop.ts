// A shop in a Nest application: what the tests of `onward/nest` run on. Decorator metadata is not emitted here, so that
// dependencies are named.

import { Inject, Injectable, Module, type OnModuleDestroy } from '@nestjs/common';
import { IsInt, IsString, Min } from 'class-validator';
import { ErrorValue, Job, Message, OnError, OnSuccess, TerminalError, type RuntimeOf, type StepContext } from 'onward';
import { InjectOnward } from 'onward/nest';
import type { graph } from './onward.gen.ts';

export class Order {
  @IsString() id!: string;
  @IsInt() @Min(1) cents!: number;
}

export class Receipt {
  @IsString() id!: string;
  @IsInt() cents!: number;
}

export class CardDeclined extends TerminalError {}

/** What has happened, in order. */
@Injectable()
export class Journal {
  readonly lines: string[] = [];
}

/** Stands for an ORM, which closes its pool when its module is destroyed. */
@Injectable()
export class Pool implements OnModuleDestroy {
  isOpen = true;

  constructor(@Inject(Journal) private readonly journal: Journal) {}

  onModuleDestroy(): void {
    this.isOpen = false;
    this.journal.lines.push('pool closed');
  }
}

/** Charges of orders called `slow` are answered when the test says so. */
@Injectable()
export class Gateway {
  answer: () => void = () => undefined;

  constructor(@Inject(Pool) private readonly pool: Pool) {}

  async charge({ id, cents }: Order): Promise<string> {
    if (cents === 13) throw new CardDeclined('unlucky');
    if (id.startsWith('slow')) await new Promise<void>((answer) => (this.answer = answer));
    if (!this.pool.isOpen) throw new Error('the pool is closed');
    return `charge of ${id}`;
  }
}

@Injectable()
export class Billing {
  constructor(@Inject(Gateway) private readonly gateway: Gateway) {}

  @Job()
  async charge(order: Order, context: StepContext): Promise<Receipt> {
    void context;
    return { id: await this.gateway.charge(order), cents: order.cents };
  }
}

/** Takes the runtime of the graph that it is a service of. */
@Injectable()
export class Mail {
  constructor(
    @InjectOnward() private readonly onward: RuntimeOf<typeof graph>,
    @Inject(Journal) private readonly journal: Journal,
  ) {}

  @OnSuccess(() => Billing, 'charge')
  book(receipt: Receipt, @Message() order: Order): void {
    this.journal.lines.push(`${order.id} booked: ${receipt.cents} (a job: ${this.onward.isJob('Billing.charge')})`);
  }

  @OnError(() => Billing, 'charge', { when: CardDeclined })
  sorry(order: Order, @ErrorValue() error: CardDeclined): void {
    this.journal.lines.push(`${order.id} sorry: ${error.message}`);
  }
}

@Module({ providers: [Journal], exports: [Journal] })
export class JournalModule {}

@Module({ imports: [JournalModule], providers: [Pool], exports: [Pool] })
export class PoolModule {}

@Module({ imports: [PoolModule], providers: [Gateway, Billing], exports: [Gateway, Billing] })
export class BillingModule {}

@Module({ imports: [JournalModule], providers: [Mail] })
export class MailModule {}
