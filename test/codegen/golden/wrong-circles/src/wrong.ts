import { Job, Message, OnSuccess } from 'onward';
import { OTHER } from './wrong.js';

const A = { ...B };
const B = { ...A };
export const NAME = OTHER;
export { NAME as OTHER };

export class Base extends Derived {}
export class Derived extends Base {
  @Job(A) spread(): void {}
  @Job({ name: NAME }) named(): void {}
  @OnSuccess('spread', A) options(): void {}
  stray(@Message() order: string): void {}
}
