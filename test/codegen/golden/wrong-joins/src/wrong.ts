import { IsOptional, IsString } from 'class-validator';
import { ErrorValue, from, Job, Join, Message, OnError, OnSuccess, ReturnValue } from 'onward';

export class Order {
  @IsString() id!: string;
}
export class Packing {
  stock!: string;
  charge!: string;
  @IsString() @IsOptional() note?: string;
  label(): string {
    return this.stock;
  }
}
class Hidden {
  @IsString() id!: string;
}
export class Holding {
  stock!: Hidden;
}
export class Marked {
  stock!: string;
  @ErrorValue() error!: unknown;
}
declare const unread: Record<string, string>;
declare function other(service: () => unknown, method: string): string;

export class Shop {
  @Job() order(order: Order): string {
    return order.id;
  }
  @OnSuccess('order') reserve(id: string): string {
    return id;
  }
  @OnSuccess('order') charge(id: string): string {
    return id;
  }
}

export class Table {
  @Join({ stock: from(() => Shop, 'resrve'), charge: from(() => Shop, 'charge') }) a(packing: Packing): void {}
  @Join({ stock: 'reserve', charge: from(() => Order, 'id') }) b(packing: Packing): void {}
  @Join({ stock: from(() => Shop, 'reserve'), charge: from(() => Shop, 'reserve') }) c(packing: Packing): void {}
  @Join({ stock: from(() => Shop, 'reserve'), chrge: from(() => Shop, 'charge') }) d(packing: Packing): void {}
  @Join({ stock: from(() => Shop, 'reserve') }) e(packing: Packing): void {}
  @Join({ stock: from(() => Shop, 'reserve'), charge: from(() => Shop, 'charge'), label: from(() => Shop, 'order') })
  f(packing: Packing): void {}
  @Join({ stock: from(() => Shop, 'reserve'), charge: from(() => Shop, 'charge') }, { bind: { stock: '', nte: '' } })
  g(packing: Packing): void {}
  @Join({}) h(): void {}
  @Join(unread) i(packing: Packing): void {}
  @Join({ stock: other(() => Shop, 'reserve'), charge: from(() => Shop, 'charge') }) j(packing: Packing): void {}
  @Join({ stock: from(() => Shop, 'reserve') }) k(@ReturnValue() value: string): void {}
  @Join({ stock: from(() => Shop, 'reserve') }) l(marked: Marked): void {}
  @Join({ stock: from(() => Shop, 'reserve'), error: from(() => Shop, 'charge') }) fine(marked: Marked): void {}
  @Join({ stock: from(() => Shop, 'reserve'), charge: from(() => Shop, 'charge') })
  @OnError(() => Shop, 'order', { bind: { stock: '', charge: '' } })
  m(packing: Packing, @Message() order: Order): void {}
  @Join({ stock: from(() => Shop, 'reserve') }, { bind: { note: '' } }) n(): void {}
  @Join({ stock: from(() => Shop, 'reserve') }) o(holding: Holding): void {}
}
