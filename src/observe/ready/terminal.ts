// What a stream can show: colours, width, one line that is drawn again.

/** Where lines are written: a part of Node's writable streams. */
export interface OutputStream {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

/** Columns of a stream that is not a terminal. */
const COLUMNS = 120;

export function isColoured(stream: OutputStream, env: NodeJS.ProcessEnv = process.env): boolean {
  if (env['NO_COLOR'] !== undefined && env['NO_COLOR'] !== '') return false;
  if (env['FORCE_COLOR'] !== undefined && env['FORCE_COLOR'] !== '0') return true;
  return stream.isTTY === true && env['TERM'] !== 'dumb';
}

/** Whether a line can be drawn again: not in a pipe, not in CI. */
export function isLive(stream: OutputStream, env: NodeJS.ProcessEnv = process.env): boolean {
  return stream.isTTY === true && env['TERM'] !== 'dumb' && env['CI'] === undefined;
}

export function widthOf(stream: OutputStream): number {
  return stream.columns ?? COLUMNS;
}
