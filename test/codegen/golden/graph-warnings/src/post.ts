import { IsString } from 'class-validator';
import { Job, Join, OnSuccess } from 'onward';

export class Letter {
  @IsString() text!: string;
}

export class Parts {
  @IsString() paid!: string;
  @IsString() repaid!: string;
}

export class Labels {
  @IsString() paid!: string;
  printed!: boolean;
}

export type Kind = 'invoice' | 'refund' | 'spam';

export class Post {
  @Job()
  sort(letter: Letter): Kind {
    return letter.text === '' ? 'spam' : 'invoice';
  }

  @OnSuccess('sort', { when: 'invoice' })
  pay(): string {
    return 'paid';
  }

  @OnSuccess('sort', { when: 'refund' })
  repay(): string {
    return 'repaid';
  }

  @Join({ paid: 'pay', repaid: 'repay' })
  both(parts: Parts): void {
    void parts.paid;
  }

  @OnSuccess('dry', { when: false })
  print(): boolean {
    return true;
  }

  @OnSuccess('print', { when: true })
  dry(): boolean {
    return true;
  }

  @Join({ paid: 'pay', printed: 'print' })
  label(labels: Labels): void {
    void labels.paid;
  }
}
