// What has to be known of an entry before it is performed: whether its condition holds, and what its formulas give.
//
// CONDITION-1. It is evaluated ahead of the message and of all callbacks, in each attempt until one of them has the
//     answer. What user code throws here fails the step.
// CONDITION-2. The code for formulas of definitions is loaded with the first of them, and never without one.

import type { Expression } from '../definition/expression.ts';
import type { Scope, StepFacts, isMet } from '../definition/evaluate.ts';
import type { Template } from '../definition/template.ts';
import { setOwnField } from '../values/json.ts';
import { keepSensitive } from '../values/sensitive.ts';
import type { Use } from '../run/plan.ts';
import type { EntryView } from '../run/view.ts';
import type { Previous } from '../wiring/context.ts';
import type { resolve } from '../definition/resolve.ts';
import type { markSecrets } from '../message/mark-secrets.ts';

export interface Condition {
  /** Values and predicates, all of which have to hold; of a defined entry a formula. */
  readonly condition: unknown;
  /** Of a defined entry: what its formulas refer to. */
  readonly scope: Scope | undefined;
  readonly previous: Previous | undefined;
}

/** What formulas refer to: results of earlier entries by name, and parameters. */
export function scopeOf(parameters: unknown, uses: readonly Use[], results: readonly (EntryView | undefined)[]): Scope {
  const steps: Record<string, StepFacts> = {};
  for (const [index, { name }] of uses.entries()) {
    const result = results[index];
    // By an assignment a step of this name would be taken for the prototype.
    if (result !== undefined) setOwnField(steps, name, resultOf(result));
  }
  return { parameters: recordOf(parameters), steps };
}

function resultOf({ status, code, value }: EntryView): StepFacts {
  const ok = status === 'completed';
  return { ok, status, code, ...(ok && { value }) };
}

/** Whether the entry is to run. Predicates are asked one after another, until one returns false. */
export async function holds({ condition, scope, previous }: Condition): Promise<boolean> {
  if (condition === undefined || condition === null) return true;
  if (scope !== undefined) {
    const known = formulas();
    const { isMet } = known instanceof Promise ? await known : known;
    return isMet(formula<Expression>(condition), scope);
  }
  const asked: readonly unknown[] = Array.isArray(condition) ? condition : [condition];
  for (const one of asked) {
    const answer: unknown = typeof one === 'function' ? await one({ previous }) : one;
    if (!answer) return false;
  }
  return true;
}

/** What a definition says of the message of an entry, also where its job takes none. */
interface Defined {
  readonly template: unknown;
  readonly messageClass: unknown;
}

/** The message of a defined entry; of all others as it stands. */
export async function filledIn(message: unknown, { scope }: Condition, defined: Defined): Promise<unknown> {
  const { template, messageClass } = defined;
  if (scope === undefined || template === undefined) return message;
  const known = formulas();
  const { resolve, markSecrets } = known instanceof Promise ? await known : known;
  const filled = resolve(formula<Template>(template), scope);
  markSecrets(messageClass, filled);
  return filled;
}

/** What a definition was read into, as it was kept. */
function formula<F>(kept: unknown): F {
  return kept as F;
}

function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return {};
  const copy = { ...value };
  keepSensitive(value, copy);
  return copy;
}

export interface Formulas {
  readonly isMet: typeof isMet;
  readonly resolve: typeof resolve;
  readonly markSecrets: typeof markSecrets;
}

let loaded: Formulas | undefined;

/** A promise only the first time: later entries begin in the turn in which they are asked. */
export function formulas(): Formulas | Promise<Formulas> {
  return loaded ?? load();
}

async function load(): Promise<Formulas> {
  const [evaluating, resolving, marking] = await Promise.all([
    import('../definition/evaluate.ts'),
    import('../definition/resolve.ts'),
    import('../message/mark-secrets.ts'),
  ]);
  loaded = { isMet: evaluating.isMet, resolve: resolving.resolve, markSecrets: marking.markSecrets };
  return loaded;
}
