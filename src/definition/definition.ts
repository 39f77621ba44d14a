// Makes a definition, which is a plan that came as data, out of JSON that nobody has looked at yet.
//
// N1. All problems are told at once: of the form, of the expressions, of what they refer to.
// N2. A definition is frozen JSON: written down and read back it is the same, and nothing of it is code.
// N3. Time and size grow with the size of the JSON, whatever it says.

import { types } from 'node:util';
import { describeValue } from '../message/describe.ts';
import { parseJsonText } from '../message/json-text.ts';
import { DEFAULT_LIMITS, type MessageLimits } from '../message/limits.ts';
import { whyNotData } from '../message/opaque.ts';
import { scanValue } from '../message/scan.ts';
import type { Json } from '../run/json.ts';
import { definitionSchema } from './definition-schema.ts';
import type { Expression } from './expression.ts';
import { deepFrozen, isList, isRecord, jsonOf, type JsonRecord } from './json-kinds.ts';
import { checkSchema } from './json-schema.ts';
import { isDefinition, remembered } from './made.ts';
import { Problems } from './problems.ts';
import { stepIndexOf } from './step-index.ts';
import { StepReader } from './step-reader.ts';
import type { UsedStep } from './references.ts';
import type { Template } from './template.ts';

/** A plan that came as JSON, looked at and taken apart. Only `definition` makes one. */
export interface Definition {
  readonly name?: string;
  readonly mode: 'sequential' | 'parallel';
  readonly keepGoing: boolean;
  /** What expressions find under `parameters` where the start gives nothing else. */
  readonly parameters: JsonRecord;
  readonly steps: readonly DefinedStep[];
}

/** One step of a definition. Whether its job exists shows when it runs. */
export interface DefinedStep {
  readonly id: string;
  readonly job: string;
  readonly message?: Template;
  /** What must hold for the step to run. */
  readonly condition: Expression | null;
  readonly group?: string;
  readonly always: boolean;
  /** The earlier steps that its message and its condition refer to, each once. */
  readonly uses: readonly UsedStep[];
  /** Whether an earlier step has the same id. References mean that one. */
  readonly duplicate: boolean;
}

/** A definition may be larger than one message: it has the messages of all steps. */
const LIMITS: MessageLimits = { ...DEFAULT_LIMITS, maxBytes: 4 * DEFAULT_LIMITS.maxBytes, maxNodes: 200_000 };

const WHAT = 'the definition';

/**
 * Reads a plan from JSON: text, UTF-8, or data that is already parsed. A definition comes back as it is.
 *
 * @throws {OnwardError} ONW3051 with an issue for each problem; ONW2006 with line and column if the text is not JSON;
 *   ONW2002, ONW2004, ONW2005, ONW2007 or ONW2008 on data that cannot be read as a message could not.
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
  return jsonOf(scanValue(data, { limits: LIMITS, issues: problems.ofScan, at: '' }), '', problems);
}

function whyNoObject(json: unknown): string | undefined {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) return describeValue(json);
  return types.isProxy(json) ? undefined : whyNotData(json);
}

/** Takes what fits and passes over what does not: the schema has told it. */
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
