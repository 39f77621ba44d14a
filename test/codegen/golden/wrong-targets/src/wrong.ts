import { Job, OnSuccess, Service } from 'onward';
import { Missing } from './missing.js';

const methodName = (): string => 'charge';

export class Billing {
  @Job() charge(): void {}
  refund(): void {}
}
export class Plain {
  work(): void {}
}
export abstract class Shape {
  @Job() draw(): void {}
}
export class Circle extends Shape {}
export class Square extends Shape {}

@Service({ name: methodName() })
export class Mail {
  @OnSuccess(() => Billing, 'chrage') typo(): void {}
  @OnSuccess(() => Billing, 'refund') notAnnotated(): void {}
  @OnSuccess(() => Plain, 'work') noNode(): void {}
  @OnSuccess(() => Missing, 'work') missing(): void {}
  @OnSuccess(() => Billing, methodName()) unreadable(): void {}
  @OnSuccess(Billing, 'charge') noThunk(): void {}
  @OnSuccess(() => Shape, 'draw') ambiguous(): void {}
  @OnSuccess('tpyo') own(): void {}
}
