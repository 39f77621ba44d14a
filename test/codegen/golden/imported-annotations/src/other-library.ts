import { Job } from './queue-library.js';

// Another library's decorator of the same name: none of ours (nor is this mention of 'onward').
export class Worker {
  @Job()
  work(): void {}
}
