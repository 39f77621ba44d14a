// Which parameters of a definition are secrets: those that go into fields which a message class marks as sensitive. Loaded
// with the first definition that is started.

import type { Definition } from '../definition/defined.ts';
import { pathsOf, type Expression } from '../definition/expression.ts';
import { expressionsOf, type Template } from '../definition/template.ts';
import { describeClass } from '../message/class-info.ts';
import { isFilled } from '../message/description.ts';
import { classesIn, hasSecretsWithin, isCalled, isChosenByCode } from '../message/secrets.ts';
import type { Labels } from '../values/sanitize.ts';
import { anySensitive } from '../values/sensitive.ts';

/**
 * By their names, with all that is in them.
 *
 * @param messageClassOf the class of a job's message; undefined if it has none, or is not known.
 */
export function secretParameters({ steps }: Definition, messageClassOf: (job: string) => unknown): ReadonlySet<string> {
  const secrets = new Set<string>();
  if (!anySensitive()) return secrets;
  for (const { job, message } of steps) {
    if (message === undefined) continue;
    for (const [path, expression] of insertionsOf(message)) {
      const parameters = pathsOf(expression.root).filter(([root]) => root === 'parameters');
      if (parameters.length === 0 || !mayHoldSecret(messageClassOf(job), path)) continue;
      for (const [, name] of parameters) if (name !== undefined) secrets.add(String(name));
    }
  }
  return secrets;
}

/** The expressions of a template, with the paths at which they stand. */
function insertionsOf(template: Template, path: Labels = []): (readonly [path: Labels, expression: Expression])[] {
  switch (template.kind) {
    case 'data':
      return [];
    case 'value':
    case 'text':
      return expressionsOf(template).map((expression) => [path, expression] as const);
    case 'list':
      return template.items.flatMap((item, at) => insertionsOf(item, [...path, at]));
    case 'record':
      return template.fields.flatMap(({ name, value }) => insertionsOf(value, [...path, name]));
  }
}

/** Whether what a message of the class has at a path may be a secret, or have one in it. */
function mayHoldSecret(messageClass: unknown, path: Labels): boolean {
  let classes: readonly unknown[] = [messageClass];
  for (const label of path) {
    const descriptions = classes.filter(isFilled).map(describeClass);
    const fields = descriptions.flatMap((each) => each.fields.filter((field) => isCalled(field, label)));
    // A position is of the same classes.
    if (fields.length === 0 && typeof label === 'number') continue;
    if (fields.length === 0) break;
    if (fields.some((field) => field.sensitive || isChosenByCode(field))) return true;
    classes = fields.flatMap(classesIn);
  }
  return classes.some((each) => hasSecretsWithin(each));
}
