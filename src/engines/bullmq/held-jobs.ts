// The steps of a run that are due and that no process begins: their node is paused, or its rate is used up.
//
// HELD-JOBS-1. A body that is under way is not held: a process has the lease of its job.

import { bodyKey } from '../../records/outbox.ts';
import type { CompiledGraph } from '../../graph/graph.ts';
import type { StepId } from '../../run/step-data.ts';
import type { HeldBy, RunSnapshot, StepView } from '../../run/view.ts';
import { jobIdOf } from './queue-job.ts';
import type { QueuePlan } from './queue-plan.ts';
import type { RedisConnection } from './redis-connection.ts';

export interface HeldJobsPlace {
  readonly prefix: string;
  readonly graph: CompiledGraph;
  readonly plan: QueuePlan;
  readonly connection: RedisConnection;
  readonly paused: { holds(node: string): boolean };
}

type Held = readonly [step: StepId, by: HeldBy];

/** @param life how often the run has begun. */
export async function heldJobs(place: HeldJobsPlace, run: RunSnapshot, life: number): Promise<readonly Held[]> {
  const live = run.steps.filter(({ status }) => status === 'running');
  const found = await Promise.all(
    live.map(async (step): Promise<readonly Held[]> => {
      const by = await heldBy(place, step, bodyKey({ id: run.runId, life }, step.id, step.attempt));
      return by === undefined ? [] : [[step.id, by]];
    }),
  );
  return found.flat();
}

async function heldBy(place: HeldJobsPlace, { node: name }: StepView, key: string): Promise<HeldBy | undefined> {
  const { prefix, graph, plan, connection, paused } = place;
  const rateLimit = graph.nodeOf.get(name)?.rateLimit ?? null;
  const isPaused = paused.holds(name);
  if (!isPaused && rateLimit === null) return undefined;
  const queue = `${prefix}:${plan.queueOf({ kind: 'body', at: { node: name } })}`;
  const job = `${queue}:${jobIdOf(key)}`;
  // BullMQ's names.
  const [jobs, leases, begun] = await Promise.all([
    connection.ask((redis) => redis.exists(job)),
    connection.ask((redis) => redis.exists(`${job}:lock`)),
    connection.ask((redis) => redis.get(`${queue}:limiter`)),
  ]);
  if (jobs === 0 || leases > 0) return undefined;
  if (isPaused) return 'pause';
  return rateLimit !== null && Number(begun) >= rateLimit.max ? 'rateLimit' : undefined;
}
