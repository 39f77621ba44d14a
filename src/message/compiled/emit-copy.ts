// Emits the copy of a message: a new instance with every field of the class, by name.
//
// EMIT-COPY-1. An instance with any other field is copied field by field, as it comes.

import { inheritedMember } from '../instance.ts';
import type { ClassEmission } from './emit-class.ts';
import { member, quotedName, type SourceText } from './source-text.ts';

/** Emits the function `name`, which copies an instance of the class. */
export function emitCopy(text: SourceText, name: string, { description, kept }: ClassEmission): void {
  const { messageClass, fields } = description;
  text.block(`function ${name}(message, depth) {`, () => {
    text.line('if (depth > 500) return copyFields(message, depth);');
    text.line(`const copy = new ${kept.name(messageClass, description.name)}();`);
    text.line('let count = 0, value;');
    for (const field of fields) {
      if (inheritedMember(messageClass, field.name) !== undefined || field.name in Object.prototype) continue;
      const target = member('copy', field.name);
      text.line(`value = ${member('message', field.name)};`);
      text.block('if (value !== undefined) {', () => {
        text.line('count++;');
        text.line(`${target} = typeof value === "object" && value !== null ? copyOf(value, depth + 1) : value;`);
      });
      text.block(`else if (Object.hasOwn(message, ${quotedName(field.name)})) {`, () => {
        text.line('count++;');
        text.line(`${target} = undefined;`);
      });
    }
    text.line('let names = 0;');
    text.line('for (const _ in message) names++;');
    text.line('return names === count ? copy : copyFields(message, depth);');
  });
}
