// What a run can be started with beside the name of a job, as types: what it takes, and what comes back.

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
