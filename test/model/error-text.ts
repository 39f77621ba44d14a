// Errors as text that is the same for a planned error, a real one, and what the core keeps in its place.

import { pathOf, Planned } from './script.ts';

/** Errors that no body made, by what they say. */
const OURS: Readonly<Record<string, string>> = {
  ONW3020: 'cancelled',
  ONW3021: 'skipped',
  ONW3036: 'too many',
  ONW3041: 'timeout',
  ONW3043: 'too many',
  ONW3046: 'tags',
  ONW3047: 'deadline',
  ONW3050: 'no values',
  '100': 'skipped',
  '103': 'no array',
  '105': 'tags',
  '108': 'too many',
  '109': 'too many',
  '203': 'cancelled',
  '204': 'timeout',
};

export function errorText(error: unknown): string {
  if (error instanceof Planned) return error.text;
  if (error instanceof Error) return textOf(error);
  const code = codeOf(error);
  return code === undefined ? 'nothing' : (OURS[code] ?? code);
}

/** A body that lets it through fails with code 103, also where a called node has failed with it. */
export function isInvalidArgument(error: unknown): boolean {
  return error instanceof Planned ? error.fault === 'argument' : errorText(error) === 'no array';
}

function textOf(error: Error): string {
  if (/^[^\n]*#[abc]$|^when \d+$/.test(error.message)) return error.message;
  if (error.name === 'InvalidArgument') return 'no array';
  const code = codeOf(error) ?? error.message;
  return OURS[code] ?? code;
}

/** Of an error of Onward, of a refusal of the core, or of the interpreter's. */
function codeOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  if ('coreFailure' in error) return String(error.coreFailure);
  return 'code' in error ? String(error.code) : undefined;
}

/** What the marks of a body are given. */
export function givenText(value: unknown, error: unknown): string {
  return [
    ...(value === undefined ? [] : [`value ${pathOf(value)}`]),
    ...(error === undefined ? [] : [`error ${errorText(error)}`]),
  ].join(' and ');
}
