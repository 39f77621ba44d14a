// What a runtime builds of its graph before anything starts: signatures and plans, and those that were saved.

import type {
  AnyFrom,
  ChainOptions,
  KnownMethod,
  LastOf,
  Linked,
  NamedNode,
  Plan,
  PlanEntry,
  PlannedJob,
  PlanOptions,
  Plans,
  SavedPlan,
  Swarm,
  SwarmOptions,
  ValuesOf,
} from '../api/plans.ts';
import type { JobIds, NodeTypes } from '../api/nodes.ts';
import type { PlanRun } from '../api/plan-run.ts';
import type { StartOptions } from '../api/run.ts';
import type { Bindable, BoundOf, NodeOf, Signature, StartAfter } from '../api/signature.ts';
import type { Planner } from '../plans/planner.ts';
import type { Saving } from './saving.ts';

/**
 * Each method has the signature of the interface, typed by the graph. Below it stands what JavaScript may call it with,
 * which is checked where it is read: TypeScript compares the two only loosely.
 */
export abstract class GraphPlans<Nodes extends NodeTypes<Nodes>> implements Plans<Nodes> {
  protected abstract get planner(): Planner;
  /** Where it is saved, once the engine is open. @throws {OnwardError} ONW3040 after `close`. */
  protected abstract saving(): Promise<Saving>;

  sign<const T extends (keyof Nodes & string) | AnyFrom, F extends keyof Bindable<NamedNode<Nodes, T>> = never>(
    node: T & KnownMethod<T>,
    bound?: Pick<Bindable<NamedNode<Nodes, T>>, F>,
  ): Signature<Nodes, NamedNode<Nodes, NoInfer<T>>, NoInfer<F>>;
  sign(...given: readonly unknown[]): unknown {
    return this.planner.sign(...given);
  }

  sequence<const J extends readonly PlannedJob<Nodes>[]>(
    entries: { readonly [I in keyof J]: PlanEntry<Nodes, J[I]> },
    options?: PlanOptions<Nodes>,
  ): Plan<readonly [options?: StartOptions], PlanRun<Nodes, ValuesOf<Nodes, J>>>;
  sequence(...given: readonly unknown[]): unknown {
    return this.planner.sequence(...given);
  }

  parallel<const J extends readonly PlannedJob<Nodes>[]>(
    entries: { readonly [I in keyof J]: PlanEntry<Nodes, J[I]> },
    options?: PlanOptions<Nodes>,
  ): Plan<readonly [options?: StartOptions], PlanRun<Nodes, ValuesOf<Nodes, J>>>;
  parallel(...given: readonly unknown[]): unknown {
    return this.planner.parallel(...given);
  }

  chain<const L extends readonly [PlannedJob<Nodes>, PlannedJob<Nodes>, ...PlannedJob<Nodes>[]]>(
    links: L & Linked<Nodes, L>,
    options?: ChainOptions<Nodes>,
  ): Plan<StartAfter<NodeOf<Nodes, L[0]>, BoundOf<L[0]>>, PlanRun<Nodes, LastOf<Nodes, L>, ValuesOf<Nodes, L>>>;
  chain(...given: readonly unknown[]): unknown {
    return this.planner.chain(...given);
  }

  swarm<J extends JobIds<Nodes> = JobIds<Nodes>>(options?: SwarmOptions<Nodes>): Swarm<Nodes, J>;
  swarm(options?: unknown): unknown {
    return this.planner.swarm(options);
  }

  signature(key: string): Promise<SavedPlan<Nodes> | undefined>;
  async signature(key: unknown): Promise<unknown> {
    return (await this.saving()).load(key);
  }

  async signatures(): Promise<readonly string[]> {
    return (await this.saving()).keys();
  }

  async removeSignature(key: string): Promise<void> {
    await (await this.saving()).remove(key);
  }
}
