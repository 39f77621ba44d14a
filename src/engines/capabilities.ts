// What engines keep to and what they lack, in one place: the engines say it, and `onward check --engine` reads it before any
// of them is opened.

export interface Capabilities {
  /** Runs go on in the next process, and values are kept as text: an instance of a class that has no name there fails its step. */
  readonly keepsRuns: boolean;
  /** A graph with `@Sensitive()` fields is opened with `encryption` only. */
  readonly needsKey: boolean;
  /** How many processes work on its runs. With `many`, others may be clients. */
  readonly processes: 'one' | 'many';
  /** Whether the `rateLimit` of a node counts steps that bodies call together with all others. */
  readonly countsCalls: boolean;
}

export const MEMORY: Capabilities = { keepsRuns: false, needsKey: false, processes: 'one', countsCalls: true };
/** Of every engine with a store that one process has. */
export const STORED: Capabilities = { keepsRuns: true, needsKey: true, processes: 'one', countsCalls: true };
/** A called step is performed in the process of its caller: a rate that holds over all processes does not count it. */
export const SHARED: Capabilities = { keepsRuns: true, needsKey: true, processes: 'many', countsCalls: false };

/** By the names that the command line takes. */
export const CAPABILITIES = {
  sqlite: STORED,
  bullmq: SHARED,
} as const satisfies Readonly<Record<string, Capabilities>>;
