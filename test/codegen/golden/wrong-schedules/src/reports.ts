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

const NAMED = { name: 'morning' };
const hidden = { name: process.env['NAME'] ?? 'morning' };

export class Twice {
  @Job()
  @Schedule('0 6 * * *')
  @Schedule('0  6 * * *', { timezone: 'UTC' })
  @Schedule('0 6 * * *', { name: 'evening' })
  same(): void {}

  @Job()
  @Schedule('0 6 * * *', NAMED)
  named(): void {}

  @Job()
  @Schedule('0 7 * * *', { name: 'morning' })
  @Schedule('0 8 * * *', hidden)
  other(): void {}
}
