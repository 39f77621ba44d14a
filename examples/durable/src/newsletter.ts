// A newsletter that is posted once to every reader, whatever happens to the process in between.

import { IsInt } from 'class-validator';
import { Handler, Job, Join, OnSuccess, type StepContext } from 'onward';
import type { Letterbox } from './letterbox.ts';

export class Issue {
  @IsInt() number!: number;
}

/** What the stamps and the letters of an issue come to. */
export class Posted {
  stamps!: number;
  letters!: string[];
}

export class Newsletter {
  readonly #letterbox: Letterbox;

  constructor(letterbox: Letterbox) {
    this.#letterbox = letterbox;
  }

  @Job()
  async readers(issue: Issue): Promise<string[]> {
    return Array.from({ length: 12 }, (_, at) => `reader ${at + 1} of issue ${issue.number}`);
  }

  /** Under way when the process dies, it is called again: the key is the same then, and so the letter goes out once. */
  @OnSuccess('readers', { each: true, concurrency: 3 })
  async post(reader: string, { step }: StepContext): Promise<string> {
    return this.#letterbox.post(step.key, reader);
  }

  @OnSuccess('readers')
  async buyStamps(readers: string[], context: StepContext): Promise<number> {
    let stamps = 0;
    // Each sheet is a step of its own: those that were bought stay bought.
    while (stamps < readers.length) stamps += await context.call(Newsletter, 'buySheet');
    return stamps;
  }

  @Handler()
  async buySheet({ step }: StepContext): Promise<number> {
    await this.#letterbox.post(step.key, 'a sheet of 5 stamps');
    return 5;
  }

  @Join({ stamps: 'buyStamps', letters: 'post' })
  async close({ stamps, letters }: Posted): Promise<string> {
    return `${letters.length} letters, ${stamps - letters.length} stamps left`;
  }
}
