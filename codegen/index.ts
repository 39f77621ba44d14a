// `onward/codegen`: the generator for programs.

export { generateWiring, type GenerateOptions, type GenerateResult } from './generate.ts';
export type { PlainProblem } from './problem.ts';
export { CODES, type ErrorCode } from '../src/errors/codes.ts';
