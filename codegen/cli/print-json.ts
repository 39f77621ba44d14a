// JSON on stdout: the same values, in letters that no terminal obeys.

import { visibleLines } from '../quote.ts';

/** With a newline at the end. */
export function printJson(value: unknown, indent?: number): string {
  return `${visibleLines(JSON.stringify(value, undefined, indent))}\n`;
}
