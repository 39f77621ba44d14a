// A range of a text as one number. A file has about a hundred of them, and they are kept for long.
//
// SPAN-1. Spans of one text are equal exactly if they begin and end at the same places, up to 64 MB into it.

/** Made with `span`. */
export type Span = number;

const REACH = 2 ** 26;

export function span(start: number, end: number): Span {
  const from = Math.min(start, REACH - 1);
  return Math.max(end - from, 0) * REACH + from;
}

export function startOf(at: Span): number {
  return at % REACH;
}

export function endOf(at: Span): number {
  return startOf(at) + Math.floor(at / REACH);
}

/** The text in the range. */
export function textAt(text: string, at: Span): string {
  return text.slice(startOf(at), endOf(at));
}
