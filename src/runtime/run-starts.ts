// Starts runs, and gives their handles. Loaded with the first runtime, while its engine is opened: a process that only reads
// messages or writes plans does not load it.
//
// RUN-STARTS-1. A job whose message is checked at once is submitted in the turn of its start: its body begins right after.
// RUN-STARTS-2. What comes here was asked for while the runtime was open: a `close` that follows waits for it.

import type { NodeTypes } from '../api/nodes.ts';
import type { Engine, EngineRun, Submission, Submitted } from '../engines/engine.ts';
import type { Observers } from '../observe/observers.ts';
import { readObserver, type CheckedObserver } from '../observe/read-observer.ts';
import { builtEntry, type BuildMessage } from '../plans/plan.ts';
import type { Planner } from '../plans/planner.ts';
import { singlePlan, type Entry } from '../run/plan.ts';
import type { RunEvent } from '../run/run-event.ts';
import type { Asked } from './asked.ts';
import type { RunSettings } from '../run/event.ts';
import type { RunStatus } from '../run/status.ts';
import type { Messages } from './messages.ts';
import { Handle, type MessageBuilder } from './run.ts';
import { StartChain } from './start-chain.ts';
import { assertResumed, readPatterns, readPaused } from './node-patterns.ts';
import { Named, RunIds, startOf } from './submission.ts';

/** What starts need of their runtime. */
export interface RunStartsHost {
  readonly engine: Engine;
  readonly messages: Messages;
  readonly planner: Planner;
  readonly observers: Observers;
  readonly nodes: readonly string[];
  /** What holds for a start without options. */
  readonly defaults: RunSettings;
  /** The option of the runtime. */
  readonly maxStarted: number | undefined;
  /** @throws {OnwardError} ONW3040 once the runtime is closed. */
  assertOpen(): void;
}

const OPEN: ReadonlySet<RunStatus> = new Set<RunStatus>(['pending', 'running', 'suspended']);

export class RunStarts<Nodes extends NodeTypes<Nodes>> implements MessageBuilder {
  readonly #host: RunStartsHost;
  // Read at every start.
  readonly #engine: Engine;
  readonly #messages: Messages;
  readonly #observers: Observers;
  readonly #ids = new RunIds(`r${crypto.randomUUID().replaceAll('-', '').slice(0, 12)}`);
  readonly #chain: StartChain | undefined;

  constructor(host: RunStartsHost) {
    this.#host = host;
    this.#engine = host.engine;
    this.#messages = host.messages;
    this.#observers = host.observers;
    this.#chain = host.maxStarted === undefined ? undefined : new StartChain(host.maxStarted);
  }

  /** Starts a job without options. */
  begin(job: string, message: unknown): Handle<Nodes> | Promise<Handle<Nodes>> {
    return this.#submitted(this.#ids.submission(singlePlan(job, message), this.#host.defaults), undefined);
  }

  submit(given: Asked): Handle<Nodes> | Promise<Handle<Nodes>> {
    const { id, plan, settings, observers, again } = given;
    if (again !== undefined && this.#engine.retry === undefined) {
      return import('./retry.ts').then(({ notKept }) => Promise.reject(notKept(id ?? '')));
    }
    const asked = id === undefined ? this.#ids.submission(plan, settings) : new Named(id, given);
    if (observers === undefined) return this.#submitted(asked, undefined);
    return this.#submittedWith(asked, this.#observeAhead(asked.runId, observers));
  }

  /** @param observed removes its observers, which leave with a start that is refused. */
  async #submittedWith(asked: Submission, observed: () => void): Promise<Handle<Nodes>> {
    try {
      return await this.#submitted(asked, observed);
    } catch (error) {
      observed();
      throw error;
    }
  }

  #submitted(asked: Submission, observed: (() => void) | undefined): Handle<Nodes> | Promise<Handle<Nodes>> {
    const submission = this.#observers.carries ? this.#carrying(asked) : asked;
    const submitted =
      this.#chain === undefined
        ? this.#engine.submit(submission)
        : this.#chain.start(asked.plan.name, () => this.#engine.submit(submission));
    return submitted instanceof Promise
      ? submitted.then((known) => this.#handleOf(known, observed))
      : this.#handleOf(submitted, observed);
  }

  /** The same with what the observers have travel with the run. */
  #carrying(submission: Submission): Submission {
    const { runId, plan, settings, fingerprint, resume } = submission;
    const carried = this.#observers.carry(startOf(submission, this.#engine));
    if (carried === undefined) return submission;
    return { runId, plan, settings: { ...settings, carried }, fingerprint, ...(resume !== undefined && { resume }) };
  }

  #handleOf(submitted: Submitted, observed: (() => void) | undefined): Handle<Nodes> | Promise<Handle<Nodes>> {
    const { outcome, run } = submitted;
    const isTaken = outcome === 'created' || outcome === 'exists';
    if (observed !== undefined && isTaken) run.isHeard = true;
    // For a run that was over before, nothing else would remove its observers.
    if (observed !== undefined && outcome === 'exists') void run.over().then(observed, observed);
    if (isTaken) return this.handle(run);
    return import('./retry.ts').then(({ notStarted }) => Promise.reject(notStarted(submitted)));
  }

  handle(run: EngineRun): Handle<Nodes> {
    return new Handle<Nodes>(run, this);
  }

  /** @throws {OnwardError} ONW3004 if one of them fits no node. */
  patterns(nodes: string | readonly string[]): readonly string[] {
    return readPatterns(nodes, this.#host.nodes);
  }

  /** @throws {OnwardError} ONW3004 if what is given names no nodes. */
  async pause(given: readonly unknown[]): Promise<void> {
    await this.#engine.pause(readPaused('pause', given, this.#host.nodes) ?? ['*']);
  }

  /** @throws {OnwardError} ONW3004 as `pause`, and if other patterns go on holding some of the nodes. */
  async resume(given: readonly unknown[]): Promise<void> {
    const patterns = readPaused('resume', given, this.#host.nodes);
    if (patterns !== undefined) assertResumed(patterns, this.#engine.paused, this.#host.nodes);
    await this.#engine.unpause(patterns);
  }

  // ── what handles ask for ──

  buildIncoming(node: unknown, message: unknown): unknown {
    return this.#messages.ofWaiting(node, message);
  }

  async added(job: unknown, message: unknown): Promise<Entry> {
    const build: BuildMessage = (id, data, { checkedBy }) => this.#messages.ofJob(id, data, checkedBy);
    return builtEntry(this.#host.planner.entryOf(job, message), 0, { message: undefined, override: undefined }, build);
  }

  observeRun(run: EngineRun, given: unknown, options: unknown, past: readonly RunEvent[]): () => void {
    this.#host.assertOpen();
    const checked = readObserver(given, options, this.#host.nodes);
    const { status } = run.describe();
    const over = OPEN.has(status) ? undefined : run.over();
    return this.#observers.addTo(run, checked, { past, over });
  }

  /** Ahead of the start, so that it hears of it. */
  #observeAhead(runId: string, observers: readonly CheckedObserver[]): () => void {
    const removals = observers.map(({ observer, options }) => this.#observers.add(observer, options, runId));
    return () => {
      for (const remove of removals) remove();
    };
  }
}
