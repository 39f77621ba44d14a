import { IsString } from 'class-validator';
import {
  ErrorValue,
  Handler,
  Job,
  Join,
  Message,
  OnCancel,
  OnEnd,
  OnError,
  OnRunEnd,
  OnRunError,
  OnRunSuccess,
  OnStart,
  OnSuccess,
  ReturnValue,
  type RunReport,
} from 'onward';

export class Ping {
  @IsString() id!: string;
}
export class Note {
  @ReturnValue() value?: string;
  @ErrorValue() error?: unknown;
  @IsString() text!: string;
}

export class Pinger {
  @Job() ping(message: Ping): string {
    return message.id;
  }
  @Job() empty(): void {}

  @OnStart('ping') a(@ReturnValue() value: string): void {}
  @OnCancel('ping') b(message: Ping, @ErrorValue() error: unknown): void {}
  @OnRunEnd('ping') c(report: RunReport, @Message() message: Ping): void {}
  @OnRunError() d(@ErrorValue() error: unknown): void {}
  @OnRunSuccess() @OnStart('ping') e(@ReturnValue() value: string): void {}
  @OnStart('ping') f(note: Note): void {}
  @OnEnd('ping', { bind: { value: 'x', error: 'y', text: 'z' } }) g(note: Note): void {}
  @OnEnd('ping') h(note: Note): void {}
  @OnStart('empty') i(message: Ping): void {}
  @OnCancel('empty') j(@Message() message: Ping): void {}
  @OnEnd('empty') k(message: Ping): void {}
  @OnStart('ping', { bind: { id: 'x' } }) l(): void {}
  @OnRunEnd('ping', { bind: { id: 'x' } }) m(): void {}

  @OnRunEnd('a') n(): void {}
  @OnRunEnd('pang') o(): void {}
  @OnRunEnd(() => Ping, 'id') p(): void {}

  @OnCancel('ping') @OnRunEnd() given(): void {}
  @OnSuccess('given') q(): void {}
  @Join({ text: 'given' }) r(note: Note): void {}
  @OnError('given') fine(): void {}
  @Handler() @OnCancel('ping') called(): void {}
  @OnSuccess('called') alsoFine(): void {}
}
