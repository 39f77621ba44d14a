import { IsInt, IsString } from 'class-validator';
import { ErrorValue, Handler, ReturnValue, type RunReport } from 'onward';
import { type Print, PrintOrder } from './lab.ts';

export class Ready {
  @ReturnValue() print!: Print; // what was printed lands here
  @IsString() by!: string; // bound to the signature
}

/** The order as it was received, and what is bound to the signature. */
export class Apology extends PrintOrder {
  @IsInt() vouchers!: number;
}

/** The people in front. Nothing is annotated as their target: signatures name them as callbacks. */
export class Counter {
  constructor(private readonly say: (line: string) => void) {}

  @Handler()
  ready({ print, by }: Ready): void {
    this.say(`${by}: ${print.text}`);
  }

  @Handler()
  sorry({ file, vouchers }: Apology, @ErrorValue() error: Error): void {
    this.say(`sorry for ${file}, ${error.message}; ${vouchers} vouchers`);
  }

  @Handler()
  count({ status, counts }: RunReport): void {
    this.say(
      `the box of prints ${status}: ${counts.completed} done, ${counts.failed} failed, ${counts.skipped} left out`,
    );
  }
}
