import { Job, OnSuccess } from 'onward';

export type Size = 'wide' | 'slim';

export class PrintSorting {
  @Job({ exhaustive: true })
  size(): Size {
    return 'slim';
  }

  @OnSuccess('size', { when: 'wide' })
  wide(): void {}

  @OnSuccess('size', { when: 'slim' })
  slim(): void {}
}
