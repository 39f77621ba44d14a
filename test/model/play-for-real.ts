// Runs a plan's application on an engine, on a clock that stands still, and does to the run what the plan says.

import { createRuntime } from 'onward';
import { journaledEngine, virtualClock } from 'onward/testing';
import type { StepReport } from '../../src/wiring/run-report.ts';
import { isOnwardError } from '../../src/errors/onward-error.ts';
import type { Engine } from '../../src/engines/engine.ts';
import { reported, type Essence } from './essence.ts';
import { GRACE_MS, nodeName, type Control, type GraphPlan } from './graph-plan.ts';
import { applicationOf } from './to-application.ts';
import type { World } from './world.ts';

const MOST_TIMERS = 20_000;

type Handle = Awaited<ReturnType<ReturnType<typeof createRuntime<never, never>>['start']>>;

export function playOnMemory(plan: GraphPlan): Promise<Essence> {
  return playOn(undefined, plan);
}

/**
 * With redeliveries, in any order, and with dispatches that get lost; in order, if the outcome hangs on what comes first
 * at one time.
 */
export function playOnRecords(plan: GraphPlan, { luck }: World, seed: number): Promise<Essence> {
  const faults = { duplicate: 0.3, reorder: true, lose: seed % 2 === 0 ? 0.2 : 0 };
  return playOn(journaledEngine({ seed, ...(luck.length === 0 && faults) }), plan);
}

async function playOn(engine: Engine | undefined, plan: GraphPlan): Promise<Essence> {
  const clock = virtualClock();
  const { graph, services, begins } = applicationOf(plan, clock);
  const runtime = createRuntime(graph, { services, clock, cancelGraceMs: GRACE_MS, ...(engine && { engine }) });
  const { tags, stepLimit, maxPerRun, deadline } = plan.run;
  const run = await runtime.start('Model.n0', undefined, {
    tags,
    stepLimit,
    history: 'all',
    ...(maxPerRun.length > 0 && {
      maxPerRun: Object.fromEntries(maxPerRun.map(([node, limit]) => [`Model.${nodeName(node)}`, limit])),
    }),
    ...(deadline > 0 && { deadline }),
  });
  const signals: string[] = [];
  for (const control of plan.controls) clock.after(control.at, () => void apply(run, control, signals));
  await clock.runAll(MOST_TIMERS);
  const { endedAt } = await run.inspect();
  if (endedAt === 0) throw new Error('the run does not end');
  const value = await run.value().then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );
  return reported(await run.report(), { value, begins, signals });
}

async function apply(run: Handle, control: Control, signals: string[]): Promise<void> {
  try {
    if (control.do === 'cancelStep') {
      const { steps } = await run.inspect();
      const isLive = ({ node, status }: StepReport): boolean =>
        node === `Model.${nodeName(control.node)}` && (status === 'pending' || status === 'running');
      const oldest = steps.find(isLive);
      if (oldest !== undefined) await run.cancelStep(oldest.id);
    } else if (control.do === 'suspend') {
      await run.suspend();
      signals.push(`${control.at} suspended`);
    } else await run[control.do]();
  } catch (error) {
    if (!isOnwardError(error)) throw error;
    // What is told of a run that is over already does not matter here.
    if (error.code === 'ONW3037') signals.push(`${control.at} refused`);
  }
}
