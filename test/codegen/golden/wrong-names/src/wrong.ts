import { Job, Service } from 'onward';

const name = 'same';

export class Names {
  @Job({ name }) a(): void {}
  @Job({ name: 'same' }) b(): void {}
  @Job({ name: '' }) c(): void {}
  @Job({ name: 'line\nbreak' }) d(): void {}
  @Job({ name: 'a\u202eb' }) e(): void {}
  @Job({ name: String('late') }) f(): void {}
}
@Service({ name: 'Names' })
export class Other {
  @Job() a(): void {}
}
@Service({ name: 'a.b' })
export class Dotted {
  @Job() a(): void {}
}
