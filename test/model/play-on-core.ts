// Runs a plan on the bare transitions: no engine, no promises, no wiring. What is predicted wrongly here is a matter of
// the transitions alone.

import { compileGraph } from '../../src/graph/compile.ts';
import { startChild } from '../../src/run/children.ts';
import type { ChildStart, Effects } from '../../src/run/event.ts';
import { Phase, type StepCode } from '../../src/run/status.ts';
import { Run } from '../../src/run/state.ts';
import type { Step } from '../../src/run/step.ts';
import * as control from '../../src/run/control.ts';
import * as transition from '../../src/run/transition.ts';
import { entryViewOf, viewStep, type EntryView, type StepView } from '../../src/run/view.ts';
import { Backstage } from './backstage.ts';
import { describePlan } from './core-graph.ts';
import { givenTo, Reading } from './core-reading.ts';
import { essenceOf } from './core-report.ts';
import { addedEntry, conditionOf, corePlan } from './core-start.ts';
import { isInvalidArgument } from './error-text.ts';
import type { Essence } from './essence.ts';
import { GRACE_MS, nodeName, type Control, type GraphPlan } from './graph-plan.ts';
import { beginLine, behave, pathThrough, Planned, previousText, RETRY_AFTER_MS, type Action } from './script.ts';
import { sentMessage } from './start-plan.ts';

export function playOnCore(plan: GraphPlan): Promise<Essence> {
  return Promise.resolve().then(() => new Theatre(plan).play());
}

interface Body {
  readonly script: ReturnType<typeof behave>;
  readonly attempt: number;
  readonly operations: { op: 'add'; field: string; value: number }[];
  exit: { readonly value: unknown } | null;
  isOver: boolean;
  /** It waits for a time, not for a called step. */
  waits: boolean;
}

class Theatre extends Backstage {
  readonly #plan: GraphPlan;
  readonly #run: Run;
  readonly #reading: Reading;
  readonly #bodies = new Map<Step, Body>();
  readonly #callers = new Map<number, (failure: { readonly error: unknown } | undefined) => void>();
  readonly #views: StepView[] = [];
  readonly #entries: EntryView[] = [];
  readonly #begins = new Set<string>();
  readonly #signals: string[] = [];

  constructor(plan: GraphPlan) {
    super();
    this.#plan = plan;
    const graph = compileGraph(describePlan(plan));
    this.#reading = new Reading(plan);
    const { tags, stepLimit, maxPerRun, deadline } = plan.run;
    const patterns = maxPerRun.map(([node, limit]) => [nodeName(node), limit] as const);
    const limits = { tags, stepLimit, maxPerRun: patterns, cancelGraceMs: GRACE_MS, deadline, notBefore: 0 };
    this.#run = new Run('r', graph, plan.start.kind === 'single' ? nodeName(0) : plan.start.kind, limits);
  }

  play(): Essence {
    for (const control of this.#plan.controls) this.later(control.at, () => this.#control(control));
    transition.start(this.#run, corePlan(this.#plan.start), false, this);
    this.settle();
    this.elapse();
    if (this.#run.status === undefined) throw new Error('the run does not end');
    const played = { views: this.#views, entries: this.#entries, begins: this.#begins, signals: this.#signals };
    return essenceOf(this.#run, played);
  }

  #control(planned: Control): void {
    const run = this.#run;
    if (planned.do === 'cancelStep') {
      const live = run.live.filter(({ node }) => node.name === nodeName(planned.node)).sort((a, b) => a.id - b.id);
      if (live[0] !== undefined) control.signal(run, { type: 'stepCancelled', step: live[0].id }, this);
    } else if (planned.do === 'cancel') control.signal(run, { type: 'cancel' }, this);
    else if (planned.do === 'resume') control.signal(run, { type: 'resume' }, this);
    else if (planned.do === 'close') control.signal(run, { type: 'closed' }, this);
    else this.#signals.push(`${planned.at} ${this.#answer(planned)}`);
  }

  #answer(planned: Exclude<Control, { do: 'cancelStep' | 'cancel' | 'resume' | 'close' }>): string {
    const run = this.#run;
    if (planned.do === 'add') {
      const entries = [addedEntry(planned)];
      return control.signal(run, { type: 'added', entries }, this) === 'applied' ? 'added' : 'refused';
    }
    if (planned.do === 'send') {
      const node = nodeName(planned.node);
      const message = sentMessage(planned.id);
      const sent = { type: 'message', node, id: `${planned.id}`, fingerprint: node, message } as const;
      return ['over', 'changed'].includes(control.signal(run, sent, this)) ? 'refused' : 'sent';
    }
    const suspended = control.signal(run, { type: 'suspend' }, this);
    return suspended === 'applied' || suspended === 'duplicate' ? 'suspended' : 'refused';
  }

  // ── what the transitions ask for ──

  ready(step: Step): void {
    this.soon.push(() => this.#perform(step));
  }

  abort(step: Step): void {
    const body = this.#bodies.get(step);
    if (body === undefined || !this.#obeys(step)) return;
    this.soon.push(() => {
      if (body.waits && !body.isOver) this.#threw(step, body, new Planned('plain', 'stopped', 'a'));
    });
  }

  over(step: Step): void {
    this.#views.push(viewStep(step));
    const told = this.#callers.get(step.id);
    this.#callers.delete(step.id);
    const end =
      step.status === 'completed' ? undefined : { error: step.status === 'failed' ? step.value : endedBy(step.status) };
    if (told !== undefined) this.told.push(() => told(end));
  }

  entryOver(step: Step): void {
    const { entry } = step.extras ?? {};
    if (entry !== null && entry !== undefined) this.#entries.push(entryViewOf(step, entry));
  }

  // ── bodies ──

  #perform(step: Step): void {
    const { phase, attempt } = step;
    const begins = phase === Phase.PREPARING || phase === Phase.RUNNING;
    if (begins && step.isAsked && !step.isPrepared && !this.#holds(step)) return;
    const message = this.#isKept(step) ? step.message : this.#reading.messageOf(step);
    if (phase === Phase.PREPARING) transition.prepared(step, attempt, this.#kept(step, message), this);
    else if (phase === Phase.ROUTING) {
      const moment = step.extras?.succeeded === true ? 'success' : 'error';
      transition.routed(step, attempt, this.#reading.factsOf(step.node, moment, step.value), this);
    } else if (phase === Phase.STOPPING) transition.bodyStopped(step, this);
    else if (phase === Phase.RUNNING) this.#begin(step, message);
  }

  /** Asks the condition of an entry; if it is not to run, that is told. */
  #holds(step: Step): boolean {
    const { entry } = step.extras ?? {};
    const condition = conditionOf(entry?.condition);
    if (condition === undefined || entry === null || entry === undefined) return true;
    if ('answers' in condition) this.#signals.push(`${this.now} asked ${entry.at}${previousText(step.previous)}`);
    const answer = 'is' in condition ? condition.is : condition.answers;
    if (answer === false) transition.unmet(step, step.attempt, this);
    else if (answer === 'throws') {
      const error = new Planned('plain', `if ${entry.at}`, 'a');
      transition.failed(step, step.attempt, undefined, error, { code: 101, retry: false, refused: true }, null, this);
    }
    return answer === true;
  }

  #begin(step: Step, message: unknown): void {
    const { attempt } = step;
    const node = step.node.index;
    step.message = this.#kept(step, message); // as whoever performs attempts in memory does
    const { previous } = step;
    const begin = { at: this.now, node, path: pathThrough(message, node), attempt, given: givenTo(step), previous };
    this.#begins.add(beginLine(begin));
    const isFlow = step.owner === null;
    const script = behave(this.#plan, node, message, { attempt, isFlow });
    const body: Body = { script, attempt, operations: [], exit: null, isOver: false, waits: false };
    this.#bodies.set(step, body);
    const timeout = this.#plan.nodes[node]?.timeout ?? 0;
    // Of one that has waited for a message, only what is left.
    const leftMs = step.dueAt > 0 ? Math.max(0, step.dueAt - this.now) : timeout;
    if (timeout > 0) {
      this.later(leftMs, () => {
        if (!body.isOver) this.#failed(step, body, { error: { code: 204 }, code: 204, retry: step.dueAt === 0 });
      });
    }
    this.#go(step, body, message);
  }

  #go(step: Step, body: Body, message: unknown, failure?: { readonly error: unknown }): void {
    let thrown = failure;
    while (!body.isOver) {
      body.waits = false;
      let next: IteratorResult<Action, unknown>;
      try {
        next = thrown === undefined ? body.script.next() : body.script.throw(thrown.error);
      } catch (error) {
        return this.#threw(step, body, error);
      }
      if (next.done === true) return this.#returned(step, body, { value: next.value, message });
      const action = next.value;
      if (action.type === 'wait') {
        if (step.phase === Phase.STOPPING && this.#obeys(step)) return this.#threw(step, body, { code: 203 });
        body.waits = true;
        this.later(action.ms, () => this.#go(step, body, message));
        return;
      }
      thrown = undefined;
      if (action.type === 'add') body.operations.push({ op: 'add', field: 'total', value: action.amount });
      else if (action.type === 'exit') body.exit ??= { value: action.value };
      else {
        const answer = startChild(step, body.attempt, childOf(action), this);
        if (answer.kind === 'refused') thrown = { error: { code: answer.why === 'limit' ? 108 : 203 } };
        else if (action.type === 'call' && answer.kind === 'accepted') {
          this.#callers.set(answer.step, (end) => this.#go(step, body, message, end));
          return;
        } else if (action.type === 'call' && answer.kind === 'over' && answer.end.status !== 'completed') {
          thrown = { error: answer.end.status === 'failed' ? answer.end.value : endedBy(answer.end.status) };
        }
      }
    }
  }

  #returned(step: Step, body: Body, { value, message }: { value: unknown; message: unknown }): void {
    body.isOver = true;
    const { operations: state, exit } = body;
    const effects: Effects | null = state.length > 0 || exit !== null ? { state, ...(exit && { exit }) } : null;
    transition.completed(
      step,
      body.attempt,
      this.#kept(step, message),
      value,
      this.#reading.factsOf(step.node, 'success', value),
      effects,
      this,
    );
  }

  #threw(step: Step, body: Body, error: unknown): void {
    const fault = error instanceof Planned ? error.fault : 'plain';
    this.#failed(step, body, {
      error,
      code: isInvalidArgument(error) ? 103 : 101,
      retry: fault !== 'terminal' && !isInvalidArgument(error),
      ...(fault === 'after' && { retryAfterMs: RETRY_AFTER_MS }),
    });
  }

  #failed(
    step: Step,
    body: Body,
    { error, ...how }: { error: unknown; code: StepCode; retry: boolean; retryAfterMs?: number },
  ): void {
    body.isOver = true;
    const isLast = !how.retry || body.attempt >= step.node.retry.attempts;
    const routing = isLast ? this.#reading.factsOf(step.node, 'error', error) : null;
    transition.failed(step, body.attempt, step.message, error, { ...how, refused: false }, routing, this);
  }

  #obeys({ node }: Step): boolean {
    return this.#plan.nodes[node.index]?.obeys === true;
  }

  #isKept({ isPrepared, via }: Step): boolean {
    return isPrepared && via?.moment.startsWith('run') !== true;
  }

  /** The report of a run is nobody's message. */
  #kept({ via }: Step, message: unknown): unknown {
    return via?.moment.startsWith('run') === true ? undefined : message;
  }
}

/** What a caller is told of a called step that neither completed nor failed. */
function endedBy(status: string | undefined): { readonly code: number } {
  return { code: status === 'skipped' ? 100 : 203 };
}

function childOf(action: Extract<Action, { type: 'spawn' | 'call' }>): ChildStart {
  const node = nodeName(action.node);
  const { message } = action;
  const called = action.type === 'call';
  const [detached, delayMs] = called ? [false, 0] : [action.detached, action.delay];
  return { call: `${node} ${message.path}`, node, message, fingerprint: node, called, detached, delayMs };
}
