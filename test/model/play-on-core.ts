// Runs a plan on the bare transitions: no engine, no promises, no wiring. What is predicted wrongly here is a matter of
// the transitions alone.

import { compileGraph } from '../../src/graph/compile.ts';
import type { GraphNode } from '../../src/graph/compiled.ts';
import { startChild } from '../../src/run/children.ts';
import type { ChildStart, Effects } from '../../src/run/event.ts';
import { ALL, type Facts } from '../../src/run/facts.ts';
import { Phase } from '../../src/run/phase.ts';
import { Run, type Step } from '../../src/run/state.ts';
import { singlePlan } from '../../src/run/plan.ts';
import type { StepCode } from '../../src/run/status.ts';
import * as stop from '../../src/run/stop.ts';
import * as transition from '../../src/run/transition.ts';
import { viewStep, type StepView } from '../../src/run/view.ts';
import { Backstage } from './backstage.ts';
import { choose } from './choice.ts';
import { describePlan } from './core-graph.ts';
import { essenceOf } from './core-report.ts';
import { givenText } from './error-text.ts';
import type { Essence } from './essence.ts';
import { edgeNames, GRACE_MS, nodeName, type Control, type EdgePlan, type GraphPlan } from './graph-plan.ts';
import { beginLine, behave, pathThrough, Planned, RETRY_AFTER_MS, type Action } from './script.ts';

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
  readonly #planEdges = new Map<string, EdgePlan>(); // by id
  readonly #bodies = new Map<Step, Body>();
  readonly #callers = new Map<number, (failure: { readonly error: unknown } | undefined) => void>();
  readonly #views: StepView[] = [];
  readonly #begins = new Set<string>();
  readonly #signals: string[] = [];

  constructor(plan: GraphPlan) {
    super();
    this.#plan = plan;
    const graph = compileGraph(describePlan(plan));
    for (const [at, name] of edgeNames(plan).entries()) {
      const edge = plan.edges[at];
      if (edge !== undefined) this.#planEdges.set(name, edge);
    }
    const { tags, stepLimit, maxPerRun, deadline } = plan.run;
    const patterns = maxPerRun.map(([node, limit]) => [nodeName(node), limit] as const);
    const limits = { tags, stepLimit, maxPerRun: patterns, cancelGraceMs: GRACE_MS, deadline };
    this.#run = new Run('r', graph, nodeName(0), limits);
  }

  play(): Essence {
    for (const control of this.#plan.controls) this.later(control.at, () => this.#control(control));
    transition.start(this.#run, singlePlan(nodeName(0), undefined), { notBefore: 0, suspended: false }, this);
    this.settle();
    this.elapse();
    if (this.#run.status === undefined) throw new Error('the run does not end');
    return essenceOf(this.#run, this.#views, { begins: this.#begins, signals: this.#signals });
  }

  #control(control: Control): void {
    const run = this.#run;
    if (control.do === 'cancelStep') {
      const live = run.live.filter(({ node }) => node.name === nodeName(control.node)).sort((a, b) => a.id - b.id);
      if (live[0] !== undefined) stop.stopStep(live[0], undefined, this);
    } else if (control.do === 'cancel') stop.cancel(run, undefined, this);
    else if (control.do === 'resume') stop.resume(run, this);
    else {
      const mayBe = run.status === undefined && stop.canBeSuspended(run);
      if (mayBe) stop.suspend(run, this);
      this.#signals.push(`${control.at} ${mayBe ? 'suspended' : 'refused'}`);
    }
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

  // ── bodies ──

  #perform(step: Step): void {
    const { phase, attempt } = step;
    const message = this.#isKept(step) ? step.message : this.#messageOf(step);
    if (phase === Phase.PREPARING) transition.prepared(step, attempt, this.#kept(step, message), this);
    else if (phase === Phase.JUDGING) {
      const moment = step.rare?.succeeded === true ? 'success' : 'error';
      transition.judged(step, attempt, this.#factsOf(step.node, moment, step.value), this);
    } else if (phase === Phase.STOPPING) transition.bodyStopped(step, this);
    else if (phase === Phase.RUNNING) this.#begin(step, message);
  }

  #begin(step: Step, message: unknown): void {
    const { attempt } = step;
    const node = step.node.index;
    step.message = this.#kept(step, message); // as whoever performs attempts in memory does
    const begin = { at: this.now, node, path: pathThrough(message, node), attempt, given: givenTo(step) };
    this.#begins.add(beginLine(begin));
    const isFlow = step.owner === null;
    const script = behave(this.#plan, node, message, { attempt, isFlow });
    const body: Body = { script, attempt, operations: [], exit: null, isOver: false, waits: false };
    this.#bodies.set(step, body);
    const timeout = this.#plan.nodes[node]?.timeout ?? 0;
    if (timeout > 0) {
      this.later(timeout, () => {
        if (!body.isOver) this.#failed(step, body, { error: { code: 204 }, code: 204, retry: true });
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
        if (answer.kind === 'refused') thrown = { error: { code: 203 } };
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
      this.#factsOf(step.node, 'success', value),
      effects,
      this,
    );
  }

  #threw(step: Step, body: Body, error: unknown): void {
    const fault = error instanceof Planned ? error.fault : 'plain';
    this.#failed(step, body, {
      error,
      code: fault === 'argument' ? 103 : 101,
      retry: fault === 'plain' || fault === 'after',
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
    const facts = isLast ? this.#factsOf(step.node, 'error', error) : null;
    transition.failed(step, body.attempt, step.message, error, { ...how, refused: false }, facts, this);
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

  #messageOf({ via, a, b, item }: Step): unknown {
    if (via === null) return a;
    if (item >= 0) return Array.isArray(b) ? b[item] : undefined;
    const at = this.#positionOf(via.id);
    const edge = this.#plan.edges[at];
    const isBound = edge !== undefined && 'bind' in edge && edge.bind;
    if (edge?.on === 'join') {
      const values = Array.isArray(b) ? b : [];
      return Object.fromEntries([
        ...(isBound ? [['via', at]] : []),
        ...values.map((value, source) => [`s${source}`, value]),
      ]);
    }
    if (edge?.on === 'success') return isBound ? Object.assign({}, b, { via: at }) : b;
    return via.moment.startsWith('run') ? { runId: 'r' } : a;
  }

  /** Where the plan has the edge. */
  #positionOf(id: string): number {
    return this.#plan.edges.findIndex((edge) => edge === this.#planEdges.get(id));
  }

  #factsOf(node: GraphNode, moment: 'success' | 'error', value: unknown): Facts {
    const edges = node[moment];
    if (moment === 'success' ? node.plain : edges.every(({ conditional }) => !conditional)) return ALL;
    const asked = edges.map((edge, position): readonly [number, EdgePlan | undefined] => [
      position,
      this.#planEdges.get(edge.id),
    ]);
    const { routes, faults } = choose(asked, value);
    return {
      routes,
      sizes: edges.map(({ each }) => (each !== null && Array.isArray(value) ? value.length : -1)),
      ...(faults.length > 0 && {
        faults: faults.map((position) => {
          const edge = edges[position]?.id ?? '';
          return { edge, error: new Error(`when ${this.#positionOf(edge)}`) };
        }),
      }),
    };
  }
}

function givenTo({ via, b, item }: Step): string {
  if (via?.moment === 'error') return givenText(undefined, b);
  if (via?.moment === 'success') return givenText(item >= 0 && Array.isArray(b) ? b[item] : b, undefined);
  if (via?.moment !== 'end' || typeof b !== 'object' || b === null) return '';
  return 'value' in b ? givenText(b.value, undefined) : givenText(undefined, 'error' in b ? b.error : undefined);
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
