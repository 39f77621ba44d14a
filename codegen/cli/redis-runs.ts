// The runs in Redis at a connection string. Reading them needs nothing of the application; commands decide with the graph
// that its processes have left in Redis.
//
// REDIS-RUNS-1. A command performs nothing: workers carry out what it decides.
// REDIS-RUNS-2. A connection string may contain a password, so no text repeats it.
// REDIS-RUNS-3. With two versions in Redis, a command uses the graph that was described last, or that of the run if the last
//     one lacks a node of the run or would change it (`onGraphChange`). Runs with one graph share a client.

import { bullmqEngine } from '../../src/engines/bullmq/index.ts';
import { RedisStore } from '../../src/engines/bullmq/redis-store.ts';
import { isServed } from '../../src/engines/bullmq/worker-watch.ts';
import { StoredHistory } from '../../src/engines/store/run/stored-history.ts';
import { OnwardError } from '../../src/errors/onward-error.ts';
import { readDescribedGraph, type DescribedGraph } from '../../src/execute/described-graph.ts';
import type { RunPage, RunQuery } from '../../src/execute/run-query.ts';
import { clientOf } from '../../src/runtime/client.ts';
import {
  performCommand,
  performNodes,
  UNKNOWN_RUN,
  type CommandAnswer,
  type NodeAnswer,
  type NodeCommand,
  type RunCommand,
} from '../../src/runtime/commands.ts';
import { quoted } from '../../src/values/describe.ts';
import type { RunInspection } from '../../src/wiring/run-report.ts';
import type { NodeWiring, Wiring } from '../../src/wiring/v1.ts';
import { wrongUsage } from './arguments.ts';
import { redisPlaceOf, type RedisPlace } from './redis-address.ts';
import { mayBeHeld, withHeld, type RunStore } from './run-store.ts';

const ANSWER_MS = 5_000;

/**
 * Connects to the runs that a URL such as `redis://127.0.0.1:6379?queue=shop` names.
 *
 * @throws {OnwardError} ONW6030 if it is not such a URL, ONW4010 if Redis does not answer, ONW6010 if a package is missing.
 */
export async function openRedisRuns(url: string): Promise<RunStore> {
  const place = redisPlaceOf(url);
  const { connection: address, queue, prefix } = place;
  const store = new RedisStore({ address, limitMs: ANSWER_MS, prefix: `${prefix}:${queue}:runs` });
  await store.open();
  return new RedisRuns(store, place);
}

interface DescribedClient {
  readonly described: DescribedGraph;
  /** Its nodes, by name. */
  readonly nodes: ReadonlySet<string>;
  readonly client: ReturnType<typeof clientOf>;
}

/** By the hash of their graph. */
type Clients = Map<string, DescribedClient>;

/** Stands for the graph that was described last, instead of a hash. */
const LAST = '';

class RedisRuns implements RunStore {
  readonly isEncrypted = true;
  readonly #store: RedisStore;
  readonly #history: StoredHistory;
  readonly #place: RedisPlace;

  constructor(store: RedisStore, place: RedisPlace) {
    this.#store = store;
    this.#history = new StoredHistory(store);
    this.#place = place;
  }

  runs(query: RunQuery): Promise<RunPage> {
    return this.#history.runs(query);
  }

  async run(id: string): Promise<RunInspection | undefined> {
    const found = await this.#history.run(id);
    if (found === undefined || !mayBeHeld(found)) return found;
    const clients: Clients = new Map();
    try {
      const { client } = await this.#clientFor(found, clients);
      return withHeld(found, await performNodes(client, { type: 'held', run: id }));
    } catch {
      // No process with the services has described its graph yet: what holds its steps is not known.
      return found;
    } finally {
      await closed(clients);
    }
  }

  async nodes(command: NodeCommand): Promise<NodeAnswer> {
    const clients: Clients = new Map();
    try {
      const { client } = await this.#clientFor(undefined, clients);
      return await performNodes(client, command);
    } finally {
      await closed(clients);
    }
  }

  async dueTimes(id: string): Promise<ReadonlyMap<number, number>> {
    return this.#history.dueTimes(await this.#store.timersOf(id));
  }

  async perform(command: RunCommand): Promise<CommandAnswer> {
    const known = await Promise.all(command.runs.map((run) => this.#history.run(run)));
    if (known.every((run) => run === undefined))
      return { results: command.runs.map((run) => ({ run, error: { code: 'ONW3035', message: UNKNOWN_RUN } })) };
    const clients: Clients = new Map();
    const results: CommandAnswer['results'][number][] = [];
    try {
      for (const [at, run] of command.runs.entries()) {
        const { described, client } = await this.#clientFor(known[at], clients);
        assertSendable(command, described);
        results.push(...(await performCommand(client, { ...command, runs: [run] })).results);
      }
    } finally {
      await closed(clients);
    }
    const isIdle = !(await isServed(this.#store.connection, this.#place).catch(() => true));
    return { results, ...(isIdle && { isIdle }) };
  }

  /** REDIS-RUNS-3. */
  async #clientFor(run: RunInspection | undefined, clients: Clients): Promise<DescribedClient> {
    const last = clients.get(LAST) ?? (await this.#open());
    clients.set(LAST, last);
    if (run === undefined) return last;
    const { hash, isBound } = await this.#history.graphOf(run.runId);
    const fits = !isBound && run.steps.every(({ node }) => last.nodes.has(node));
    if (fits || hash === undefined) return last;
    const own = clients.get(hash) ?? (await this.#open(hash));
    clients.set(hash, own);
    return own;
  }

  /** @param hash the hash of a graph; the graph described last is taken if it is undefined or unknown. */
  async #open(hash?: string): Promise<DescribedClient> {
    const { connection, queue, prefix } = this.#place;
    const engine = bullmqEngine({ connection, queue, prefix, durable: false, answerWithin: ANSWER_MS });
    const last = await engine.describedGraph?.();
    if (last === undefined) throw notDescribed(queue);
    const own = hash === undefined ? undefined : await engine.describedGraph?.(hash);
    const described = readDescribedGraph(own ?? last);
    const nodes = new Set(described.graph.nodes.map(({ name }) => name));
    return { described, nodes, client: clientOf(wiringOf(described), { engine, log: false }, described) };
  }

  async close(): Promise<void> {
    this.#store.close();
  }
}

async function closed(clients: Clients): Promise<void> {
  for (const { client } of clients.values()) await client.close({ drainMs: 0 });
}

/** A wiring with what commands read of it. */
function wiringOf({ graph }: DescribedGraph): Wiring {
  const call = (): undefined => undefined;
  const nodes = graph.nodes.map(({ name, waits }): [string, NodeWiring] => [
    name,
    { kind: 'job', call, ...(waits === true && { waits }) },
  ]);
  return { contract: 1, graphHash: graph.wiring ?? '', nodes: Object.fromEntries(nodes), edges: [] };
}

/** A node that does not wait for a message is left to the client, which refuses it. */
function assertSendable(command: RunCommand, { graph, messages }: DescribedGraph): void {
  if (command.type !== 'send') return;
  const message = messages[command.node];
  const isWaiting = graph.nodes.some(({ name, waits }) => name === command.node && waits === true);
  if (message === undefined || !isWaiting) return;
  const text = `${quoted(command.node)} takes a message of the class ${quoted(message)}, which checks what is sent, and a connection string brings no classes; give --engine a JavaScript module that does: \`export default await createClient(graph, { engine })\``;
  throw wrongUsage(text);
}

function notDescribed(queue: string): OnwardError {
  const text = `no process that has the services has opened the queue ${quoted(queue)} yet, so its graph is not known and nothing can be changed; start one, or give the \`queue\` and \`prefix\` of the engine, as in redis://127.0.0.1:6379?queue=shop`;
  return new OnwardError('ONW4013', text);
}
