// What steps of a run in memory wait for together: the values of groups and joins, and the ends of called steps.

import type { Join } from '../graph/compiled.ts';
import type { Ref } from '../run/ref.ts';
import type { CallEnd } from '../run/call-record.ts';
import type { Group } from '../run/group.ts';
import type { Step } from '../run/state.ts';

type Caller = (end: CallEnd) => void;

export class Gathered {
  /** The values of groups that a join waits for. */
  readonly #collected = new Map<Group, unknown[]>();
  /** What has arrived for instances of joins that have not fired. */
  readonly #arrived = new Map<number, unknown[]>();
  readonly #joins: number;
  readonly #callers = new Map<number, Caller[]>();

  /** @param joins how many the graph has. */
  constructor(joins: number) {
    this.#joins = joins;
  }

  collect(group: Group, item: number, value: Ref): void {
    const values = this.#collected.get(group) ?? [];
    this.#collected.set(group, values);
    values[item] = value;
  }

  /** The values of a group; they are not kept any longer. */
  collected(group: Group): unknown[] {
    const values = this.#collected.get(group) ?? [];
    this.#collected.delete(group);
    return values;
  }

  arrived(join: Join, { source, number, value }: { source: number; number: number; value: Ref }): void {
    const key = this.#keyOf(join, number);
    let values = this.#arrived.get(key);
    if (values === undefined) {
      values = join.sources.map(() => undefined);
      this.#arrived.set(key, values);
    }
    values[source] = value;
  }

  /** What has arrived for an instance of a join; it is not kept any longer. */
  joined(join: Join, instance: number): unknown[] {
    const key = this.#keyOf(join, instance);
    const values = this.#arrived.get(key) ?? join.sources.map(() => undefined);
    this.#arrived.delete(key);
    return values;
  }

  #keyOf({ index }: Join, instance: number): number {
    return instance * this.#joins + index;
  }

  /** Resolves when a live called step is over; several may wait for one. */
  whenOver(id: number): Promise<CallEnd> {
    return new Promise((resolve) => this.#callers.set(id, [...(this.#callers.get(id) ?? []), resolve]));
  }

  /** Tells those who called the step, once it is over. */
  settleCall({ id, owner, rare }: Step): void {
    const end = owner?.rare?.calls?.get(rare?.call ?? '')?.end;
    const callers = this.#callers.get(id);
    if (end === undefined || callers === undefined) return;
    this.#callers.delete(id);
    for (const resolve of callers) resolve(end);
  }
}
