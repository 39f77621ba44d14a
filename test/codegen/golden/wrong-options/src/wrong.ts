import { Handler, Job } from 'onward';

const ATTEMPTS = -2;
const RED = 'red' as never;

export class Options {
  @Job({ retry: { attempts: 0 } }) a(): void {}
  @Job({ retry: { attempts: ATTEMPTS, delay: '5 parsecs', factor: 0.5, maxDelay: -1, jitter: 2 } }) b(): void {}
  @Job({ timeout: NaN }) c(): void {}
  @Job({ timeout: 0 }) d(): void {}
  @Job({ timeout: '1.5s', retry: { attempts: 2, delay: 100 } }) fine(): void {}
  @Job({ retry: 3 as never, tags: 'red' as never }) e(): void {}
  @Job({ tags: ['red', ''], waits: 1 as never, exhaustive: RED }) f(): void {}
  @Job({ rateLimit: { max: 0, per: '1 day' }, priority: -1 }) g(): void {}
  @Job({ rateLimit: { max: 5 } as never, priority: 2_097_153 }) h(): void {}
  @Job({ retry: { attempt: 3 } as never, rateLimit: { max: 5, per: '1s', burst: 2 } as never }) i(): void {}
  @Job({ rateLimit: { max: 5, per: '1s' }, priority: 7 }) fineToo(): void {}
  @Job('send' as never) j(): void {}
  @Handler('it\'s' as never) k(): void {}
}
