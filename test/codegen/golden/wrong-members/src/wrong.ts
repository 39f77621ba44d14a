import { Handler, Job, OnSuccess } from 'onward';

const KEY = 'computed';

export class Members {
  @Job() private hidden(): void {}
  @Job() protected guarded(): void {}
  @Job() static alone(): void {}
  @Job() *many(): Generator<number> {
    yield 1;
  }
  @Job() get value(): number {
    return 1;
  }
  @Job() arrow = (): void => {};
  @Job() [KEY](): void {}
  @Job() then(): void {}
  overloaded(a: string): void;
  overloaded(a: number): void;
  @Job() overloaded(a: unknown): void {}
  @Job() @Handler() twice(): void {}
}

export abstract class Lonely {
  @Job() work(): void {}
}
class Inside {
  @Job() work(): void {}
}
export class Generic<T> {
  @OnSuccess(() => Inside, 'work') work(value: T): void {}
}
export default class {
  @Job() work(): void {}
}
export function make(): unknown {
  return class Local {
    @Job() work(): void {}
  };
}
