// The classes that values of a graph may have where they are kept: those that the wiring names, those that the option
// `classes` adds, and those of messages.

import type { Application } from './application.ts';
import { describeClass } from '../message/class-info.ts';
import { isFilled, type AnyClass } from '../message/description.ts';
import { Classes, type KeptClass } from '../values/classes.ts';
import { quoted } from '../values/describe.ts';
import { assertNone } from '../values/option-rules.ts';
import { privateFieldOf } from '../values/private-fields.ts';
import type { Checked, MessageClass, Wiring } from '../wiring/v1.ts';

/**
 * The names that were added count over those of the wiring.
 *
 * @throws {OnwardError} ONW3004 if one that was added has `#private` fields.
 */
export function keptClasses({
  wiring,
  addedClasses,
  log,
}: Pick<Application, 'wiring' | 'addedClasses' | 'log'>): Classes {
  assertNone(Object.entries(addedClasses ?? {}).flatMap(problemsOfAdded), 'the option `classes` is not valid');
  return new Classes({
    named: () => ({ ...wiring.classes?.(), ...addedClasses }),
    rebuilt: () => messageClassesOf(wiring),
    nested: nestedClasses,
    onUnknown: (name) => {
      const text = `a record has values of the class ${quoted(name)}, which the graph does not name any more: they come back as plain data; name a class for them in the option \`classes\` of createRuntime`;
      log('warn', text, { code: 'ONW3045', class: name });
    },
  });
}

/** CLASSES-5. */
function problemsOfAdded([name, added]: readonly [string, KeptClass]): string[] {
  const field = privateFieldOf(added);
  if (field === undefined) return [];
  return [
    `instances of ${quoted(name)} cannot be kept: the class has \`${field}\`, which nothing can put back; make its \`#private\` fields \`private\` or public, or return plain data`,
  ];
}

/** What the parser makes of data. */
function messageClassesOf({ nodes, edges }: Wiring): Set<MessageClass> {
  const found: (Checked | undefined)[] = edges.map(({ fieldClass }) => fieldClass);
  for (const { message, fieldClass, takes } of Object.values(nodes))
    found.push(message, fieldClass, takes?.returnValue, takes?.message);
  return new Set(found.filter((each) => typeof each === 'function'));
}

/** What their `@Type` annotations name, at any depth. */
function nestedClasses(outer: Iterable<KeptClass>): Set<AnyClass> {
  const found = new Set<AnyClass>();
  const open = [...outer].filter(isFilled);
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    for (const each of classesWithin(at)) {
      if (found.has(each)) continue;
      found.add(each);
      open.push(each);
    }
  }
  return found;
}

function classesWithin(messageClass: AnyClass): AnyClass[] {
  try {
    const { fields } = describeClass(messageClass);
    return fields
      .flatMap(({ type }) => [type?.fixedClass?.(), ...(type?.choice?.classes.values() ?? [])])
      .filter(isFilled);
  } catch {
    // A class that cannot be described takes no message: its first one is refused.
    return [];
  }
}
