// The StepContext of one attempt. The signal is made when somebody asks for it.

import type { StepContext, StepInfo } from '../wiring/step-context.ts';

/** What a context speaks of: a live step in memory, a task of a store. */
export interface ContextSource {
  readonly run: { readonly id: string; readonly tags: readonly string[] };
  readonly node: { readonly name: string };
  readonly key: string;
  readonly round: number;
  /** The step around it. */
  readonly parent: ParentSource | null;
}

export interface ParentSource {
  readonly key: string;
  readonly node: { readonly name: string };
  readonly parent: ParentSource | null;
}

export class LiveContext implements StepContext {
  readonly runId: string;
  readonly tags: readonly string[];
  readonly step: StepInfo;
  #controller: AbortController | undefined;
  #abortReason: { readonly reason: unknown } | undefined;

  constructor(source: ContextSource, attempt: number) {
    this.runId = source.run.id;
    this.tags = source.run.tags;
    this.step = { key: source.key, node: source.node.name, attempt, round: source.round };
  }

  get signal(): AbortSignal {
    this.#controller ??= new AbortController();
    if (this.#abortReason !== undefined) this.#controller.abort(this.#abortReason.reason);
    return this.#controller.signal;
  }

  /** Tells the body to stop. Later reasons are ignored. */
  abort(reason: unknown): void {
    if (this.#abortReason !== undefined) return;
    this.#abortReason = { reason };
    this.#controller?.abort(reason);
  }
}
