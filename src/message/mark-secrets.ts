// Hides in data what the message that is made of it will hide. Loaded with what fills in the messages of definitions: what
// they fill in has no class yet, and is kept and shown as it is.

import { types } from 'node:util';
import { markSensitive, sensitiveFieldsOf } from '../values/sensitive.ts';
import { describeClass } from './class-info.ts';
import { isFilled } from './description.ts';
import { classesIn, hasSecretsWithin } from './secrets.ts';

/** Data that becomes a message of the class hides what the message will hide. */
export function markSecrets(messageClass: unknown, data: unknown, seen = new Set<unknown>()): void {
  if (!hasSecretsWithin(messageClass) || !isFilled(messageClass) || seen.has(data)) return;
  seen.add(data);
  const items = Array.isArray(data) ? data : [data];
  for (const item of items) {
    if (typeof item !== 'object' || item === null || types.isProxy(item)) continue;
    const fields = describeClass(messageClass).fields;
    const secret = fields.filter(({ sensitive }) => sensitive).flatMap(({ name, inputName }) => [name, inputName]);
    if (secret.length > 0 && sensitiveFieldsOf(item) === undefined) markSensitive(item, secret);
    for (const field of fields) {
      const part: unknown = Reflect.getOwnPropertyDescriptor(item, field.inputName)?.value;
      if (typeof part === 'object' && part !== null)
        for (const nested of classesIn(field)) markSecrets(nested, part, seen);
    }
  }
}
