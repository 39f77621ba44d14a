import { IsInt, IsString } from 'class-validator';
import { Job, type Clock, type StepContext } from 'onward';

export class Dough {
  @IsString() kind!: string;
  @IsInt() kilos!: number;
}

export class Tray {
  @IsString() kind!: string;
  @IsInt() minutes!: number;
}

export class Stop {
  @IsString() shop!: string;
}

/** What goes wrong tonight. */
export interface Mishaps {
  /** The mixer hangs the first time. */
  readonly mixer?: true;
  /** So often the van does not start. */
  readonly van?: number;
  readonly burns?: string;
}

export class Bakery {
  #mixed = 0;
  #starts = 0;

  constructor(
    private readonly clock: Clock,
    private readonly say: (line: string) => void,
    private readonly mishaps: Mishaps,
  ) {}

  /** A mixer that hangs is switched off after 40 minutes: its signal is aborted, and it is tried again. */
  @Job({ retry: { attempts: 2, delay: '5m', jitter: 0 }, timeout: '40m' })
  async mix({ kind, kilos }: Dough, { signal }: StepContext): Promise<number> {
    const hangs = ++this.#mixed === 1 && this.mishaps.mixer === true;
    await this.#minutes(hangs ? 600 : 20, signal);
    this.say(`${kilos} kg of ${kind} dough`);
    return kilos;
  }

  /** What was mixed before is there to be shaped. */
  @Job()
  async bake({ kind, minutes }: Tray, { previous }: StepContext): Promise<string> {
    const kilos = previous?.ok === true && typeof previous.value === 'number' ? previous.value : 10;
    await this.#minutes(minutes);
    if (kind === this.mishaps.burns) throw new Error(`the ${kind} are coal`);
    this.say(`${kilos * 2} ${kind}`);
    return `${kilos * 2} ${kind}`;
  }

  @Job({ retry: { attempts: 3, delay: '2m', jitter: 0 } })
  async deliver({ shop }: Stop): Promise<string> {
    if (++this.#starts <= (this.mishaps.van ?? 0)) throw new Error('the van does not start');
    await this.#minutes(15);
    this.say(`delivered to ${shop}`);
    return shop;
  }

  @Job()
  sweep(): void {
    this.say('swept');
  }

  #minutes(count: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const stop = this.clock.after(count * 60_000, resolve);
      signal?.addEventListener('abort', () => {
        stop();
        reject(new Error('switched off'));
      });
    });
  }
}
