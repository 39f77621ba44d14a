import { IsInt, IsOptional, IsString } from 'class-validator';
import { from, Handler, Job, Join, OnSuccess, type StepContext } from 'onward';

export class Order {
  @IsString() id!: string;
}
export class Reservation {
  @IsInt() shelf!: number;
}
export class Receipt {
  @IsString() id!: string;
  label(): string {
    return this.id;
  }
}
export class Packing {
  stock!: Reservation;
  charge!: Receipt;
  @IsString() note!: string;
}
export class First {
  @IsOptional() stock?: Reservation;
  @IsOptional() charge?: Receipt;
}
export class Weights {
  weights!: number[];
  first!: number[] | number;
}

export class Shop {
  @Job()
  order(order: Order): Order {
    return order;
  }

  @OnSuccess('order')
  async charge(order: Order): Promise<Receipt> {
    return Object.assign(new Receipt(), order);
  }

  @OnSuccess('order')
  rows(order: Order): number[] {
    return [order.id.length];
  }
}

export class Stock {
  @OnSuccess(() => Shop, 'order')
  async reserve(order: Order): Promise<Reservation> {
    return { shelf: order.id.length };
  }

  @OnSuccess(() => Shop, 'rows', { each: true })
  weigh(row: number): number {
    return row;
  }

  @Handler()
  @OnSuccess(() => Shop, 'rows', { each: true, concurrency: 2 })
  @OnSuccess('weigh')
  twice(row: number): number {
    return row * 2;
  }
}

const SOURCES = { stock: from(() => Stock, 'reserve'), charge: 'charge' };
const CHARGE = from(() => Shop, 'charge');

export class Packer extends Shop {}

export class Table {
  @Join({ stock: from(() => Stock, 'reserve'), charge: from(() => Shop, 'charge') }, { bind: { note: 'fragile' } })
  pack(packing: Packing, context: StepContext): void {
    void [packing, context];
  }

  @Join({ stock: from(() => Stock, 'reserve'), charge: CHARGE }, { mode: 'any' })
  either(first: First): void {
    void first;
  }

  @Join({ stock: from(() => Stock, 'reserve'), charge: CHARGE }, { onMissing: 'run', bind: () => ({}) })
  @Join({ stock: from(() => Stock, 'reserve') })
  late(first: First): void {
    void first;
  }

  @Join({ weights: from(() => Stock, 'weigh'), first: from(() => Stock, 'twice') })
  weighed(all: Weights): void {
    void all;
  }

  @Join({ stock: from(() => Stock, 'reserve'), charge: CHARGE })
  untyped(): void {}
}
void SOURCES;
