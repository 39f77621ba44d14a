import { OnSuccess } from 'onward';
import { Importer } from './base.js';

export class Report {
  @OnSuccess(() => Importer, 'load')
  note(lines: readonly string[]): void {
    void lines;
  }
}
