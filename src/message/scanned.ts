// What a scan is told, what it gives back, and the frames it works with on the way.

import type { Issues } from './issues.ts';
import type { MessageLimits } from './limits.ts';

/** Data that is safe to work with. */
export interface Scanned {
  readonly copy: object;
  /** The class that an object of the copy was an instance of, where it was one. */
  readonly classes: ReadonlyMap<object, unknown>;
}

/** What a scan is told beside the data. */
export interface ScanOptions {
  readonly limits: MessageLimits;
  /** Takes what is wrong with single values; the scan goes on after them. */
  readonly issues: Issues;
  /** Where the data is in the whole message, for paths. */
  readonly at: string;
  /** Fields of the outermost object that are left out. */
  readonly without: ReadonlySet<string>;
}

/** A container that is being copied: its parts are read and written by position. */
export interface Frame {
  readonly source: object;
  readonly size: number;
  readonly label: (at: number) => string | number;
  readonly read: (at: number) => unknown;
  readonly write: (at: number, value: unknown) => void;
  at: number;
}
