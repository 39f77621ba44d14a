import { IsInt, IsOptional, IsString } from 'class-validator';
import {
  ErrorValue,
  from,
  Job,
  Join,
  Message,
  OnEnd,
  OnError,
  OnRunEnd,
  OnRunSuccess,
  OnStart,
  OnSuccess,
  ReturnValue,
  type RunReport,
  type StepContext,
} from 'onward';

export class Order {
  @IsString() id!: string;
}
export class Receipt {
  @IsString() id!: string;
  shout(): string {
    return this.id.toUpperCase();
  }
}
export class Entry {
  @ReturnValue() @IsOptional() receipt?: Receipt;
  @ErrorValue() error?: unknown;
  @IsString() note!: string;
}
export class Packing {
  receipt!: Receipt;
  @IsInt() size!: number;
  rows!: string[];
  @IsString() note!: string;
}
export class First {
  @IsOptional() size?: number;
  @IsOptional() rows?: string[];
}
export interface Counters {
  charged: number;
}

export class Shop {
  readonly told: string[] = [];

  @Job()
  async charge(order: Order, context: StepContext<Counters>): Promise<Receipt> {
    context.state.add('charged', 1);
    if (order.id === 'bad') throw new Error('declined');
    if (order.id === 'worse') throw new Error('lost');
    return receipt(order.id);
  }

  @OnStart('charge')
  begin(order: Order): void {
    this.told.push(`begin ${order.id}`);
  }

  @OnEnd('charge', { bind: { note: 'kept' } })
  keep({ receipt, error, note }: Entry): void {
    this.told.push(`keep ${receipt?.shout()} ${String(error)} ${note}`);
  }

  @OnEnd('charge')
  end(order: Order, @ReturnValue() value: Receipt | undefined, @ErrorValue() error: Error | undefined): void {
    this.told.push(`end ${order.id} ${value?.shout()} ${error?.message}`);
  }

  @OnError('charge', { recover: true, when: (error) => error.message === 'declined' })
  assume(order: Order, @ErrorValue() error: Error): Receipt {
    return receipt(`${error.message} ${order.id}`);
  }

  @OnSuccess('charge')
  size(value: Receipt): number {
    return value.shout().length;
  }

  @OnSuccess('charge')
  list(value: Receipt): string[] {
    return [value.id, 'second'];
  }

  @OnSuccess('list', { each: true, concurrency: 1 })
  row(row: string, @Message() value: Receipt): string {
    return `${row} of ${value.shout()}`;
  }

  @Join({ receipt: 'charge', size: 'size', rows: from(() => Shop, 'row') }, { bind: { note: 'fragile' } })
  pack({ receipt, size, rows, note }: Packing): void {
    this.told.push(`pack ${receipt.shout()} ${size} [${rows.join(', ')}] ${note}`);
  }

  @Join({ size: 'size', rows: 'row' }, { mode: 'any' })
  first({ size, rows }: First): void {
    this.told.push(`first ${size} ${rows?.length}`);
  }

  @OnRunSuccess('charge')
  well(report: RunReport<Receipt>): void {
    this.told.push(`well ${report.value?.id}`);
  }

  @OnRunEnd()
  over(report: RunReport): void {
    this.told.push(`over ${report.job} ${report.status}`);
  }
}

function receipt(id: string): Receipt {
  return Object.assign(new Receipt(), { id });
}
