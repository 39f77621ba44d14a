import { IsInt, IsString, Min } from 'class-validator';
import { Job, type StepContext } from 'onward';

export class ChargeCard {
  @IsString() orderId!: string;
  @IsInt()
  @Min(1)
  cents!: number;
}

export class Receipt {
  @IsString() id!: string;
  @IsInt() cents!: number;
}

/** The bank said no: trying again does not help. */
export class CardDeclined extends Error {
  override readonly name = 'CardDeclined';
}

/** What takes the money. `key` is the same for every attempt, so that nobody pays twice. */
export interface Gateway {
  charge(cents: number, key: string): Promise<string>;
}

export class Billing {
  constructor(private readonly gateway: Gateway) {}

  @Job({
    retry: { attempts: 3, delay: '20ms', when: (error) => !(error instanceof CardDeclined) },
    timeout: '2s',
  })
  async charge(order: ChargeCard, context: StepContext): Promise<Receipt> {
    const id = await this.gateway.charge(order.cents, context.step.key);
    return { id, cents: order.cents };
  }
}
