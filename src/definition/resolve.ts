// Turns a template into a message, and puts the parameters of a run over the defaults of its definition. Pure.
//
// RESOLVE-1. Arrays and objects of the template are made each time; values of parameters and steps are passed on as they
//     are.
// RESOLVE-2. A field whose value is missing is left out. Inside a string nothing can be missing: that is an error.
// RESOLVE-3. All strings of one message together have a limit, and so has what is compared to make them.
// RESOLVE-4. Inside a string, strings, numbers and dates appear as they are read, arrays and objects as JSON.
// RESOLVE-5. Parameters that go into fields which a message class marks as sensitive are sensitive themselves: no text
//     and no event shows them.

import { OnwardError, InvalidArgument } from '../errors/onward-error.ts';
import { DEFAULT_LIMITS, type Labels, type MessageLimits, sanitizeValue } from '../values/sanitize.ts';
import { setOwnField, isBuiltIn, isRecord } from '../values/json.ts';
import { Cost, evaluate, isSecret, shownSource, type Scope } from './evaluate.ts';
import type { Expression } from './expression.ts';
import type { Template } from './template.ts';
import { markSensitive, valueShown } from '../values/sensitive.ts';
import { types } from 'node:util';
import { describeValue } from '../values/describe.ts';
import { Problems } from '../values/issues.ts';
import type { Definition } from './defined.ts';

/**
 * The message that the template gives for what its scope holds; undefined without a template.
 *
 * @throws {InvalidArgument} as `evaluate` does, and where a string has nothing to insert.
 * @throws {OnwardError} ONW2004 if the strings get longer than `maxBytes`; ONW2002, ONW2005, ONW2007 or ONW2008 if
 *   what a string inserts is not data.
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
    const what = typeof part === 'string' ? '' : `, with what \`${shownSource(part)}\` inserts`;
    throw new OnwardError(
      'ONW2004',
      `the strings of the message have more than ${this.#limits.maxBytes} characters${what}; pass the value alone, or a part of it`,
    );
  }

  #inserted(expression: Expression): string {
    const secretFrom = isSecret(expression.root, this.#scope) ? { secretFrom: () => 0 } : {};
    const insertion = { limits: this.#limits, source: shownSource(expression), ...secretFrom };
    return writtenOut(this.#evaluate(expression), insertion);
  }

  #evaluate(expression: Expression): unknown {
    return evaluate(expression, this.#scope, this.#cost);
  }
}

interface Insertion {
  readonly limits: MessageLimits;
  /** What inserts the value, as it was written. */
  readonly source: string;
  /** It is a secret, with all that is in it. */
  readonly secretFrom?: () => number;
}

/**
 * The value as a string.
 *
 * @throws {InvalidArgument} if there is no value, or it cannot be written out.
 * @throws {OnwardError} as `sanitizeValue` does, ONW2003 on numbers and dates that JSON cannot hold.
 */
function writtenOut(value: unknown, { limits, source, ...secretly }: Insertion): string {
  if (typeof value === 'string') return value;
  if (value === undefined) {
    throw new InvalidArgument(
      `\`${source}\` has no value to put into a string; give it one, as in \`\${${source} || 'none'}\``,
    );
  }
  const problems = new Problems();
  const copy = sanitizeValue(value, { limits, issues: problems.ofScan, at: source, ...secretly });
  problems.throwIfAny('ONW2003', `what \`${source}\` puts into a string`);
  if (typeof copy !== 'object' || copy === null) return String(copy);
  return types.isDate(copy) ? copy.toISOString() : copy instanceof URL ? copy.href : jsonText(copy, source);
}

function jsonText(copy: object, source: string): string {
  return JSON.stringify(copy, function inJson(this: object, key: string, part: unknown) {
    // The part itself: dates, URLs and buffers have become something else by now.
    const whole: unknown = Reflect.get(this, key);
    if (typeof whole === 'bigint') return String(whole);
    if (typeof whole !== 'object' || whole === null || !isBuiltIn(whole)) return part;
    if (types.isDate(whole) || whole instanceof URL) return part;
    throw new InvalidArgument(`\`${source}\` puts ${describeValue(whole)} into a string; insert a part of it`);
  });
}

/**
 * What expressions find under `parameters`. A parameter that is given replaces its default as a whole.
 *
 * @throws {OnwardError} ONW3004 with an issue for each problem; ONW2002, ONW2004, ONW2005, ONW2007 or ONW2008 on
 *   data that a message could not be either.
 */
export function parametersOf(
  { parameters }: Definition,
  given?: unknown,
  { secrets = NONE }: ParametersOptions = {},
): Readonly<Record<string, unknown>> {
  const taken = given === undefined ? {} : takenParameters(given, secrets);
  if (given === undefined && secrets.size === 0) return parameters;
  const all = { ...parameters, ...taken };
  if (secrets.size > 0) markSensitive(all, secrets);
  return all;
}

/** How parameters are read. */
export interface ParametersOptions {
  /** Those that go into sensitive fields. @default none */
  readonly secrets?: ReadonlySet<string>;
}

const NONE: ReadonlySet<string> = new Set();

function takenParameters(given: unknown, secrets: ReadonlySet<string>): object {
  const problems = new Problems();
  const secretFrom = ([name]: Labels): number | undefined => (secrets.has(String(name)) ? 1 : undefined);
  const copy = sanitizeValue(given, { limits: DEFAULT_LIMITS, issues: problems.ofScan, at: 'parameters', secretFrom });
  const fields = isRecord(copy) ? copy : {};
  if (fields !== copy) {
    const got = (): string => valueShown(given, secrets.size > 0);
    problems.add('parameters', () => ({ expected: 'an object of parameters', got: got() }));
  }
  problems.throwIfAny('ONW3004', 'what the start gives');
  return fields;
}
