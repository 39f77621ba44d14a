// Wrong options beside a target in the same class: the compiler tries both forms of the annotation, and says one thing.

import { Job, OnCancel, OnEnd, OnError, OnStart, OnSuccess } from 'onward';

class Desk {
  @Job() open(): 'new' | 'known' {
    return 'new';
  }
  // wrong: No overload matches this call.
  @OnSuccess('open', { whne: 'new' }) misspelt(): void {}
  // wrong: No overload matches this call.
  @OnSuccess('open', { after: 5, critical: 'yes' }) critical(): void {}
  // wrong: No overload matches this call.
  @OnError('open', { recover: 3 }) recovered(): void {}
  // wrong: No overload matches this call.
  @OnStart('open', { when: 'new' }) chosen(): void {}
  // wrong: No overload matches this call.
  @OnEnd('open', { each: true }) items(): void {}
  // wrong: No overload matches this call.
  @OnCancel('open', { critical: 'no' }) cancelled(): void {}
  // wrong: No overload matches this call.
  @OnSuccess(Desk, 'open') withoutArrow(): void {}
}
