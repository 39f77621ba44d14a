import { IsInt } from 'class-validator';
import { Job, Message, OnError, OnSuccess, ReturnValue, type StepContext } from 'onward';

interface Hidden {
  readonly total: number;
}
export interface Shown {
  readonly total: number;
}
export type Either = 'a' | 'b';
type Context = StepContext<{ seen: number }>;
export type Seen = Context;
export class Page<Item> {
  items!: Item[];
}
export class Row {
  @IsInt() id!: number;
}
/** Has more than its data. */
export class RichRow extends Row {
  double(): number {
    return this.id * 2;
  }
}
export class Bound {
  @ReturnValue() rows!: Row[];
  note?: string;
}

export class Types {
  @Job() nothing(): void {}
  @Job() tick({ signal }: StepContext): void {
    void signal;
  }
  @Job() hidden(row: Row): Hidden {
    return { total: row.id };
  }
  @Job() async rows(row: Row): Promise<readonly Row[]> {
    return [row];
  }
  @Job() async page(row: Row): Promise<Map<string, Row | undefined>> {
    return new Map([['', row]]);
  }
  @Job() async anything(row: Row): Promise<any> {
    return row;
  }
  @Job() inferred({ id }: Row) {
    return { id, either: 'a' as Either };
  }
  @Job() async row(row: Row): Promise<Row> {
    return row;
  }

  @OnSuccess('hidden') a(value: Hidden): void {
    void value;
  }
  @OnSuccess('rows') b(@ReturnValue() rows: readonly { id: number }[], @Message() row: Row): void {
    void [rows, row];
  }
  @OnSuccess('page') c(map: Map<string, Row | undefined>): void {
    void map;
  }
  @OnSuccess('anything') d(value: string): void {
    void value;
  }
  @OnSuccess('inferred') e(value: { id: number; either: Either }, context: StepContext): void {
    void [value, context];
  }
  @OnSuccess('row') f(row: RichRow): void {
    void row;
  }
  @OnSuccess('row', { bind: { id: 3 } }) g(row: Row): void {
    void row;
  }
  @OnSuccess('list', { bind: ({ message }: { message: Row }) => ({ note: String(message.id) }) }) h(bound: Bound): void {
    void bound;
  }
  @Job() list(row: Row): Row[] {
    return [row];
  }
  @OnError('row') i(error: unknown): void {
    void error;
  }
  @OnSuccess('row') j(shown?: Row | undefined): void {
    void shown;
  }
  @OnSuccess('row') k(row: Row, context: Context): void {
    context.state.set('seen', row.id);
  }
  @Job() seen(context: Seen): number | undefined {
    return context.state.get('seen');
  }
}
