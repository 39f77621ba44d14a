// Right code: nothing here may be refused. Jobs that are started at the slots of a pattern.

import { Job, Schedule, type StepContext } from 'onward';

export class Report {
  printer!: string;
  copies?: number;
  size!: 'A4' | 'A3';
  pages!: string[];
}
export class Optional {
  note?: string;
}

const PATTERN = '0 6 * * *';
const nightly = Schedule('@daily');
const printed = Schedule(PATTERN, { message: { printer: 'x', size: 'A3', pages: [] } });

export class Reports {
  @Job()
  @Schedule(PATTERN, { message: { printer: 'x', size: 'A4', pages: ['1'] }, timezone: 'Europe/Berlin' })
  daily(report: Report) {}

  @Job()
  @Schedule(PATTERN, { message: { printer: 'x', size: 'A4', pages: [], copies: 2 }, overlap: 'queue', name: 'two' })
  copied(context: StepContext, report: Report) {}

  @Job() @Schedule('*/5 * * * *', { overlap: 3 }) @Schedule('@hourly') ring() {}
  @Job() @Schedule('*/5 * * * *') told(context: StepContext) {}
  @Job() @Schedule('@hourly', { message: {} }) note(message: Optional) {}
  @Job() @Schedule('@hourly') perhaps(message?: Optional) {}
  @Job() @Schedule('@hourly', {}) asked(message: any) {}

  @Job() @nightly held() {}
  @Job() @printed heldToo(report: Report) {}
}
