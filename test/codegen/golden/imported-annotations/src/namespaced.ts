import * as O from 'onward';
import type { Note } from './messages.js';
import * as aliased from './aliased.js';

export class Namespaced {
  @O.OnSuccess(() => aliased.Aliased, 'write')
  async read(text: string, @O.Message() note: Note, context: O.StepContext): Promise<number> {
    return text.length + note.text.length + context.step.attempt;
  }
}
