// One step for each item of an array, so many at a time, while that goes on.

import type { Edge } from '../graph/compiled.ts';
import type { Root } from './plan-state.ts';
import type { Ref, StepId } from './ref.ts';
import type { Run } from './state.ts';

/** An `each` in progress: one step for each item of an array, so many at a time. */
export class Group {
  /** `step.edge`: the step that returned the array, and the position of the edge among its success edges. */
  readonly key: string;
  readonly run: Run;
  readonly edge: Edge;
  readonly cause: StepId;
  /** The entry that it belongs to. */
  readonly root: Root | null;
  /** The target's message. */
  readonly a: Ref;
  /** The array. */
  readonly b: Ref;
  readonly size: number;
  /** Items made so far. */
  made = 0;
  /** Items made and not over. */
  open = 0;
  failed = 0;
  /** Items that never began: the run was ended while it was on. */
  skipped = 0;
  isOver = false;

  constructor(key: string, edge: Edge, of: Pick<Group, 'run' | 'cause' | 'root' | 'a' | 'b' | 'size'>) {
    this.key = key;
    this.edge = edge;
    this.run = of.run;
    this.cause = of.cause;
    this.root = of.root;
    this.a = of.a;
    this.b = of.b;
    this.size = of.size;
  }
}
