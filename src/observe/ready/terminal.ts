// What a stream can show: colours, width, one line that is drawn again.

/** Where lines are written: a part of Node's writable streams. */
export interface OutputStream {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

/** Variables of the environment, as in `process.env`. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Columns of a stream that is not a terminal. */
const COLUMNS = 120;

export function isColoured(stream: OutputStream, env: Environment = process.env): boolean {
  if (env['NO_COLOR'] !== undefined && env['NO_COLOR'] !== '') return false;
  if (env['FORCE_COLOR'] !== undefined && env['FORCE_COLOR'] !== '0') return true;
  return stream.isTTY === true && env['TERM'] !== 'dumb';
}

/** Whether a line can be drawn again: not in a pipe, not in CI. */
export function isLive(stream: OutputStream, env: Environment = process.env): boolean {
  return stream.isTTY === true && env['TERM'] !== 'dumb' && env['CI'] === undefined;
}

export function widthOf(stream: OutputStream): number {
  return stream.columns ?? COLUMNS;
}
