// Literals and classes that look wrong and may be right.

import { Job, OnError, OnSuccess } from 'onward';

export class Receipt {
  id = '';
}

export class Empty {}

export class Long {
  readonly length = 4;
}

interface Id extends String {
  readonly idOf: 'receipt';
}

type Marked = string & { readonly mark: 'receipt' };

function failing<T extends abstract new (...given: never) => Error>(base: T): T {
  return base;
}

export class Declined extends failing(Error) {}


export class Desk {
  @Job() perhaps(): Receipt | null {
    return null;
  }

  @Job() either(): Receipt | 'paid' {
    return 'paid';
  }

  @Job() empty(): Empty {
    return 'paid';
  }

  @Job() long(): Long {
    return 'paid' as unknown as Long;
  }

  @Job() id(): Id {
    return 'paid' as unknown as Id;
  }

  @Job() marked(): Marked {
    return 'paid' as Marked;
  }

  @Job() anything(): unknown {
    return 'paid';
  }

  @OnSuccess('perhaps', { when: null }) a(): void {}
  @OnSuccess('either', { when: 'paid' }) b(): void {}
  @OnSuccess('empty', { when: 'paid' }) c(): void {}
  @OnSuccess('long', { when: 'paid' }) d(): void {}
  @OnSuccess('id', { when: 'paid' }) e(): void {}
  @OnSuccess('marked', { when: 'paid' }) f(): void {}
  @OnSuccess('anything', { when: 'paid' }) g(): void {}
  @OnError('id', { when: Declined }) h(): void {}
  @OnError('id', { when: [RangeError, Error] }) i(): void {}
}
