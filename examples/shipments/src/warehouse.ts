import { IsString } from 'class-validator';
import { from, Handler, Join, OnEnd, OnRunError, OnStart, OnSuccess, type StepContext } from 'onward';
import { Billing, type Receipt } from './billing.ts';
import { Carriers, type Label } from './carriers.ts';
import { Line, Order, Shop } from './order.ts';

/** What the steps of one order share. */
export interface Picking {
  /** What has left its shelf so far. */
  picked: Picked[];
  grams: number;
}

export interface Picked {
  readonly sku: string;
  readonly quantity: number;
  readonly shelf: string;
}

export class Packing {
  picked!: Picked[];
  receipt!: Receipt;
  label!: Label;
}

export interface Parcel {
  readonly text: string;
  readonly grams: number;
}

export class Sticker {
  @IsString() text!: string;
}

/** What stands where, and how heavy one is. */
export type Stock = Map<string, { readonly shelf: string; readonly grams: number; count: number }>;

export class Warehouse {
  tablesInUse = 0;

  constructor(
    private readonly stock: Stock,
    private readonly print: (text: string) => void,
  ) {}

  @OnSuccess(() => Shop, 'order')
  list(order: Order): Line[] {
    return order.lines;
  }

  /** One step for each line, two at a time. */
  @OnSuccess('list', { each: true, concurrency: 2, stopAfterFailures: 1 })
  pick({ sku, quantity }: Line, context: StepContext<Picking>): Picked {
    const place = this.stock.get(sku);
    if (place === undefined || place.count < quantity) throw new Error(`there are not ${quantity} of ${sku}`);
    place.count -= quantity;
    const picked = { sku, quantity, shelf: place.shelf };
    context.state.append('picked', picked);
    context.state.add('grams', place.grams * quantity);
    return picked;
  }

  @OnStart('pack')
  takeTable(): void {
    this.tablesInUse += 1;
  }

  /** Once everything is picked, paid and booked. The parcel is packed when its stickers are printed. */
  @Join({ picked: 'pick', receipt: from(() => Billing, 'charge'), label: from(() => Carriers, 'book') })
  async pack({ picked, receipt, label }: Packing, context: StepContext<Picking>): Promise<Parcel> {
    const text = `${label.orderId} by ${label.carrier}: ${picked.map(({ sku, quantity }) => `${quantity} ${sku}`).join(', ')}`;
    await context.spawn(Warehouse, 'sticker', { text });
    await context.spawn(Warehouse, 'sticker', { text: `paid with ${receipt.id}` });
    return { text, grams: context.state.get('grams') ?? 0 };
  }

  @Handler({ retry: { attempts: 2, delay: '10ms' } })
  sticker({ text }: Sticker): void {
    this.print(text);
  }

  /** However packing went. */
  @OnEnd('pack')
  freeTable(): void {
    this.tablesInUse -= 1;
  }

  /** An order that failed leaves nothing beside the shelves. */
  @OnRunError(() => Shop, 'order')
  putBack(context: StepContext<Picking>): void {
    for (const { sku, quantity } of context.state.get('picked') ?? []) {
      const place = this.stock.get(sku);
      if (place !== undefined) place.count += quantity;
    }
  }
}
