import { from, Job, Join, Message, OnError, OnRunEnd, OnSuccess } from 'onward';
import { OTHER } from './wrong.js';

const A = { ...B };
const B = { ...A };
export const NAME = OTHER;
export { NAME as OTHER };
const LIST: readonly unknown[] = [LIST];
const CALL: never = from(CALL, 'x') as never;
const SOURCES = { x: CALL, ...A };

export class Base extends Derived {}
export class Derived extends Base {
  @Job(A) spread(): void {}
  @Job({ name: NAME }) named(): void {}
  @OnSuccess('spread', A) options(): void {}
  @Job({ throws: LIST as never, tags: LIST as never, exhaustive: true }) listed(): void {}
  @OnSuccess('listed', { when: LIST as never }) values(): void {}
  @OnError('listed', { when: LIST as never }) classes(): void {}
  @Join(A) joined(): void {}
  @Join({ x: CALL }) called(): void {}
  @Join(SOURCES) both(): void {}
  @OnRunEnd(A) over(): void {}
  stray(@Message() order: string): void {}
}
