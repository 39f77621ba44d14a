import { IsBoolean, IsString } from 'class-validator';
import { ErrorValue, Handler, Job, Join, Message, OnError, OnSuccess, ReturnValue, type Sent, type StepContext } from 'onward';

export class Approval {
  @IsBoolean() ok!: boolean;
}

export class Marked {
  @ReturnValue() receipt!: string;
  @IsString() note!: string;
}

export class Made {
  @IsBoolean() ok: boolean;
  constructor(ok: boolean) {
    this.ok = ok;
  }
}

class Hidden {
  @IsBoolean() ok!: boolean;
}

declare const isWaiting: boolean;

export class Wrong {
  @Job()
  ask(approval: Approval): string {
    return String(approval.ok);
  }

  // What is said twice is not said once.
  @Handler({ waits: true }) @OnSuccess('ask') unsent(approval: Approval): void {}
  @Handler({ waits: true }) @OnSuccess('ask') unsentUnion(answer: string | number): void {}
  @Handler({}) @OnSuccess('ask') notWaiting(approval: Sent<Approval>): void {}
  @OnSuccess('ask') noHandler(approval: Sent<Approval>): void {}
  @Job() sentJob(approval: Sent<Approval>): void {}
  @OnSuccess('ask') marked(@Message() approval: Sent<Approval>): void {}
  @OnSuccess('ask') context(context: Sent<StepContext>): void {}

  // Jobs, and what cannot be read.
  // @ts-expect-error -- a job takes no `waits`
  @Job({ waits: true }) job(approval: Sent<Approval>): void {}
  @Handler({ waits: isWaiting }) @OnSuccess('ask') unread(approval: Sent<Approval>): void {}
  // @ts-expect-error -- no text
  @Handler({ waits: 'yes' }) @OnSuccess('ask') text(answer: string): void {}

  // Nothing but the message from outside fills its message.
  @Handler({ waits: true }) @OnSuccess('ask', { bind: { ok: true } }) bound(approval: Sent<Approval>): void {}
  @Handler({ waits: true }) @Join({ asked: 'ask' }, { bind: { ok: true } }) boundJoin(approval: Sent<Approval>): void {}
  @Handler({ waits: true }) @OnSuccess('ask') field(marked: Sent<Marked>): void {}
  @Handler({ waits: true }) @OnSuccess('ask') error(approval: Sent<Approval>, @ErrorValue() error: Error): void {}
  @Handler({ waits: true }) @OnError('ask') second(approval: Sent<Approval>, other: Sent<Approval>): void {}

  // Its message is built from data.
  @Handler({ waits: true }) @OnSuccess('ask') made(made: Sent<Made>): void {}
  @Handler({ waits: true }) @OnSuccess('ask') hidden(made: Sent<Hidden>): void {}
}
