// A shop whose runs show what observers print: retries, callbacks, children, items, a join that gets nothing.

import { Handler, Job, Join, OnError, OnSuccess, type StepContext } from 'onward';
import type { OutputStream } from 'onward/observers';
import { ENGINES, wired, type Wired } from '../support/wired.ts';

class Declined extends Error {}

class Picked {
  order!: unknown;
  payment!: unknown;
}

class Shop {
  tries = 0;

  @Job() order(): string[] {
    return ['cup', 'plate'];
  }
  @OnSuccess('order')
  @Handler({ retry: { attempts: 3, delay: 100, jitter: 0 } })
  charge(): string {
    if (++this.tries < 3) throw new Error('nobody answers');
    return 'paid';
  }
  @OnSuccess('order', { each: true }) async pick(item: string, context: StepContext): Promise<string> {
    context.progress(0.5, item);
    if (item === 'plate') throw new Declined('no plates left');
    return item;
  }
  @OnError('pick') sorry(): void {}
  @Join({ order: 'order', payment: 'pay' }) pack(_picked: Picked): void {}
  @OnSuccess('order')
  @Handler({ tags: ['never'] })
  pay(): void {}
  @OnSuccess('charge') file(): void {}
}

const PARAMETERS = { 'Shop.pick': ['any', 'context'], 'Shop.pack': [Picked] } as const;

export function shop(open = ENGINES[0].open): Wired {
  return wired(open(), { Shop: new Shop() }, PARAMETERS);
}

/** A stream that keeps what is written. */
export class Screen implements OutputStream {
  text = '';
  readonly isTTY: boolean;
  readonly columns: number;

  constructor(columns = 100, isTTY = false) {
    this.columns = columns;
    this.isTTY = isTTY;
  }

  write(text: string): void {
    this.text += text;
    this.#show(text);
  }

  /** What a terminal shows after each write: it knows lines that are cleared, and a cursor that goes up. */
  readonly frames: string[][] = [];
  #rows: string[] = [''];
  #row = 0;

  #show(text: string): void {
    // oxlint-disable-next-line no-control-regex
    for (const [part] of text.matchAll(/\r|\n|\u001B\[(?:\d*A|2K|J)|[^\r\n\u001B]+/g)) {
      if (part === '\n') this.#rows[++this.#row] ??= '';
      else if (part.endsWith('A') && part.startsWith('\u001B')) this.#row -= Number(part.slice(2, -1) || 1);
      else if (part === '\u001B[2K') this.#rows[this.#row] = '';
      else if (part === '\u001B[J') this.#rows = [...this.#rows.slice(0, this.#row), ''];
      else if (part !== '\r') this.#rows[this.#row] = part;
    }
    this.frames.push([...this.#rows]);
  }

  /** The lines that are left at the end. */
  get shown(): string[] {
    return this.#rows.filter((line) => line !== '');
  }

  get lines(): string[] {
    return this.text.split('\n').slice(0, -1);
  }
}

/** Letters that change how a terminal shows a line, and lone ones. */
export const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;
