// Right code: nothing here may be refused. Null among the values of a node, also where the compiler does not see it.

import { Job, OnSuccess, ReturnValue } from 'onward';

export class Parking {
  @Job() slot(): 'low' | 'high' | null {
    return null;
  }
  @OnSuccess('slot', { when: null }) full(slot: null) {}
  @OnSuccess('slot', { when: null }) fullToo(@ReturnValue() slot: 'low' | null) {}
  @OnSuccess('slot', { when: null }) none() {}
  @OnSuccess('slot', { when: 'low' }) low(slot: 'low') {}
  @OnSuccess('slot') any(slot: 'low' | 'high' | null) {}
}
