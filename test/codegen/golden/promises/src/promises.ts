import { Job, Join, OnEnd, OnError, OnRunEnd, OnSuccess, ReturnValue, type RunReport } from 'onward';

export type Loading<T> = Promise<T>;
export type Text = Promise<string>;
export type Soon<T> = T | Promise<T>;
export class Later<T> extends Promise<T> {}
export interface Query<T> extends PromiseLike<T> {
  readonly text: string;
}
export interface Page {
  readonly total: number;
}
export class Listed {
  texts!: string[];
}

/** What is awaited goes by other names than `Promise`. */
export class Promises {
  @Job() alias(): Text {
    return Promise.resolve('');
  }
  @Job() generic(): Loading<string> {
    return Promise.resolve('');
  }
  @Job() either(): string | Promise<string> {
    return '';
  }
  @Job() soon(): Soon<string> {
    return '';
  }
  @Job() later(): Later<string> {
    return new Later((resolve) => resolve(''));
  }
  @Job() query(): Query<string> {
    return Object.assign(Promise.resolve(''), { text: '' });
  }
  @Job() both(): Promise<string> & { id: number } {
    return Object.assign(Promise.resolve(''), { id: 1 });
  }
  @Job() list(): Loading<string[]> {
    return Promise.resolve([]);
  }
  @Job() page(): Promise<Page> {
    return Promise.resolve({ total: 1 });
  }

  @OnSuccess('alias')
  @OnSuccess('generic')
  @OnSuccess('either')
  @OnSuccess('soon')
  @OnSuccess('later')
  @OnSuccess('query')
  @OnSuccess('both')
  @OnSuccess('list', { each: true })
  took(text: string): Loading<string> {
    return Promise.resolve(text);
  }

  @OnSuccess('page') turned(page: Page): void {
    void page;
  }
  @OnError('either', { recover: true }) recovered(): Text {
    return Promise.resolve('');
  }
  @OnEnd('alias') ended(@ReturnValue() text: string | undefined): void {
    void text;
  }
  @OnRunEnd('alias') over(report: RunReport<string>): void {
    void report;
  }
  @OnSuccess('list', { each: true }) item(text: string): Loading<string> {
    return Promise.resolve(text);
  }
  @Join({ texts: 'item' }) listed(all: Listed): void {
    void all;
  }
}
