// The entry `onward/definitions`: plans that come as JSON. Separate, so that plans written in code load nothing of it.

export { definition, type Parameters, type StartableDefinition } from './plans/definition-plan.ts';
export { definitionSchema } from './definition/schema.ts';
export type { DefinedStep, Definition } from './definition/definition.ts';
export type { JsonSchema } from './definition/schema.ts';
