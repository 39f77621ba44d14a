// Each region has one wrong annotation of a schedule.

import { Job, Schedule } from '../../../src/index.ts';

class Report {
  printer!: string;
  copies?: number;
}

const nightly = Schedule('@daily');

export class Reports {
  // wrong: the schedule needs a `message` for the job takes Report
  @Job() @Schedule('@daily') one(report: Report) {}
  // wrong: the job takes no message and the schedule gives
  @Job() @Schedule('@daily', { message: { printer: 'x' } }) two() {}
  // wrong: the message does not fill printer of Report
  @Job() @Schedule('@daily', { message: { copies: 2 } }) three(report: Report) {}
  // wrong: the message gives the wrong type for copies of Report
  @Job() @Schedule('@daily', { message: { printer: 'x', copies: '2' } }) four(report: Report) {}
  // wrong: the message has pritner but there is no such field in Report
  @Job() @Schedule('@daily', { message: { printer: 'x', pritner: 'y' } }) five(report: Report) {}
  // wrong: a static method cannot be a node
  @Schedule('@daily') static six() {}
  // wrong: the schedule needs a `message` for the job takes Report
  @Job() @nightly seven(report: Report) {}
  // wrong: Type '"wait"' is not assignable to type 'Overlap | undefined'
  @Job() @Schedule('@daily', { overlap: 'wait' }) eight() {}
}
