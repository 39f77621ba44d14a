import { IsInt, IsString } from 'class-validator';
import { Handler, Job, Join, Message, OnError, OnSuccess, type StepContext } from 'onward';

export class Upload {
  @IsString() file!: string;
}

export class Parts {
  @IsString() sent!: string;
  @IsString() checked!: string;
}

export class Folder {
  @IsInt() depth!: number;
}

export class Busy extends Error {}
export class OverQuota extends Busy {}

export type Verdict = 'again' | 'done' | 'broken';

/** A loop that a literal ends, and a loop of errors that a class of errors ends. */
export class Uploads {
  @Job({ throws: [OverQuota] })
  send(upload: Upload): string {
    return upload.file;
  }

  @OnSuccess('send')
  @OnSuccess('resend')
  look(file: string): Verdict {
    return file === '' ? 'again' : 'done';
  }

  @OnSuccess('look', { when: 'again' })
  @OnError('send', { when: Busy })
  @OnError('resend', { when: Busy })
  wait(@Message() before: Upload | string): void {
    void before;
  }

  @OnSuccess('wait', { bind: { file: 'again.txt' } })
  resend(upload: Upload): string {
    return upload.file;
  }

  @OnSuccess('look', { otherwise: true })
  close(verdict: Verdict): void {
    void verdict;
  }
}

/** A loop with a limit, and a join in it whose sources run round by round. */
export class Rounds {
  @Job({ maxRounds: 10 })
  @OnSuccess('pack')
  begin(): void {}

  @OnSuccess('begin')
  send(): string {
    return 'sent';
  }

  @OnSuccess('begin')
  check(): string {
    return 'checked';
  }

  @Join({ sent: 'send', checked: 'check' })
  pack(parts: Parts): void {
    void parts.sent;
  }
}

/** A join that also waits for a node outside of the loop it is in: it runs once. */
export class Once {
  @Job()
  order(): string {
    return 'ordered';
  }

  @OnSuccess('order')
  @OnSuccess('pack')
  label(): string {
    return 'labelled';
  }

  @Join({ sent: 'order', checked: 'label' })
  pack(parts: Parts): void {
    void parts.checked;
  }
}

/** Handlers that bodies call, with what runs after them; one calls itself. */
export class Folders {
  @Job()
  async total(folder: Folder, context: StepContext) {
    return (await context.call(Folders, 'count', folder)) + 1;
  }

  @Handler()
  async count(folder: Folder, context: StepContext): Promise<number> {
    if (folder.depth === 0) return 0;
    return (await context.call(Folders, 'count', { depth: folder.depth - 1 })) + 1;
  }

  @OnSuccess('count')
  note(files: number): void {
    void files;
  }
}
