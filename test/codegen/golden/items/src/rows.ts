import { IsString } from 'class-validator';
import { Job, Message, OnError, OnSuccess, ReturnValue } from 'onward';

export class Import {
  @IsString() file!: string;
}
export class Row {
  @IsString() line!: string;
}
export class Mail {
  @ReturnValue() row!: Row;
  @IsString() template!: string;
}
type Named = Row & { readonly name: string };
export type Rows = readonly Row[];

export class Rows1 {
  @Job() async rows(message: Import): Promise<Row[]> {
    return [{ line: message.file }];
  }
  @Job() inferred(message: Import) {
    return [{ line: message.file, at: 1 }];
  }
  @Job() aliased(message: Import): Rows {
    return [{ line: message.file }];
  }
  @Job() global(message: Import): ReadonlyArray<Row> {
    return [{ line: message.file }];
  }
  @Job() either(message: Import): Row[] | string[] {
    return [message.file];
  }
}

export class Each {
  @OnSuccess(() => Rows1, 'rows', { each: true, concurrency: 4, stopAfterFailures: 3 })
  row(row: Row, @Message() message: Import): void {
    void [row, message];
  }

  @OnSuccess(() => Rows1, 'rows', { each: true, bind: { template: 'row' }, after: '3d' })
  mail(mail: Mail): void {
    void mail;
  }

  @OnSuccess(() => Rows1, 'inferred', { each: true, when: (rows) => rows.length > 1 })
  @OnSuccess(() => Rows1, 'inferred', { each: true })
  line(@ReturnValue() row: { line: string }): void {
    void row;
  }

  @OnSuccess(() => Rows1, 'aliased', { each: true })
  @OnSuccess(() => Rows1, 'global', { each: true })
  plain(row: { readonly line: string }): void {
    void row;
  }

  @OnSuccess(() => Rows1, 'either', { each: true })
  mixed(row: Row | string): void {
    void row;
  }

  @OnSuccess(() => Rows1, 'rows', { each: false, critical: false })
  all(rows: Row[]): void {
    void rows;
  }

  @OnError(() => Rows1, 'rows', { after: 500, critical: true })
  late(message: Import): void {
    void message;
  }
}
export type { Named };
