// Turns a template into a message. Pure.
//
// V1. Lists and objects of the template are made anew each time; values of parameters and steps are passed on as they are.
// V2. A field whose value is missing is left out. In a text nothing can be missing: that is an error.
// V3. All texts of one message together have a limit, and so has what is compared to make them.

import { OnwardError } from '../errors/onward-error.ts';
import { DEFAULT_LIMITS, type MessageLimits } from '../message/limits.ts';
import { setOwnField } from '../message/own-field.ts';
import { Cost } from './cost.ts';
import { evaluate, told } from './evaluate.ts';
import type { Expression } from './expression.ts';
import type { Scope } from './scope.ts';
import type { Template } from './template.ts';
import { writtenOut } from './written-out.ts';

/**
 * The message that the template gives for what its scope holds; undefined without a template.
 *
 * @throws {InvalidArgument} as `evaluate` does, and where a text has nothing to insert.
 * @throws {OnwardError} ONW2004 if the texts get longer than `maxBytes`; ONW2002, ONW2005, ONW2007 or ONW2008 if a
 *   text inserts what is no data.
 */
export function resolve(template: Template | undefined, scope: Scope, limits: MessageLimits = DEFAULT_LIMITS): unknown {
  return template === undefined ? undefined : new Resolver(scope, limits).value(template);
}

class Resolver {
  readonly #scope: Scope;
  readonly #limits: MessageLimits;
  readonly #cost = new Cost();
  #characters = 0;

  constructor(scope: Scope, limits: MessageLimits) {
    this.#scope = scope;
    this.#limits = limits;
  }

  value(template: Template): unknown {
    switch (template.kind) {
      case 'data':
        return template.value;
      case 'value':
        return this.#evaluate(template.expression);
      case 'text':
        return template.parts.map((part) => this.#text(part)).join('');
      case 'list':
        return template.items.map((item) => this.value(item));
      case 'record':
        return this.#record(template.fields);
    }
  }

  #record(fields: Extract<Template, { kind: 'record' }>['fields']): Record<string, unknown> {
    const record: Record<string, unknown> = {};
    for (const { name, value: template } of fields) {
      const value = this.value(template);
      if (value !== undefined) setOwnField(record, name, value);
    }
    return record;
  }

  #text(part: string | Expression): string {
    const text = typeof part === 'string' ? part : this.#inserted(part);
    this.#characters += text.length;
    if (this.#characters <= this.#limits.maxBytes) return text;
    const what = typeof part === 'string' ? '' : `, with what \`${told(part)}\` inserts`;
    throw new OnwardError(
      'ONW2004',
      `the texts of the message have more than ${this.#limits.maxBytes} characters${what}; pass the value alone, or a part of it`,
    );
  }

  #inserted(expression: Expression): string {
    return writtenOut(this.#evaluate(expression), { limits: this.#limits, source: told(expression) });
  }

  #evaluate(expression: Expression): unknown {
    return evaluate(expression, this.#scope, this.#cost);
  }
}
