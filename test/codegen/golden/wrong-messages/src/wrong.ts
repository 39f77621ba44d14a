import { IsString } from 'class-validator';
import { Job, OnSuccess } from 'onward';
import type { Gone } from './gone.js';

interface Shape {
  id: string;
}
type Alias = Shape;
class Local {
  @IsString() id!: string;
}
export class Page<T> {
  @IsString({ each: true }) items!: T[];
}
export class Unchecked {
  id!: string;
}
export class Built {
  @IsString() readonly id: string;
  constructor(id: string) {
    this.id = id;
  }
}
export abstract class Abstract {
  @IsString() id!: string;
}

export class Jobs {
  @Job() a(message: Shape): void {}
  @Job() b(message: Alias): void {}
  @Job() c(message: Built | Unchecked): void {}
  @Job() d(message: [string]): void {}
  @Job() e(message: string): void {}
  @Job() f(message: any): void {}
  @Job() g(message: Date): void {}
  @Job() h(message): void {}
  @Job() i(...messages: Built[]): void {}
  @Job() j(message: Gone): void {}
  @Job() k(message: Local): void {}
  @Job() l(message: Page<string>): void {}
  @Job() m(message: Unchecked): void {}
  @Job() n(message: Built): void {}
  @Job() o(message: Abstract): void {}
  @Job() p<T>(message: T): void {}
  @OnSuccess('e') q(message: Local): void {}
}
