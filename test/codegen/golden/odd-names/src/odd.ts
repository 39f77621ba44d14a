import { IsString } from 'class-validator';
import { Job, OnSuccess, Service } from 'onward';

export class Größe {
  @IsString() $wert!: string;
}

export default class Class {
  @Job({ name: 'class' })
  class(size: Größe): Größe {
    return size;
  }

  @OnSuccess('class')
  'two words'(size: Größe): void {
    void size;
  }

  @OnSuccess('two words')
  await(): void {}

  @Job({ name: "it's a \\ ${trap} */ </script> 🚀" })
  quoted(): void {}
}

@Service({ name: 'my-service' })
export class type {
  @OnSuccess(() => Class, 'quoted')
  of(): void {}
}
