// What a validator says, turned into what is expected: "cents must be an integer number" is "an integer number".

import type { RuleArguments } from './description.ts';

/** The default text of a validator without the name of the field, which the path says already. */
export function expectedText(text: string, property: string): string {
  const start = [`each value in ${property} `, `${property} `].find((words) => text.startsWith(words));
  if (start === undefined) return text;
  const rest = text.slice(start.length);
  const [, negated, be, what] = /^(?:must|should) (not )?(be )?(.*)$/s.exec(rest) ?? [];
  if (what === undefined) return text;
  return be === undefined ? `${negated ?? ''}to ${what}` : `${negated ?? ''}${what}`;
}

/** Fills in `$property`, `$value`, `$target` and `$constraint1`, as class-validator documents them. */
export function withTokens(text: string, given: RuleArguments): string {
  return text.replace(/\$(constraint(\d+)|value|property|target)/g, (token, name: string, index?: string) => {
    if (name === 'property') return given.property;
    if (name === 'target') return given.targetName;
    if (name === 'value') return isShowable(given.value) ? String(given.value) : token;
    const at = Number(index) - 1;
    return at in given.constraints ? constraintText(given.constraints[at]) : token;
  });
}

function constraintText(constraint: unknown): string {
  if (typeof constraint === 'symbol') return constraint.description ?? '';
  return Array.isArray(constraint) ? constraint.join(', ') : String(constraint);
}

function isShowable(value: unknown): boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}
