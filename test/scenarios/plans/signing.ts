// S-M1 to S-M12: nodes that are signed, chained and put into swarms.

import { IsInt, IsString } from 'class-validator';
import { ErrorValue, Handler, Job, OnCancel, OnError, OnSuccess, ReturnValue, TerminalError } from 'onward';
import type { RunReport, StepContext } from 'onward';
import type { Notes } from '../notes.ts';

export class Count {
  @IsInt() x!: number;
}
export class Order {
  @IsInt() id!: number;
  @IsInt() p!: number;
}

/** S-M1: the value has a field of its own. */
export class Marked {
  @ReturnValue() taskResult!: Count;
  @IsInt() fieldInt!: number;
}
/** S-M2: the name of this field is a mark. */
export class Named {
  returnValue!: Count;
  @IsInt() fieldInt!: number;
}
/** S-M2: nothing is marked: the value is the message. */
export class Unmarked {
  @IsInt() x!: number;
  @IsInt() fieldInt!: number;
}
/** S-M2: what it needs nobody gives. */
export class Misfit {
  @IsString() sku!: string;
}
export class Sorry {
  @IsInt() id!: number;
  @IsInt() p!: number;
  @IsInt() fieldInt!: number;
  @IsString() fieldStr!: string;
}

export class Declined extends Error {
  override readonly name = 'Declined';
}

export class Task {
  constructor(private readonly notes: Notes) {}

  @Job()
  count({ x }: Count): Count {
    this.notes.say(`count ${x}`);
    return { x };
  }
  @Handler()
  marked(message: Marked): void {
    this.notes.seen.push(message);
  }
  @Handler()
  named(message: Named): void {
    this.notes.seen.push(message);
  }
  @Handler()
  unmarked(message: Unmarked): void {
    this.notes.seen.push(message);
  }
  @Handler()
  misfit(): void {
    this.notes.say('misfit');
  }
  @Handler()
  needs(message: Misfit): void {
    this.notes.say(`needs ${message.sku}`);
  }
  @Handler()
  stumble(): void {
    this.notes.say('stumble');
    throw new Error('the first one');
  }
  @Handler()
  sorry(message: Sorry, @ErrorValue() error: Error): void {
    this.notes.seen.push(message);
    this.notes.say(`sorry ${error.name} ${error.message} ${error.stack?.includes('signing.ts') === true}`);
  }
  @Handler()
  regret(): void {
    this.notes.say('regret');
  }

  /** S-M5 */
  @Job({ retry: { attempts: 3, delay: '10ms' } })
  fail(order: Order, context: StepContext): void {
    this.notes.say(`attempt ${context.step.attempt}`);
    throw new Declined(`order ${order.id}`);
  }
  @Job({ retry: { attempts: 3, delay: '10ms', when: () => true } })
  refuse(): void {
    this.notes.say('refused');
    throw new TerminalError('never');
  }

  /** S-M12 */
  @Job()
  async slow({ x }: Count, context: StepContext): Promise<number> {
    this.notes.say(`slow ${x}`);
    await new Promise<void>((resolve) => {
      context.signal.addEventListener('abort', () => resolve());
      void this.notes.wait(1_000).then(resolve);
    });
    this.notes.say(context.signal.aborted ? 'aborted' : 'slept');
    return x;
  }
  @OnCancel('slow')
  stopped(): void {
    this.notes.say('cancel event');
  }
}

/** S-M10 */
export class Extracted {
  @IsInt() row!: number;
}
export class Transform {
  @ReturnValue() taskResult!: Extracted;
  @IsInt() fieldInt!: number;
}
export class Pipeline {
  constructor(private readonly notes: Notes) {}

  @Job()
  extract({ x }: Count): Extracted {
    return { row: x };
  }
  @Job()
  transform({ taskResult, fieldInt }: Transform): Extracted {
    this.notes.say(`transform ${taskResult.row} ${fieldInt}`);
    if (taskResult.row < 0) throw new Error('negative');
    return { row: taskResult.row + fieldInt };
  }
  @Job()
  save({ row }: Extracted): string {
    this.notes.say(`save ${row}`);
    return `saved ${row}`;
  }
  @Handler()
  bad(@ErrorValue() error: Error): void {
    this.notes.say(`transform failed: ${error.message}`);
  }
  @Handler()
  chainBad(report: RunReport): void {
    this.notes.say(`${report.job} failed: ${report.failures.map(({ node }) => node).join()}`);
  }
  @Handler()
  chainGood(report: RunReport): void {
    this.notes.say(`${report.job} ${report.status}`);
  }
}

/** S-M11 */
export class Member {
  @IsInt() n!: number;
}
export class Herd {
  live = 0;
  peak = 0;
  constructor(private readonly notes: Notes) {}

  @Job()
  async graze({ n }: Member): Promise<string> {
    this.peak = Math.max(this.peak, ++this.live);
    // The later ones are faster.
    await this.notes.wait(100 - n);
    this.live--;
    this.notes.say(`grazed ${n}, at most ${this.peak}`);
    if (n % 2 === 1 && n < 10) throw new Error(`wolf ${n}`);
    return `grass ${n}`;
  }
  @Handler()
  mourn(report: RunReport): void {
    this.notes.say(`mourn ${report.failures.map(({ error }) => (error instanceof Error ? error.message : '')).join()}`);
    this.notes.seen.push(report.failures.map(({ message }) => message));
  }
  @Handler()
  rejoice(): void {
    this.notes.say('rejoice');
  }
}

/** S-M9: a callback that is annotated, and a node behind it. */
export class Ledger {
  constructor(private readonly notes: Notes) {}

  @Job()
  async book({ x }: Count): Promise<Count> {
    await this.notes.wait(10);
    this.notes.say('booked');
    return { x };
  }
  @OnSuccess('book', { after: '1s', bind: { fieldInt: 3 } })
  print({ taskResult, fieldInt }: Marked): void {
    this.notes.say(`printed ${taskResult.x} ${fieldInt}`);
  }
  @OnError('book')
  never(): void {
    this.notes.say('never');
  }
}
