import { IsString } from 'class-validator';
import { Job, OnSuccess, Schedule } from 'onward';

const MORNING = '0 6 * * *';
const TIMES = { evening: '0 18 * * *', zone: 'Europe/Berlin' };
const hourly = Schedule('@hourly');
const every = (minutes: string) => Schedule(minutes, { name: 'often' });

export class Report {
  @IsString() printer!: string;
}

export class Reports {
  @Job()
  @Schedule(MORNING, { message: { printer: 'Gutenberg' }, timezone: TIMES.zone })
  @Schedule(TIMES.evening, { message: { printer: 'Fust' }, overlap: 'queue' })
  daily(report: Report): string {
    return report.printer;
  }

  @Schedule('*/5 * * * *')
  @Job({ name: 'bell' })
  ring(): void {}

  @Job() @hourly chime(): void {}

  @Job() @every('*/7 * * * *') tick(): void {}

  @OnSuccess('daily') file(printer: string): void {
    void printer;
  }
}
