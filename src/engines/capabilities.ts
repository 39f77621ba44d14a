// What each engine supports, in one place: engines expose it, and `onward check --engine` reads it without opening one.

/** What an engine supports, as `engine.capabilities` has it. */
export interface Capabilities {
  /**
   * Whether runs go on in the next process. Values are then kept as text, and a step that returns an instance of a class
   * without a name there fails.
   */
  readonly keepsRuns: boolean;
  /** Whether a graph with `@Sensitive()` fields needs the option `encryption`. */
  readonly needsKey: boolean;
  /** How many processes perform its runs. With `many`, there may also be clients. */
  readonly processes: 'one' | 'many';
  /** Whether the `rateLimit` of a node also counts steps that bodies call. */
  readonly countsCalls: boolean;
}

export const MEMORY: Capabilities = { keepsRuns: false, needsKey: false, processes: 'one', countsCalls: true };
/** Engines whose store belongs to one process. */
export const STORED: Capabilities = { keepsRuns: true, needsKey: true, processes: 'one', countsCalls: true };
/** A called step is performed in the process of its caller, so a rate over all processes does not count it. */
export const SHARED: Capabilities = { keepsRuns: true, needsKey: true, processes: 'many', countsCalls: false };

/** By the names that the command line takes. */
export const CAPABILITIES = {
  sqlite: STORED,
  bullmq: SHARED,
} as const satisfies Readonly<Record<string, Capabilities>>;
