import { OnRunEnd, OnSuccess, type RunReport } from 'onward';
import { type Order, Shop } from './order.ts';
import { type Parcel, Warehouse } from './warehouse.ts';

/** What the people in the office read. */
export class Journal {
  readonly lines: string[] = [];

  @OnSuccess(() => Warehouse, 'pack')
  shipped(parcel: Parcel): void {
    this.lines.push(`${parcel.text} (${parcel.grams} g)`);
  }

  @OnRunEnd(() => Shop, 'order')
  close({ runId, status, counts, failures }: RunReport<Order>): void {
    const why = failures.map(({ node, error }) => `, ${node}: ${error instanceof Error ? error.message : 'failed'}`);
    this.lines.push(`${runId} ${status}: ${counts.completed} steps completed, ${counts.failed} failed${why.join('')}`);
  }
}
