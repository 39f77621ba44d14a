// The types that the graph's `Nodes` give: its nodes and jobs, their data in part, and what a run can be started with.

import type { NodeMarks } from '../wiring/v1.ts';
import type { Plain } from '../decorators/fit.ts';

/** One node of the wiring's `Nodes`. Only jobs have an `input`. */
export interface NodeType {
  readonly kind: 'job' | 'handler';
  readonly message: unknown;
  readonly input: unknown;
  readonly marks?: NodeMarks;
  readonly returnValue: unknown;
}

/** An interface with one member for each node. */
export type NodeTypes<Nodes> = { readonly [Id in keyof Nodes]: NodeType };

/** The ids of the nodes that can be started. */
export type JobIds<Nodes> = {
  [Id in keyof Nodes]: Nodes[Id] extends { readonly kind: 'job' } ? Id : never;
}[keyof Nodes] &
  string;

/** Parts of data: any field may be left out, at any depth. Values that are not records are whole. */
export type Parts<Data> = Data extends Whole
  ? Data
  : Data extends object
    ? { readonly [F in keyof Data]?: Parts<Data[F]> }
    : Data;
/** Values without fields of their own, as far as data has them. */
export type Whole = Plain | URL | Uint8Array | ReadonlyMap<unknown, unknown> | ReadonlySet<unknown>;

/** Types only: the key of what a start takes and gives back. */
export declare const STARTS: unique symbol;

/** A plan or a signature. `Arguments` are what `start` takes after it, `Run` what it gives back. */
export interface Startable<Arguments extends readonly unknown[] = readonly unknown[], Run = unknown> {
  /** Types only. */
  readonly [STARTS]: { readonly arguments: Arguments; readonly run: Run };
}

/** What `start` takes after it. */
export type ArgumentsOf<S> = S extends { readonly [STARTS]: { readonly arguments: infer A extends readonly unknown[] } }
  ? A
  : never;

/** What `start` gives back. */
export type RunOf<S> = S extends { readonly [STARTS]: { readonly run: infer R } } ? R : never;
