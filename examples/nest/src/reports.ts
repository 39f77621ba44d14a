// What happens without a request: a job that a schedule starts, and an observer that counts what has ended.

import { Injectable, Logger } from '@nestjs/common';
import { Job, Schedule, type Observer, type RunEnded } from 'onward';

/** Hears of every run. Its dependencies are injected like those of any provider. */
@Injectable()
export class Ended implements Observer {
  private readonly counts = new Map<string, number>();

  onRunEnd({ job, status }: RunEnded): void {
    const key = `${job} ${status}`;
    this.counts.set(key, (this.counts.get(key) ?? 0) + 1);
  }

  lines(): string[] {
    return [...this.counts].map(([key, count]) => `${key}: ${count}`);
  }
}

@Injectable()
export class Reports {
  private readonly logger = new Logger(Reports.name);

  constructor(private readonly ended: Ended) {}

  @Job()
  @Schedule('0 6 * * *', { timezone: 'Europe/Berlin' })
  daily(): string[] {
    const lines = this.ended.lines();
    for (const line of lines) this.logger.log(line);
    return lines;
  }
}
