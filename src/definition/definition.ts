// Makes a definition, which is a plan that came as data, out of JSON that has not been checked yet.
//
// DEFINITION-1. All problems are reported at once: of the form, of the expressions, of what they refer to.
// DEFINITION-2. A definition is frozen JSON: written down and read back it is the same, and nothing of it is code.
// DEFINITION-3. Time and size grow with the size of the JSON, for any JSON.

import { types } from 'node:util';
import { describeValue, joinPath } from '../values/describe.ts';
import { parseJsonText } from './json-text.ts';
import { DEFAULT_LIMITS, type MessageLimits, whyNotData, sanitizeValue } from '../values/sanitize.ts';
import { type Json, deepFrozen, isList, isRecord, jsonOf, type JsonRecord } from '../values/json.ts';
import { definitionSchema, checkSchema } from './schema.ts';
import { type Expression, type ExpressionNode, SyntaxProblem } from './expression.ts';
import { type DefinedStep, type Definition, isDefinition, remembered } from './defined.ts';
import { Problems } from '../values/issues.ts';
import { type UsedStep, type StepIndex, usedSteps } from './references.ts';
import { type Template, expressionsOf, readText, templateOf } from './template.ts';

/** A definition may be larger than one message: it has the messages of all steps. */
const LIMITS: MessageLimits = { ...DEFAULT_LIMITS, maxBytes: 4 * DEFAULT_LIMITS.maxBytes, maxNodes: 200_000 };

const WHAT = 'the definition';

/**
 * Reads a plan from JSON: a string, UTF-8 bytes, or data that is already parsed. A definition comes back as it is.
 *
 * @throws {OnwardError} ONW3051 with an issue for each problem; ONW2006 with line and column if the text is not JSON;
 *   ONW2002, ONW2004, ONW2005, ONW2007 or ONW2008 on data that a message could not be either.
 */
export function definition(json: unknown): Definition {
  if (isDefinition(json)) return json;
  const problems = new Problems();
  const read = definitionOf(readJson(json, problems), problems);
  problems.throwIfAny('ONW3051', WHAT);
  return remembered(deepFrozen(read));
}

function readJson(json: unknown, problems: Problems): Json {
  const data = typeof json === 'string' || json instanceof Uint8Array ? parseJsonText(json, LIMITS) : json;
  const got = whyNoObject(data);
  if (got !== undefined) {
    problems.add('', () => ({ expected: definitionSchema.title ?? 'an object', got }));
    throw problems.refusal('ONW3051', WHAT);
  }
  return jsonOf(sanitizeValue(data, { limits: LIMITS, issues: problems.ofScan, at: '' }), '', problems);
}

function whyNoObject(json: unknown): string | undefined {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) return describeValue(json);
  return types.isProxy(json) ? undefined : whyNotData(json);
}

/** Takes what fits. What does not fit is reported by the schema. */
function definitionOf(json: Json, problems: Problems): Definition {
  checkSchema(definitionSchema, json, '', problems);
  const { name, mode, keepGoing, parameters, steps } = isRecord(json) ? json : {};
  return {
    ...(typeof name === 'string' && { name }),
    mode: modeOf(mode),
    keepGoing: keepGoing === true,
    parameters: isRecord(parameters) ? parameters : {},
    steps: isList(steps) ? stepsOf(steps, modeOf(mode), problems) : [],
  };
}

function modeOf(mode: Json | undefined): Definition['mode'] {
  return mode === 'parallel' ? 'parallel' : 'sequential';
}

function stepsOf(list: readonly Json[], mode: Definition['mode'], problems: Problems): DefinedStep[] {
  const index = stepIndexOf(list, mode);
  return list.map((json, at) => stepOf(isRecord(json) ? json : {}, new StepReader(at, index, problems)));
}

function stepOf(json: JsonRecord, reader: StepReader): DefinedStep {
  const { id = '', job, group, message } = json;
  return {
    id: typeof id === 'string' ? id : '',
    job: typeof job === 'string' ? job : '',
    ...(message !== undefined && { message: reader.message(message) }),
    condition: reader.condition(json['if']),
    ...(typeof group === 'string' && { group }),
    always: json['always'] === true,
    uses: reader.uses,
    duplicate: reader.isDuplicate(id),
  };
}

/** The steps by their ids, and which of them are over when another one begins. */
function stepIndexOf(steps: readonly Json[], mode: StepIndex['mode']): StepIndex {
  const places = new Map<string, number>();
  /** By place. A step without a group is a group of its own. */
  const groups: (string | number)[] = [];
  for (const [at, step] of steps.entries()) {
    const { id, group } = isRecord(step) ? step : {};
    if (typeof id === 'string' && !places.has(id)) places.set(id, at);
    groups.push(typeof group === 'string' ? group : at);
  }
  const begins = new Map<string | number, number>();
  for (const [at, group] of groups.entries()) if (!begins.has(group)) begins.set(group, at);
  const beginOf = (at: number): number => begins.get(groups[at] ?? at) ?? at;
  return {
    places,
    mode,
    isOverBefore: (earlier, at) =>
      groups[earlier] === groups[at] ? earlier < at : mode === 'sequential' && beginOf(earlier) < beginOf(at),
  };
}

/** Reads the message and the condition of one step, and keeps which earlier steps they refer to. */
class StepReader {
  readonly #at: number;
  readonly #index: StepIndex;
  readonly #problems: Problems;
  readonly #uses = new Map<number, UsedStep>();

  constructor(at: number, index: StepIndex, problems: Problems) {
    this.#at = at;
    this.#index = index;
    this.#problems = problems;
  }

  /** What has been referred to so far. */
  get uses(): UsedStep[] {
    return [...this.#uses.values()];
  }

  isDuplicate(id: Json): boolean {
    return typeof id === 'string' && this.#index.places.get(id) !== this.#at;
  }

  message(json: Json): Template {
    return templateOf(json, `steps[${this.#at}].message`, (text, path) => this.#text(text, path));
  }

  /** Of an array, all must hold. */
  condition(json: Json | undefined): Expression | null {
    const path = `steps[${this.#at}].if`;
    if (json === undefined) return null;
    if (!isList(json)) return this.#condition(json, path);
    const all = json.map((part, at) => this.#condition(part, joinPath(path, at)));
    return all.length === 1 ? (all[0] ?? null) : allOf(all.filter((part) => part !== null));
  }

  #condition(json: Json, path: string): Expression | null {
    if (typeof json === 'boolean') return { source: String(json), root: { kind: 'literal', value: json } };
    // The schema reports what is not a string, and what does not begin and end like an expression.
    if (typeof json !== 'string' || !json.startsWith('${') || !json.endsWith('}')) return null;
    const template = this.#text(json, path);
    if (template.kind === 'value') return template.expression;
    if (template.kind === 'text') {
      this.#problems.add(path, () => ({ expected: 'one expression in ${…}', got: 'a string with more in it' }));
    }
    return null;
  }

  #text(text: string, path: string): Template {
    try {
      const template = readText(text);
      for (const expression of expressionsOf(template)) {
        const used = usedSteps(expression, this.#at, this.#index, (words) => this.#problems.add(path, words));
        for (const step of used) this.#uses.set(step.step, step);
      }
      return template;
    } catch (error) {
      if (!(error instanceof SyntaxProblem)) throw error;
      this.#problems.add(path, () => ({ expected: error.expected, got: error.got }));
      return { kind: 'data', value: text };
    }
  }
}

function allOf(all: readonly Expression[]): Expression {
  const of: ExpressionNode[] = all.map(({ root }) => root);
  return { source: all.map(({ source }) => `(${source})`).join(' && '), root: { kind: 'all', of } };
}
