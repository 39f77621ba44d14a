// What a context speaks of: the step, and the steps around it.

/** What a context speaks of: a live step in memory, a task of a store. */
export interface ContextSource {
  readonly run: { readonly id: string; readonly tags: readonly string[] };
  readonly node: { readonly name: string };
  readonly key: string;
  readonly round: number;
  /** The step around it. */
  readonly owner: ParentSource | null;
  /** How the entry before it in its plan ended. */
  readonly previous: { readonly ok: boolean; readonly value: unknown } | null;
}

export interface ParentSource {
  readonly key: string;
  readonly node: { readonly name: string };
  readonly owner: ParentSource | null;
}
