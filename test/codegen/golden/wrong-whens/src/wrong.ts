// What no return value and no error can ever be.

import { IsString } from 'class-validator';
import { Job, OnError, OnSuccess } from 'onward';

export class Receipt {
  @IsString() id!: string;
}

export interface Parcel {
  readonly weight: number;
}

type Either = Receipt | Parcel;

const PAID = 'paid';
const BOTH = ['paid', 'open'] as const;

export class Refusal {
  readonly reason = 'no';
}

export class Denial extends Refusal {}

export class Billing {
  @Job() charge(): Receipt {
    return new Receipt();
  }

  @Job({ throws: [Refusal] }) async pack(): Promise<Parcel> {
    return { weight: 1 };
  }

  @Job() either(): Either | undefined {
    return undefined;
  }

  @Job() state(): { readonly state: 'paid' | 'open' } {
    return { state: 'paid' };
  }

  @Job() word(): 'paid' | 'open' {
    return 'paid';
  }

  @Job() list(): readonly Receipt[] {
    return [];
  }

  @OnSuccess('charge', { when: 'paid' }) a(): void {}
  @OnSuccess('pack', { when: PAID }) b(): void {}
  @OnSuccess('either', { when: 5 }) c(): void {}
  @OnSuccess('state', { when: 'paid' }) d(): void {}
  @OnSuccess('list', { when: null }) e(): void {}
  @OnSuccess('list', { each: true, when: true }) f(): void {}
  @OnError('charge', { when: Refusal }) g(): void {}
  @OnError('charge', { when: [RangeError, Denial] }) h(): void {}
  @OnError('pack') i(): void {}
  @OnSuccess('word', { when: ['paid', 'open'] }) j(): void {}
  @OnSuccess('word', { when: BOTH }) k(): void {}
  @OnSuccess('word', { otherwise: true }) l(): void {}
}
