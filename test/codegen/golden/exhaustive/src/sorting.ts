import { IsString } from 'class-validator';
import { Job, OnSuccess } from 'onward';

export class Letter {
  @IsString() text!: string;
}
export type Size = 'large' | 'small';
export enum Shelf {
  Low,
  High = 4,
  Top,
}

export class Sorter {
  @Job({ exhaustive: true })
  async size(letter: Letter): Promise<Size> {
    return letter.text.length > 9 ? 'large' : 'small';
  }

  @Job({ exhaustive: true })
  isSpam(letter: Letter) {
    return letter.text === 'spam';
  }

  @Job({ exhaustive: true })
  stamps(letter: Letter): 1 | 2 | null | 'three-or-more' {
    return letter.text === '' ? null : 1;
  }

  @OnSuccess('size', { when: 'large' })
  large(): void {}

  @OnSuccess('size', { when: 'small' })
  @OnSuccess('size', { when: 'large' })
  @OnSuccess('isSpam', { when: true })
  any(): void {}

  @OnSuccess('isSpam', { when: false })
  @OnSuccess('stamps', { when: 1 })
  @OnSuccess('stamps', { when: null })
  few(): void {}

  @OnSuccess('stamps', { otherwise: true })
  @OnSuccess('size')
  rest(): void {}

  @Job({ exhaustive: true }) shelf(letter: Letter): Shelf {
    return letter.text === '' ? Shelf.Low : Shelf.Top;
  }
  @OnSuccess('shelf', { when: Shelf.Low }) bend(): void {}
  @OnSuccess('shelf', { when: Shelf.High }) reach(): void {}
  @OnSuccess('shelf', { when: Shelf.Top }) climb(): void {}
}
