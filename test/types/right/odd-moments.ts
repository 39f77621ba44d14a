// Right code: nothing here may be refused. Odd but legal parameters of moments, items, recoveries and joins.

import {
  ErrorValue,
  from,
  Job,
  Join,
  Message,
  OnCancel,
  OnEnd,
  OnError,
  OnRunEnd,
  OnStart,
  OnSuccess,
  ReturnValue,
  type RunReport,
  type StepContext,
} from 'onward';

export class Left {
  kind!: 'a';
  id!: string;
}
export class Right {
  kind!: 'b';
  no!: number;
}
export class Ending {
  a?: string;
  @ReturnValue() v?: Sheet;
  @ErrorValue() e?: unknown;
}
export class Sheet {
  readonly list!: readonly string[];
  n!: number;
}
export abstract class Machine {
  abstract run(message: Left | Right): Promise<Sheet>;
  @Job() async inferred(message: Left) {
    return { x: [1, 2], y: message.id };
  }
  abstract many(message: Left): Promise<Sheet[]>;
}
export class Press extends Machine {
  async run(message: Left | Right): Promise<Sheet> {
    return { list: [], n: 1 };
  }
  async many(message: Left): Promise<Sheet[]> {
    return [];
  }
  @OnStart('run') s1(message: Left | Right) {}
  @OnStart(() => Machine, 'run') s2(message: Left | Right, context?: StepContext<{ n: number }>) {}
  @OnStart(() => Machine, 'run') s3(message: { kind: string }) {}
  @OnStart(() => Machine, 'run') s4(message: object) {}
  @OnStart(() => Machine, 'run') s5(message: any) {}
  @OnStart(() => Machine, 'run') s6(...all: unknown[]) {}
  @OnStart(() => Machine, 'inferred') s7(message?: Left) {}
  @OnStart(() => Machine, 'inferred', { bind: { id: 'x' } }) s8(message: Left, context: StepContext) {}
  @OnStart(() => Machine, 'inferred', { bind: { id: 'x' } }) s9(context: StepContext, message: Left) {}
  @OnEnd('run') e1(message: Left | Right, @ReturnValue() out: Sheet | undefined) {}
  @OnEnd('run') e2(@Message() message: Left | Right, @ErrorValue() error?: Error | string) {}
  @OnEnd('run') e3(opt: Ending) {}
  @OnEnd('run', { bind: { a: 'x' } }) e4(opt: Ending) {}
  @OnEnd('run', { bind: { a: 'x' } }) e5(opt: Ending, context: StepContext) {}
  @OnEnd('run', { bind: { a: 'x' } }) e6(
    context: StepContext<{ q: 1 }>,
    opt: Ending,
    @Message() message: Left | Right,
  ) {}
  @OnEnd(() => Machine, 'inferred') e7(message: Left, @ReturnValue() value?: { x: number[] }) {}
  @OnEnd(() => Machine, 'inferred') e8(@ReturnValue() value: any) {}
  @OnEnd(() => Machine, 'inferred') async e9(message: Left) {
    return this.e8(3);
  }
  @OnCancel(() => Press, 'e9') c1(message: unknown) {}
  @OnRunEnd(() => Machine, 'inferred') r1(report: RunReport<{ x: number[]; y: string }>) {}
  @OnRunEnd(() => Machine, 'inferred') r2(report: RunReport<{ y: string }>) {}
  @OnRunEnd(() => Machine, 'inferred') r3(report: any) {}
  @OnRunEnd(() => Machine, 'inferred') r4(report: unknown, context: StepContext<{ z: 1 }>) {}
  @OnRunEnd(() => Machine, 'inferred') r5(report: Omit<RunReport, 'steps'>) {}
  @OnSuccess(() => Machine, 'many', { each: true }) i1(out: Sheet) {}
  @OnSuccess(() => Machine, 'many', { each: true }) i2(out: Pick<Sheet, 'n'>, @Message() message: Left) {}
  @OnSuccess('many', { each: true }) i3(
    @Message() message: Left,
    @ReturnValue() out: Sheet,
    context: StepContext<{ z: 1 }>,
  ) {}
  @OnSuccess('inferred', { after: 0 }) i4(value: { x: number[] }) {}
  @Join({ out: from(() => Machine, 'run'), other: 'inferred' }) j1(m: { out: Sheet; other: { y: string } }) {}
  @Join({ out: from(() => Machine, 'run'), other: from(() => Press, 'j1') }) j2(m: { out: Sheet; other: unknown }) {}
  @Join({ out: from(() => Machine, 'run'), loop: from(() => Press, 'j3') }) async j3(m: { out: Sheet; loop: void }) {}
  @Join({ list: from(() => Machine, 'many') }) j4(m: { list: Sheet[] | Sheet[][] }) {}
  @Join({ list: from(() => Machine, 'many') }) j5(m: { list: readonly (readonly Sheet[])[] }) {}
  @Join({ out: from(() => Machine, 'run') }, { bind: { out: { n: 3 } } }) j6(m: { out: Sheet }) {}
  @Join({ out: from(() => Machine, 'run') }, { bind: { out: { n: 3, list: ['x'] } } }) j7(m: { out: Sheet }) {}
  @Join({ out: from(() => Machine, 'run') }, { bind: { tags: ['x'] } }) j8(m: { out: Sheet; tags: string[] }) {}
  @Join({ out: from(() => Machine, 'run') }) j9(m: any) {}
  @Join({ out: from(() => Machine, 'run') }) j10(m: object) {}
  @Join({ out: from(() => Machine, 'run') }) j11({ out }: { out: Sheet }) {}
  @Join({ out: from(() => Machine, 'run') }) j12(...m: unknown[]) {}
  @Join({ out: from(() => Machine, 'run') }, { mode: 'any' }) j13(m: { out: Sheet | null | undefined }) {}
  @Join({ out: from(() => Machine, 'run') }, { mode: 'any' }) j14(m: Partial<{ out: Sheet }>) {}
  @Join({ out: from(() => Machine, 'run'), more: from(() => Machine, 'inferred') }, { mode: 'any' }) j15(
    m: { out?: Sheet; more?: { y: string } } | { out: undefined; more: undefined },
  ) {}
  @OnError(() => Machine, 'inferred', { recover: true }) async q1(message: Left) {
    return { x: [], y: '' };
  }
  @OnError(() => Machine, 'many', { recover: true }) async q2(): Promise<any> {}
  @OnError(() => Machine, 'many', { recover: true }) q3(): PromiseLike<Sheet[]> {
    return Promise.resolve([]);
  }
  @OnError(() => Machine, 'run', { recover: true, bind: { kind: 'a' } }) async q4(
    message: Left | Right,
  ): Promise<Sheet> {
    return { list: [], n: 1 };
  }
}
export class Line<T extends object> {
  @Job() async one(message: Left): Promise<T> {
    throw 0;
  }
  @OnStart('one') s(message: Left, context: StepContext<T>) {}
  @OnEnd('one') e(message: Left, @ReturnValue() value?: T) {}
  @OnEnd(() => Line<T>, 'one') e2(message: Left, @ReturnValue() value?: T) {}
  @OnRunEnd('one') r(report: RunReport<T>) {}
  @Join({ v: 'one' }) j(m: { v: T }) {}
  @Join({ v: 'one' }, { bind: { w: 1 } }) j2(m: { v: T; w: number }) {}
  @OnError('one', { recover: true }) async q(message: Left): Promise<T> {
    throw 0;
  }
}
