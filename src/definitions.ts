// Plans that come as JSON. An entry of its own: who writes plans in code loads nothing of it.

export { definition, type Parameters, type StartableDefinition } from './plans/definition-plan.ts';
export { definitionSchema } from './definition/schema.ts';
export type { DefinedStep, Definition } from './definition/definition.ts';
export type { JsonSchema } from './definition/schema.ts';
