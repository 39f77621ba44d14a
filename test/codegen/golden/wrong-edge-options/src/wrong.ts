import { IsString } from 'class-validator';
import { from, Handler, Job, Join, OnCancel, OnEnd, OnError, OnRunEnd, OnStart, OnSuccess } from 'onward';

export class Ping {
  @IsString() id!: string;
}
export class Both {
  ping!: string[];
}
declare const isIt: boolean;
declare const settings: { recover: true };
const LIMIT = 0;

export class Pinger {
  @Job({ maxRounds: 0, maxPerRun: 1.5, concurrency: -1, tags: ['', 'fine', 3], expose: 'yes' })
  ping(message: Ping): string[] {
    return [message.id];
  }
  @Job({ tags: 'one', maxRounds: LIMIT, exhaustive: isIt })
  pong(): string {
    return 'pong';
  }
  @Handler({ maxRounds: undefined, tags: undefined, exhaustive: true })
  pang(): string {
    return 'pang';
  }
  @Job({ exhaustive: true })
  choose() {
    return isIt ? ('a' as const) : ('b' as const);
  }

  @OnStart('ping', { when: 'x', after: '1s' }) a(): void {}
  @OnEnd('ping', { otherwise: true, critical: 'yes' }) b(): void {}
  @OnCancel('ping', { each: true, concurrency: 2 }) c(): void {}
  @OnRunEnd('ping', { recover: true }) d(): void {}
  @OnRunEnd({ mode: 'all' }) e(): void {}
  @OnSuccess('ping', { concurrency: 2, stopAfterFailures: 1 }) f(): void {}
  @OnSuccess('ping', { each: true, concurrency: 0, stopAfterFailures: -1, after: 'soon' }) g(): void {}
  @OnSuccess('ping', { recover: true }) h(): void {}
  @OnError('ping', { each: true, after: -1 }) i(): void {}
  @OnSuccess('ping', { each: isIt }) j(): void {}
  @OnError('ping', { recover: isIt }) k(): void {}
  @OnError('ping', settings) l(): void {}
  @Join({ ping: 'ping' }, { mode: 'some', onMissing: 'wait', after: '1s' }) m(both: Both): void {}
  @Join({ ping: from(() => Pinger, 'ping') }, { mode: undefined, bind: {} }) fine(both: Both): void {}
  @OnSuccess('choose', { when: isIt ? 'a' : 'b' }) n(): void {}
  @OnSuccess('choose', { when: [isIt] as never }) o(): void {}
  @Join({ ping: 'ping' }, { cancelRest: true }) p(both: Both): void {}
  @Join({ ping: 'ping' }, { mode: 'any', cancelRest: 'yes' }) q(both: Both): void {}
  @OnSuccess('ping', { cancelRest: true }) r(): void {}
  @OnError('ping', { when: 'closed' as never }) s(): void {}
  @Join({ ping: 'ping' }, { mode: 'any', cancelRest: true }) right(both: Both): void {}
  @OnSuccess('ping', { retry: { attempts: 3 } } as never) t(): void {}
  @Job() @OnError('ping', { timeout: '2s' } as never) u(): void {}
}
