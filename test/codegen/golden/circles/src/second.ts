import { Handler, Job, OnSuccess } from 'onward';
import * as first from './first.js';
import { Again } from './first.js';

export * from './first.js';

export class Second {
  @Job({ ...first.OPTIONS })
  tick(): number {
    return 1;
  }

  @Handler({ maxRounds: 3 })
  @OnSuccess(() => Again, 'tick')
  @OnSuccess(() => first.Second, 'tock')
  tock(tick?: number): number {
    return tick ?? 0;
  }
}
