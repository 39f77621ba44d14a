import { IsIn, IsString } from 'class-validator';
import { Handler, OnSuccess, type StepContext } from 'onward';
import { type Order, Shop } from './order.ts';

const NAMES = ['bicycle', 'rail', 'van'] as const;

export class Enquiry {
  @IsIn(NAMES) carrier!: (typeof NAMES)[number];
  @IsString() town!: string;
}

export interface Label {
  readonly orderId: string;
  readonly carrier: string;
}

/** What the carriers' own machines say. */
export interface Switchboard {
  price(carrier: string, town: string): number;
  /** @throws if nobody answers. */
  book(carrier: string, orderId: string): void;
}

export class Carriers {
  constructor(private readonly line: Switchboard) {}

  /** When booking fails, the second attempt gets the prices that were recorded: no carrier is asked again. */
  @Handler({ retry: { attempts: 3, delay: '20ms' } })
  @OnSuccess(() => Shop, 'order')
  async book(order: Order, context: StepContext): Promise<Label> {
    const prices = await Promise.all(
      NAMES.map(async (carrier) => ({
        carrier,
        cents: await context.call(Carriers, 'price', { carrier, town: order.town }),
      })),
    );
    const { carrier } = prices.reduce((best, other) => (other.cents < best.cents ? other : best));
    this.line.book(carrier, order.id);
    return { orderId: order.id, carrier };
  }

  /** The carriers' machines take three questions at a time, and then need a rest. */
  @Handler({ rateLimit: { max: 3, per: '40ms' } })
  price({ carrier, town }: Enquiry): number {
    return this.line.price(carrier, town);
  }
}
