import { Job } from 'onward';

export class Broken {
  @Job() work(: void {}
}
