// Which validators are class-validator's own: they look at nothing but the value and their arguments, so they may be asked
// at any time and as often as needed.
//
// OWN-VALIDATORS-1. A validator is taken for an own one only if it has the name and, word for word, the default text of it.
//                   The texts are those of the installed version: each decorator is put on a class of ours once.

import * as validators from 'class-validator';
import { describeClass } from '../class-info.ts';
import type { Rule, RuleArguments } from '../description.ts';

let texts: ReadonlyMap<string, Rule> | undefined;

/** Whether the rule is class-validator's own, and nothing of the user's is called by it. */
export function isOwnRule(rule: Rule): boolean {
  const { name, constraints } = rule;
  if (name === undefined || callsUser(name, constraints)) return false;
  texts ??= readTexts();
  const own = texts.get(name);
  if (own === undefined) return false;
  const given = { targetName: '', property: 'field', object: {}, value: '', constraints };
  return textOf(own, given) === textOf(rule, given);
}

function textOf(rule: Rule, given: RuleArguments): unknown {
  const text = rule.defaultText(given);
  return typeof text === 'string' && text !== '' ? text.replace('each value in ', '') : rule;
}

/** Arguments that run code of the user's: functions, and classes that say themselves what an instance is. */
function callsUser(name: string, constraints: readonly unknown[]): boolean {
  // Its function is not among its arguments.
  if (name === 'arrayUnique') return true;
  if (name !== 'isInstance') return constraints.some((constraint) => typeof constraint === 'function');
  const [type] = constraints;
  return typeof type !== 'function' || type[Symbol.hasInstance] !== Function.prototype[Symbol.hasInstance];
}

/** An own rule of each name. Decorators that need other arguments than these are left out: their rules are asked later. */
function readTexts(): ReadonlyMap<string, Rule> {
  class Probe {}
  for (const [name, decorator] of Object.entries(validators)) {
    if (typeof decorator !== 'function' || !/^(Is|Array|Min|Max|Not|Equals|Contains|Length|Matches)/.test(name))
      continue;
    try {
      // Each takes its own arguments; none looks at them before a value is judged, but for the members of an enum.
      const made: unknown = Reflect.apply(decorator, undefined, [name === 'IsInstance' ? Object : {}]);
      if (typeof made === 'function') made(Probe.prototype, name);
    } catch {
      continue;
    }
  }
  const rules = describeClass(Probe).fields.flatMap((field) => field.rules);
  return new Map(rules.flatMap((rule) => (rule.name === undefined ? [] : [[rule.name, rule]])));
}
