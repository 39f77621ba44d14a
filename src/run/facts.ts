// What only user code can say about a body's end. Computed once, beside the body, and never again.

import type { Ref } from './ref.ts';

/** A `when` that threw. */
export interface EdgeFault {
  readonly edge: string;
  readonly error: Ref;
}

/** The verdicts of a step's edges of one moment. */
export interface Facts {
  /** The edges that matched, by position among the node's edges of that moment. */
  readonly routes: 'all' | readonly number[];
  /** The lengths of the arrays that `each` edges go over, by position among the success edges; -1 for what is no array. */
  readonly sizes?: readonly number[];
  readonly faults?: readonly EdgeFault[];
}

/** Every edge is taken. */
export const ALL: Facts = { routes: 'all' };
/** No edge is taken. */
export const NONE: Facts = { routes: [] };
