import { Handler, Job, OnSuccess, Schedule } from 'onward';

export class Reports {
  @Job()
  @Schedule(process.env['TIMES'] ?? '@daily')
  daily(): void {}

  @Schedule('@daily')
  lonely(): void {}

  @Handler()
  @OnSuccess('daily')
  @Schedule('@daily', { timezone: '' })
  file(): void {}

  @Job()
  @Schedule('@daily', { timezon: 'UTC', overlap: 0, name: '' } as object)
  ring(): void {}

  @Job()
  // @ts-expect-error it is the generator's turn
  @Schedule
  bare(): void {}
}
