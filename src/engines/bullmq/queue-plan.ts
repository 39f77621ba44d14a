// Which queue a task goes to, and which queues a process serves.
//
// QUEUE-PLAN-1. BullMQ counts by queue: bodies of a node that has a `concurrency` or a `rateLimit` have a queue of their own,
//     which counts them over all processes. What prepares or routes them counts for nothing, and goes where others go.
// QUEUE-PLAN-2. A queue is served whole: a process takes all of its nodes, or none.

import { didYouMean } from '../../errors/nearest-name.ts';
import { OnwardError } from '../../errors/onward-error.ts';
import { fitsGlob } from '../../graph/glob.ts';
import type { CompiledGraph, GraphNode } from '../../graph/graph.ts';
import type { Task } from '../../run/event.ts';
import { quoted } from '../../values/describe.ts';
import { assertNone } from '../../values/option-rules.ts';

/** Names of queues by patterns of nodes; the first that fits counts. */
export type QueueGroups = Readonly<Record<string, string>>;

/** @throws {OnwardError} ONW3004 if a pattern fits no node. */
export function assertGroups(groups: QueueGroups, graph: CompiledGraph): void {
  const nodes = graph.nodes.map(({ name }) => name);
  const problems = Object.keys(groups)
    .filter((pattern) => !nodes.some((node) => fitsGlob(node, pattern)))
    .map((pattern) => {
      const hint = didYouMean(pattern, nodes);
      return `${quoted(pattern)} fits no node${hint === undefined ? '' : `; ${hint}`}`;
    });
  assertNone(problems, '`queues` of bullmqEngine names nodes that are not known');
}

export interface PlannedQueue {
  readonly name: string;
  readonly nodes: readonly string[];
  /** The node that it counts, if it has one alone. */
  readonly counted: GraphNode | undefined;
}

export class QueuePlan {
  readonly #queue: string;
  readonly #groups: QueueGroups;
  readonly #counted = new Map<string, GraphNode>();
  /** All of them, by name. */
  readonly queues: ReadonlyMap<string, PlannedQueue>;

  /** @throws {OnwardError} ONW3004 if a group has the name of a node that has a queue of its own. */
  constructor(graph: CompiledGraph, queue: string, groups: QueueGroups = {}) {
    this.#queue = queue;
    this.#groups = groups;
    const queues = new Map<string, PlannedQueue>();
    for (const node of graph.nodes) {
      const group = this.#groupOf(node.name);
      const others = queues.get(group)?.nodes ?? [];
      queues.set(group, { name: group, nodes: [...others, node.name], counted: undefined });
      if (node.rateLimit === null && !Number.isFinite(node.concurrency)) continue;
      const name = `${queue}.${node.name}`;
      if (Object.values(groups).includes(node.name)) {
        const text = `\`queues\` of bullmqEngine has the name ${node.name}, which is that of a queue already: the node has a \`concurrency\` or a \`rateLimit\`; give the group another name`;
        throw new OnwardError('ONW3004', text);
      }
      this.#counted.set(node.name, node);
      queues.set(name, { name, nodes: [node.name], counted: node });
    }
    this.queues = queues;
  }

  queueOf({ kind, at }: { readonly kind: Task['kind']; readonly at: { readonly node: string } }): string {
    return kind === 'body' && this.#counted.has(at.node) ? `${this.#queue}.${at.node}` : this.#groupOf(at.node);
  }

  /** The queue of a task if it is none of a counted node. */
  sharedQueueOf(task: Task): string | undefined {
    const name = this.queueOf(task);
    return this.queues.get(name)?.counted === undefined ? name : undefined;
  }

  /**
   * The queues of a process that takes some nodes.
   *
   * @throws {OnwardError} ONW3004 if one of them has other nodes as well.
   */
  servedBy(patterns: readonly string[] | undefined): PlannedQueue[] {
    if (patterns === undefined) return [...this.queues.values()];
    const isAsked = (node: string): boolean => patterns.some((pattern) => fitsGlob(node, pattern));
    const served = [...this.queues.values()].filter(({ nodes }) => nodes.some((node) => isAsked(node)));
    for (const { name, nodes } of served) {
      const others = nodes.filter((node) => !isAsked(node));
      if (others.length === 0) continue;
      const text = `\`nodes\` splits the queue ${name}, which has ${others.join(', ')} as well; give the nodes a queue of their own, such as \`queues: { '${patterns[0] ?? ''}': 'apart' }\` of bullmqEngine, in every process`;
      throw new OnwardError('ONW3004', text);
    }
    return served;
  }

  #groupOf(node: string): string {
    const [, group] = Object.entries(this.#groups).find(([pattern]) => fitsGlob(node, pattern)) ?? [];
    return group === undefined ? this.#queue : `${this.#queue}.${group}`;
  }
}
