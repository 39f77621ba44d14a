// What a definition is, and which values `definition` has made. Separate from the code that makes them: asking loads nothing
// of it.

import type { Expression } from './expression.ts';
import type { JsonRecord } from '../values/json.ts';
import type { Template } from './template.ts';
import type { UsedStep } from './references.ts';

/** A plan that came as JSON, checked and parsed. Only `definition` makes one. */
export interface Definition {
  readonly name?: string;
  readonly mode: 'sequential' | 'parallel';
  readonly keepGoing: boolean;
  /** What expressions find under `parameters` where the start gives nothing else. */
  readonly parameters: JsonRecord;
  readonly steps: readonly DefinedStep[];
}

/** One step of a definition. Whether its job exists is decided when it runs. */
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

const made = new WeakSet<object>();

/** Records that `definition` made the value, and gives it back. */
export function remembered(definition: Definition): Definition {
  made.add(definition);
  return definition;
}

/** Whether `definition` made the value: a value that merely looks like a definition is not one. */
export function isDefinition(value: unknown): value is Definition {
  return typeof value === 'object' && value !== null && made.has(value);
}
