// Runs a plan's application on an engine, on a clock that stands still, and does to the run what the plan says.

import { createRuntime, type Observer } from 'onward';
import { journaledEngine, virtualClock, type VirtualClock } from 'onward/testing';
import type { StepCode } from '../../src/run/status.ts';
import type { StepReport } from '../../src/wiring/run-report.ts';
import { isOnwardError } from '../../src/errors/onward-error.ts';
import type { Engine } from '../../src/engines/engine.ts';
import { reported, type Essence, type Told } from './essence.ts';
import { GRACE_MS, nodeName, type Control, type GraphPlan } from './graph-plan.ts';
import { addedMessage, sentMessage } from './start-plan.ts';
import { anyRuntime, signatureOf, startRun, type ModelRun, type ModelRuntime } from './start-for-real.ts';
import { applicationOf, type Outage } from './to-application.ts';
import type { World } from './world.ts';

export const MOST_TIMERS = 20_000;

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

/** What can be kept: conditions that are values. */
export function withoutPredicates(plan: GraphPlan): GraphPlan {
  const entries = plan.start.entries.map((entry) => {
    const { condition } = entry;
    return condition === null || 'is' in condition
      ? entry
      : { ...entry, condition: { is: condition.answers === true } };
  });
  return { ...plan, start: { ...plan.start, entries } };
}

async function playOn(engine: Engine | undefined, plan: GraphPlan): Promise<Essence> {
  const { run, value, begins, signals } = await playedOn(engine, plan);
  return essenceOf(run, { value, begins, signals });
}

/** What a run that is over comes to. @param code what it counts as. */
export async function essenceOf(
  run: ModelRun,
  told: Pick<Told, 'value' | 'begins' | 'signals'>,
  code = (given: StepCode): StepCode => given,
): Promise<Essence> {
  const results = await run.results();
  const report = await run.report();
  const entries = results.map(({ index: at, job: node, ...end }) => {
    return { value: end.error, ...end, at, node, code: code(end.code) };
  });
  const steps = report.steps.map((step) => ({
    ...step,
    code: code(step.code),
    attempts: step.attempts.map((attempt) => ({ ...attempt, code: code(attempt.code) })),
  }));
  return reported({ ...report, steps }, { ...told, entries, events: await eventsOf(run) });
}

/** All that a run in memory has to say for itself once it is over, under any id. */
export async function storyInMemory(plan: GraphPlan, observers: readonly Observer[]): Promise<string> {
  const { run, value } = await playedOn(undefined, plan, observers);
  const events: unknown[] = [];
  for await (const event of run.events()) events.push(event);
  const report = await run.report();
  const story = { value, results: await run.results(), report, events };
  // A stack says who has asked.
  const asText = (key: string, part: unknown): unknown => {
    if (key === 'stack') return undefined;
    return part instanceof Error ? `${part.name}: ${part.message}` : part;
  };
  return JSON.stringify(story, asText, 1).replaceAll(report.runId, 'ID');
}

async function playedOn(
  engine: Engine | undefined,
  plan: GraphPlan,
  observers: readonly Observer[] = [],
): Promise<{
  readonly run: ModelRun;
  readonly value: Told['value'];
  readonly begins: Told['begins'];
  readonly signals: string[];
}> {
  const { run, begins, signals, clock } = await beginOn(engine, plan, { observers });
  await clock.runAll(MOST_TIMERS);
  return { run, value: await valueOf(run), begins, signals };
}

export interface Begun {
  readonly runtime: ModelRuntime;
  readonly run: ModelRun;
  readonly clock: VirtualClock;
  readonly begins: ReadonlySet<string>;
  readonly signals: string[];
}

/** Starts a run, and does to it what the plan says as time passes. */
export async function beginOn(
  engine: Engine | undefined,
  plan: GraphPlan,
  { observers = [], outage }: { readonly observers?: readonly Observer[]; readonly outage?: Outage } = {},
): Promise<Begun> {
  const clock = virtualClock();
  const { graph, services, begins } = applicationOf(plan, clock, outage);
  // Messages are whatever bodies return, and no class says what they are.
  const options = { services, clock, cancelGraceMs: GRACE_MS, messages: { validate: false } };
  const runtime = anyRuntime(createRuntime(graph, { log: false, ...options, observers, ...(engine && { engine }) }));
  const { tags, stepLimit, maxPerRun, deadline } = plan.run;
  const signals: string[] = [];
  const settings = {
    tags,
    stepLimit,
    history: 'all',
    ...(maxPerRun.length > 0 && {
      maxPerRun: Object.fromEntries(maxPerRun.map(([node, limit]) => [`Model.${nodeName(node)}`, limit])),
    }),
    ...(deadline > 0 && { deadline }),
  } as const;
  const startedAt = clock.now();
  const run = await startRun(runtime, plan.start, settings, (line) =>
    signals.push(`${clock.now() - startedAt} ${line}`),
  );
  for (const control of plan.controls) clock.after(control.at, () => void told({ runtime, run, signals }, control));
  return { runtime, run, clock, begins, signals };
}

/** How `value()` of a run settles that is over. */
export async function valueOf(run: ModelRun): Promise<Told['value']> {
  const { endedAt } = await run.inspect();
  if (endedAt === 0) throw new Error('the run does not end');
  return run.value().then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );
}

/** Of those that a run has told: what hardly anything else shows. */
async function eventsOf(run: ModelRun): Promise<string[]> {
  const events: string[] = [];
  for await (const event of run.events()) {
    if (event.type === 'edge.unmatched') events.push(`unmatched ${event.node}`);
    else if (event.type === 'gap') events.push(`missing before ${event.seq}`);
  }
  return events;
}

interface Played {
  readonly runtime: ModelRuntime;
  readonly run: ModelRun;
  readonly signals: string[];
}

/** Does it, and writes down what the run said. */
async function told(played: Played, control: Control): Promise<void> {
  try {
    const answer = await apply(played, control);
    if (answer !== undefined) played.signals.push(`${control.at} ${answer}`);
  } catch (error) {
    if (!isOnwardError(error)) throw error;
    // What else is told of a run that is over already does not matter here.
    if (['ONW3037', 'ONW3053', 'ONW3055', 'ONW3056'].includes(error.code)) played.signals.push(`${control.at} refused`);
  }
}

async function apply({ runtime, run }: Played, control: Control): Promise<string | undefined> {
  switch (control.do) {
    case 'cancelStep': {
      const { steps } = await run.inspect();
      const isLive = ({ node, status }: StepReport): boolean =>
        node === `Model.${nodeName(control.node)}` && (status === 'pending' || status === 'running');
      const oldest = steps.find(isLive);
      if (oldest !== undefined) await run.cancelStep(oldest.id);
      return undefined;
    }
    case 'suspend':
      await run.suspend();
      return 'suspended';
    case 'add':
      await run.add(signatureOf(runtime, control.signed), addedMessage(control.at, { ...control.signed, bound: null }));
      return 'added';
    case 'send':
      await run.send(`Model.${nodeName(control.node)}`, sentMessage(control.id), { id: `${control.id}` });
      return 'sent';
    default:
      await run[control.do]();
      return undefined;
  }
}
