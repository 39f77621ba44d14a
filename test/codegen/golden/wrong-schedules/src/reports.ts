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

export class Patterns {
  @Job()
  @Schedule('0 25 * * *')
  hour(): void {}

  @Job()
  @Schedule('0 0 30 2 *')
  never(): void {}

  @Job()
  @Schedule('0 0 29 2 *')
  leap(): void {}

  @Job()
  @Schedule('daily')
  @Schedule('@daily')
  twice(): void {}
}
