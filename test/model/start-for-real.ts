// How a run is started through the face of a runtime: plans and signatures put together as a user would.

import type { RunEvent, StartOptions } from 'onward';
import type { RunInspection, RunReport } from '../../src/wiring/run-report.ts';
import type { StepCode } from '../../src/run/status.ts';
import { nodeName } from './graph-plan.ts';
import { Planned, previousText } from './script.ts';
import { entryMessage, type EntryPlan, type SignedPlan, type StartPlan } from './start-plan.ts';

/** A runtime of any graph: the types of a face know one graph each. */
export interface ModelRuntime {
  retry(id: string): Promise<ModelRun>;
  close(): Promise<void>;
  start(what: unknown, message: unknown, options: StartOptions): Promise<ModelRun>;
  start(what: unknown, options: StartOptions): Promise<ModelRun>;
  sign(node: string, bound?: object): ModelSignature;
  sequence(entries: readonly object[], options: object): object;
  parallel(entries: readonly object[], options: object): object;
  chain(links: readonly object[], options: object): object;
  swarm(options: object): ModelSwarm;
}
export interface ModelRun {
  readonly id: string;
  suspend(): Promise<void>;
  resume(): Promise<void>;
  cancel(): Promise<void>;
  cancelStep(step: number): Promise<void>;
  close(): Promise<void>;
  add(job: unknown, message: unknown): Promise<void>;
  send(node: string, message: unknown, options: { readonly id: string }): Promise<void>;
  inspect(): Promise<RunInspection>;
  value(): Promise<unknown>;
  report(): Promise<RunReport>;
  events(): AsyncIterable<RunEvent>;
  results(): Promise<readonly EntryEnd[]>;
}
interface EntryEnd {
  readonly index: number;
  readonly job: string;
  readonly status: string;
  readonly code: StepCode;
  readonly value?: unknown;
  readonly error?: unknown;
}
interface ModelSignature {
  onSuccess(callback: object): unknown;
  onError(callback: object): unknown;
}
interface ModelSwarm {
  add(job: object, message: unknown): unknown;
  close(): unknown;
}

/** The border to what is typed by the graph. */
export function anyRuntime(runtime: unknown): ModelRuntime {
  return runtime as ModelRuntime;
}

/** @param asked told when a condition is asked. */
export function startRun(
  runtime: ModelRuntime,
  start: StartPlan,
  options: StartOptions,
  asked: (line: string) => void,
): Promise<ModelRun> {
  const { kind, entries } = start;
  const jobs = entries.map((entry) => signatureOf(runtime, entry));
  if (kind === 'single') {
    const [plan] = entries;
    const isPlain = plan === undefined || (plan.bound === null && plan.success.length + plan.error.length === 0);
    return runtime.start(isPlain ? 'Model.n0' : jobs[0], undefined, options);
  }
  const callbacks = callbacksOf(runtime, start);
  if (kind === 'chain') return runtime.start(runtime.chain(jobs, callbacks), plainMessage(start, 0), options);
  if (kind === 'swarm') return runtime.start(swarmOf(runtime, start, { jobs, callbacks }), options);
  const list = entries.map((entry, at) => ({
    job: jobs[at],
    message: plainMessage(start, at),
    ...how(entry, at, asked),
  }));
  return runtime.start(runtime[kind](list, { keepGoing: start.keepGoing, ...callbacks }), options);
}

/** Without what is bound: that is the signature's. */
function plainMessage(start: StartPlan, at: number): unknown {
  const entries = start.entries.map((entry) => ({ ...entry, bound: null }));
  return entryMessage({ ...start, entries }, at);
}

export function signatureOf(runtime: ModelRuntime, { node, bound, success, error }: SignedPlan): ModelSignature {
  const signature = runtime.sign(`Model.${nodeName(node)}`, ...(bound === null ? [] : [{ via: bound }]));
  for (const callback of success) signature.onSuccess(signatureOf(runtime, callback));
  for (const callback of error) signature.onError(signatureOf(runtime, callback));
  return signature;
}

function callbacksOf(runtime: ModelRuntime, { onSuccess, onFailure }: StartPlan): object {
  return {
    ...(onSuccess !== null && { onSuccess: signatureOf(runtime, onSuccess) }),
    ...(onFailure !== null && { onFailure: signatureOf(runtime, onFailure) }),
  };
}

function swarmOf(
  runtime: ModelRuntime,
  start: StartPlan,
  { jobs, callbacks }: { readonly jobs: readonly object[]; readonly callbacks: object },
): object {
  const { concurrency, stopAfterFailures, isOpen, maxSteps } = start;
  const swarm = runtime.swarm({
    ...(concurrency !== null && { concurrency }),
    ...(stopAfterFailures !== null && { stopAfterFailures }),
    ...(maxSteps !== null && { maxSteps }),
    ...callbacks,
  });
  for (const [at, job] of jobs.entries()) swarm.add(job, plainMessage(start, at));
  if (!isOpen) swarm.close();
  return swarm;
}

function how({ group, always, condition }: EntryPlan, at: number, asked: (line: string) => void): object {
  return {
    ...(group !== null && { group: `g${group}` }),
    ...(always && { always }),
    ...(condition !== null && { if: 'is' in condition ? condition.is : predicateOf(condition.answers, at, asked) }),
  };
}

/** Some answer at once and some later; of a list all have to hold. */
function predicateOf(answers: boolean | 'throws', at: number, asked: (line: string) => void): unknown {
  const predicate = (turn: { readonly previous: { readonly ok: boolean; readonly value?: unknown } | undefined }) => {
    asked(`asked ${at}${previousText(turn.previous)}`);
    if (answers === 'throws') throw new Error(new Planned('plain', `if ${at}`, 'a').text);
    return at % 2 === 0 ? answers : Promise.resolve(answers);
  };
  return at % 3 === 0 ? [true, predicate] : predicate;
}
