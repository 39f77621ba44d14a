import { Message, OnSuccess, Task } from './dsl/index.js';
import { Aliased } from './aliased.js';
import type { Note } from './messages.js';

export class ThroughBarrel {
  @Task()
  tick(): void {}

  @OnSuccess(() => Aliased, 'write')
  seen(@Message() note: Note): void {
    void note;
  }
}
