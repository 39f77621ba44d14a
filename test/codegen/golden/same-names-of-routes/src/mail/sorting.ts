import { Job, OnSuccess } from 'onward';

export type Size = 'large' | 'small';

export class MailSorting {
  @Job({ exhaustive: true })
  size(): Size {
    return 'small';
  }

  @OnSuccess('size', { when: 'large' })
  large(): void {}

  @OnSuccess('size', { when: 'small' })
  small(): void {}
}
