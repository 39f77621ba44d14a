import { Handler, Job, OnSuccess, Service } from 'onward';
import * as names from './names.js';
import { CHARGE, DEFAULTS, Method } from './names.js';

const SERVICE = { name: 'Register' } as const;

@Service(SERVICE)
export class Till {
  @Job({ ...DEFAULTS, name: names.NAMES.book })
  charge(): void {}

  @OnSuccess((): typeof Till => Till, CHARGE)
  pay(): void {}

  @Handler(DEFAULTS)
  @OnSuccess(() => Till, Method.Pay)
  done(): void {}
}
