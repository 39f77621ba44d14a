// What of a message no text shows: what its sensitive fields hold, to any depth, and what is given in their place.
//
// SECRETS-1. A text says of a secret whether it is there and of which kind it is, and no more: neither a value, nor a name
//            that comes with it, such as the key of a map.
// SECRETS-2. What is given in the place of an object with sensitive fields, or under a name that its class does not have,
//            may be a secret that was put in the wrong place.

import { anySensitive, REDACTED } from '../values/sensitive.ts';
import type { Labels } from '../values/sanitize.ts';
import { describeClass } from './class-info.ts';
import { isFilled, type AnyClass, type ClassDescription, type FieldDescription, type Rule } from './description.ts';
import type { RuleArguments } from './description.ts';

export { keyShown, valueShown } from '../values/sensitive.ts';

/** Whether the field of the class is sensitive, by its name in the class. */
export function isSensitive({ fields }: ClassDescription, name: string): boolean {
  return fields.some((field) => field.name === name && field.sensitive);
}

/** Whether messages of the class have sensitive fields, their own or nested ones. */
export function hasSecretsWithin(messageClass: unknown, seen = new Set<unknown>()): boolean {
  if (!anySensitive() || !isFilled(messageClass) || seen.has(messageClass)) return false;
  seen.add(messageClass);
  const { hasSecrets, fields } = describeClass(messageClass);
  return hasSecrets || fields.some((field) => classesIn(field).some((nested) => hasSecretsWithin(nested, seen)));
}

/** Whether an object that the field may hold has sensitive fields. */
export function holdsSecrets(field: FieldDescription): boolean {
  return anySensitive() && classesIn(field).some((nested) => hasSecretsWithin(nested));
}

/** What a rule expects, in words. A text of the user's is given `[redacted]` in the place of a secret. */
export function explained(rule: Rule, given: RuleArguments, isSecret: boolean): string {
  if (!isSecret || given.value === undefined || given.value === null) return rule.explain(given);
  const hidden = { ...given, value: REDACTED };
  try {
    return rule.explain(hidden);
  } catch {
    // It asks the value for more than a string has.
    return 'another value';
  }
}

/**
 * The first of the labels behind which a sensitive field holds what there is; undefined if none does. Where the class is
 * chosen by code, nobody knows.
 */
export function secretLabel(messageClass: AnyClass, labels: Labels): number | undefined {
  if (!anySensitive()) return undefined;
  const classes = new Set([messageClass]);
  for (const [at, label] of labels.entries()) {
    const fields = [...classes].flatMap((each) => describeClass(each).fields.filter((field) => isCalled(field, label)));
    if (fields.some((field) => field.sensitive || isChosenByCode(field))) return at + 1;
    // A label may be a position, or the key of a map: the classes are those of the field that holds it.
    for (const nested of fields.flatMap(classesIn)) if (isFilled(nested)) classes.add(nested);
  }
  return undefined;
}

export function isCalled({ name, inputName }: FieldDescription, label: string | number): boolean {
  return label === inputName || label === name;
}

export function isChosenByCode({ type }: FieldDescription): boolean {
  return type !== undefined && type.choice === undefined && type.fixedClass === undefined;
}

/** The classes of what the field may hold, as far as they are known without data. */
export function classesIn({ type }: FieldDescription): readonly unknown[] {
  if (type === undefined) return [];
  return [...(type.choice?.classes.values() ?? []), type.fixedClass?.()];
}
