// A service whose callbacks change nothing in a run and fail: the condition of an edge, and a callback that is not critical.

import { Job, OnSuccess } from 'onward';

export class Odd {
  @Job() go(): number {
    return 1;
  }
  @OnSuccess('go', {
    when: () => {
      throw new Error('no answer');
    },
  })
  next(): void {}
  @OnSuccess('go', { critical: false }) beside(): void {
    throw new Error('no callback');
  }
}
