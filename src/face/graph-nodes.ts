// The graph's types, as the runtime's face reads them out of the wiring's `Nodes`.

import type { NodeMarks } from '../wiring/v1.ts';

/** One node of the wiring's `Nodes`. Only jobs have an `input`. */
export interface NodeType {
  readonly kind: 'job' | 'handler';
  readonly message: unknown;
  readonly input: unknown;
  readonly marks?: NodeMarks;
  readonly returnValue: unknown;
}

/** An interface with one member a node. */
export type NodeTypes<Nodes> = { readonly [Id in keyof Nodes]: NodeType };

/** The ids of the nodes that can be started. */
export type JobIds<Nodes> = {
  [Id in keyof Nodes]: Nodes[Id] extends { readonly kind: 'job' } ? Id : never;
}[keyof Nodes] &
  string;
