import { IsInt, IsString, ValidateNested } from 'class-validator';
import { Type } from 'class-transformer';
import { Handler, Job, OnSuccess, type Clock, type StepContext } from 'onward';

export class Target {
  @IsString() name!: string;
  @IsInt() minutes!: number;
}

export class Programme {
  @ValidateNested({ each: true }) @Type(() => Target) targets!: Target[];
}

/** An error that sets its own severity. */
class Dew extends Error {
  readonly severity = 'critical';
}

export class Telescope {
  constructor(
    private readonly clock: Clock,
    private readonly clouds: Set<string>,
  ) {}

  @Job()
  observe({ targets }: Programme): Target[] {
    return targets;
  }

  /** Clouds go by: a second attempt is worth it. */
  @Handler({ retry: { attempts: 2, delay: '5m', jitter: 0 } })
  @OnSuccess('observe', { each: true, concurrency: 1 })
  async expose({ name, minutes }: Target, context: StepContext): Promise<string> {
    for (const part of [1, 2]) {
      await this.#minutes(minutes / 2);
      context.progress(part / 2, name);
    }
    if (name === 'Dumbbell') throw new Dew('the mirror is dewed');
    if (this.clouds.delete(name)) throw new Error(`clouds before ${name}`);
    return name;
  }

  @OnSuccess('expose')
  async develop(name: string, context: StepContext): Promise<void> {
    await this.#minutes(4);
    if (name === 'Andromeda') context.emit('alert', 'a new star in Andromeda');
  }

  #minutes(count: number): Promise<void> {
    return new Promise((resolve) => this.clock.after(count * 60_000, resolve));
  }
}
