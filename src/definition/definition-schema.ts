// The form of a definition, as a JSON Schema. `definition` goes by it, and editors may.

import { deepFrozen } from './json-kinds.ts';
import type { JsonSchema } from './json-schema.ts';

/** Names through which a path would reach a prototype. Nothing of a definition may be called so. */
export const FORBIDDEN_NAMES: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

const NAME = `^(?!(?:${[...FORBIDDEN_NAMES].join('|')})$)\\P{Cc}+$`;
const LONGEST_NAME = 200;
const EXPRESSION = '^\\$\\{[\\s\\S]*\\}$';

function named(what: string): JsonSchema {
  const title = `${what} of 1 to ${LONGEST_NAME} characters, none of them a control character, and not __proto__, constructor or prototype`;
  return { title, type: 'string', pattern: NAME, maxLength: LONGEST_NAME };
}

const condition: JsonSchema = {
  title: 'an expression in ${…}, or true or false',
  type: ['string', 'boolean'],
  pattern: EXPRESSION,
};

const step: JsonSchema = {
  title: 'a step: an object with `id` and `job`',
  type: 'object',
  required: ['id', 'job'],
  additionalProperties: false,
  properties: {
    id: { ...named('an id'), description: 'What later steps call this one, as in ${steps.<id>.value}.' },
    job: {
      ...named('the name of a job,'),
      description: 'The job to run, as Service.method. Upper and lower case count.',
    },
    message: {
      description:
        'The message of the job. A text that is one ${…} becomes the value itself; inside a longer text the value is written out. \\${ stands for the characters ${.',
    },
    if: {
      title: 'an expression in ${…}, true, false, or a list of those',
      description: 'Whether the step runs. Of a list, all must hold. If not, the step is skipped with code 110.',
      type: ['string', 'boolean', 'array'],
      pattern: EXPRESSION,
      minItems: 1,
      items: condition,
    },
    group: { ...named('a group'), description: 'Steps of one group run one after another, wherever they stand.' },
    always: {
      title: 'true or false',
      description: 'Whether the step runs even though an earlier one failed.',
      type: 'boolean',
      default: false,
    },
  },
};

/**
 * The JSON Schema of a definition, draft 2020-12. Source of the form: https://json-schema.org/draft/2020-12.
 * It tells the form only: whether references lead to earlier steps is looked at by `definition`.
 */
export const definitionSchema: JsonSchema = deepFrozen({
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'an object with `steps`',
  description: 'Steps over jobs, started as one run by Onward.',
  type: 'object',
  required: ['steps'],
  additionalProperties: false,
  properties: {
    name: { ...named('a name'), description: 'What people call the definition.' },
    mode: {
      title: '"sequential" or "parallel"',
      description: 'Whether one step waits for the one before.',
      enum: ['sequential', 'parallel'],
      default: 'sequential',
    },
    keepGoing: {
      title: 'true or false',
      description: 'Whether steps run though an earlier one failed.',
      type: 'boolean',
      default: false,
    },
    parameters: {
      title: 'an object of parameters',
      description: 'Values that expressions find under `parameters`. What the start gives lies over them.',
      type: 'object',
      propertyNames: named('a parameter'),
      default: {},
    },
    steps: {
      title: 'a list of at least one step',
      description: 'The steps, in order.',
      type: 'array',
      minItems: 1,
      items: step,
    },
  },
});
