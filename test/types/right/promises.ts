// Right code: nothing here may be refused. What a body returns is awaited to its end, also a promise in a promise.

import { Job, Join, OnEnd, OnError, OnSuccess, ReturnValue } from 'onward';

export class Reading {
  value!: number;
}
export class Readings {
  near!: Reading;
  far!: string | number;
}

export class Probe {
  @Job() async near(): Promise<Reading | Promise<Reading>> {
    return new Reading();
  }
  @Job() async far(): Promise<string | Promise<number>> {
    return 'far';
  }
  @Job() async lists(): Promise<Promise<Reading[]> | Reading[]> {
    return [];
  }
  @Job() later(): Promise<PromiseLike<Reading>> | Reading {
    return new Reading();
  }
  @Job() async state(): Promise<'on' | Promise<'off'>> {
    return 'on';
  }
  @OnSuccess('near') one(reading: Reading) {}
  @OnSuccess('near') marked(@ReturnValue() reading: Reading) {}
  @OnSuccess('far') two(reading: string | number) {}
  @OnSuccess('lists', { each: true }) three(reading: Reading) {}
  @OnSuccess('later') four(reading: Reading) {}
  @OnSuccess('state', { when: 'off' }) five(state: 'off') {}
  @OnEnd('near') ended(@ReturnValue() reading: Reading | undefined) {}
  @OnError('far', { recover: true }) async again(): Promise<Promise<string> | number> {
    return 1;
  }
  @Join({ near: 'near', far: 'far' }) both(readings: Readings) {}
}
