// Runs a plan on the bare transitions: no engine, no promises, no wiring. What is predicted wrongly here is a matter of
// the transitions alone.

import { compileGraph } from '../../src/graph/compile.ts';
import type { CompiledGraph, GraphNode, Join } from '../../src/graph/compiled.ts';
import type { EdgeDescription, GraphDescription, JoinDescription, NodeDescription } from '../../src/graph/describe.ts';
import { NO_RETRY } from '../../src/graph/retry-policy.ts';
import { startChild } from '../../src/run/children.ts';
import type { ChildStart, Effects } from '../../src/run/event.ts';
import { ALL, type Facts } from '../../src/run/facts.ts';
import { Phase } from '../../src/run/phase.ts';
import { quiet } from '../../src/run/quiet.ts';
import type { SharedState } from '../../src/run/shared-state.ts';
import type { Sink } from '../../src/run/sink.ts';
import { Run, type Group, type Step } from '../../src/run/state.ts';
import type { StepCode } from '../../src/run/status.ts';
import * as stop from '../../src/run/stop.ts';
import * as transition from '../../src/run/transition.ts';
import { viewStep, type StepView } from '../../src/run/view.ts';
import type { RunReport } from '../../src/wiring/run-report.ts';
import { choose } from './choice.ts';
import { reported, type Essence } from './essence.ts';
import { edgeNames, GRACE_MS, nodeName, type Control, type EdgePlan, type GraphPlan } from './graph-plan.ts';
import { beginLine, behave, givenText, pathThrough, Planned, RETRY_AFTER_MS, type Action } from './script.ts';

export function playOnCore(plan: GraphPlan): Promise<Essence> {
  return Promise.resolve().then(() => new Theatre(plan).play());
}

interface Timer {
  readonly at: number;
  readonly order: number;
  readonly ring: () => void;
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

class Theatre implements Sink {
  now = 0;
  readonly #plan: GraphPlan;
  readonly #run: Run;
  readonly #planEdges = new Map<string, EdgePlan>(); // by id
  readonly #soon: (() => void)[] = [];
  /** Bodies that go on after a call: behind all that begins. */
  readonly #told: (() => void)[] = [];
  #timers: Timer[] = [];
  #order = 0;
  readonly #wakes = new Map<number, Timer>();
  #deadline: Timer | undefined;
  readonly #bodies = new Map<Step, Body>();
  readonly #callers = new Map<number, (failure: { readonly error: unknown } | undefined) => void>();
  readonly #views: StepView[] = [];
  readonly #begins = new Set<string>();
  readonly #signals: string[] = [];
  readonly #collected = new Map<Group, unknown[]>();
  readonly #arrived = new Map<string, unknown[]>();

  constructor(plan: GraphPlan) {
    this.#plan = plan;
    const graph = compileGraph(describe(plan));
    for (const [at, name] of edgeNames(plan).entries()) {
      const edge = plan.edges[at];
      if (edge !== undefined) this.#planEdges.set(name, edge);
    }
    const { tags, stepLimit, maxPerRun, deadline } = plan.run;
    const patterns = maxPerRun.map(([node, limit]) => [nodeName(node), limit] as const);
    const limits = { tags, stepLimit, maxPerRun: patterns, cancelGraceMs: GRACE_MS, deadline };
    this.#run = new Run('r', graph, nodeOf(graph, 0), limits);
  }

  play(): Essence {
    for (const control of this.#plan.controls) this.#later(control.at, () => this.#control(control));
    transition.start(this.#run, undefined, 0, this);
    this.#settle();
    for (let count = 0; this.#timers.length > 0; count++) {
      if (count > 20_000) throw new Error('it goes round');
      this.#timers.sort((a, b) => a.at - b.at || a.order - b.order);
      const [timer] = this.#timers.splice(0, 1);
      if (timer === undefined) break;
      this.now = timer.at;
      timer.ring();
      this.#settle();
    }
    if (this.#run.status === undefined) throw new Error('the run does not end');
    return this.#report();
  }

  #settle(): void {
    const next = (): (() => void) | undefined => this.#soon.shift() ?? this.#told.shift();
    for (let go = next(); go !== undefined; go = next()) go();
  }

  #later(ms: number, ring: () => void): Timer {
    const timer = { at: this.now + ms, order: this.#order++, ring };
    this.#timers.push(timer);
    return timer;
  }

  #forget(timer: Timer | undefined): void {
    this.#timers = this.#timers.filter((other) => other !== timer);
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
    this.#soon.push(() => this.#perform(step));
  }

  wake(step: Step, at: number): void {
    this.unwake(step);
    const { attempt } = step;
    const kind = transition.timerOf(step);
    this.#wakes.set(
      step.id,
      this.#later(at - this.now, () => transition.due(step, attempt, kind, this)),
    );
  }

  unwake(step: Step): void {
    this.#forget(this.#wakes.get(step.id));
  }

  wakeRun(run: Run, at: number | null): void {
    this.#forget(this.#deadline);
    if (at !== null) this.#deadline = this.#later(at - this.now, () => stop.deadline(run, this));
  }

  abort(step: Step): void {
    const body = this.#bodies.get(step);
    if (body === undefined || !this.#obeys(step)) return;
    this.#soon.push(() => {
      if (body.waits && !body.isOver) this.#threw(step, body, new Planned('plain', 'stopped', 'a'));
    });
  }

  sweep(run: Run): void {
    for (const step of run.live.toSorted((a, b) => a.id - b.id)) this.#soon.push(() => stop.sweep(step, this));
  }

  quiet(run: Run): void {
    this.#soon.push(() => quiet(run, this));
  }

  over(step: Step): void {
    this.#views.push(viewStep(step));
    const told = this.#callers.get(step.id);
    this.#callers.delete(step.id);
    const end = step.status === 'completed' ? undefined : { error: step.status === 'failed' ? step.value : OURS };
    if (told !== undefined) this.#told.push(() => told(end));
  }

  attempted(): void {}
  late(): void {}
  suspended(): void {}
  resumed(): void {}
  ended(): void {}

  collect(group: Group, item: number, value: unknown): void {
    const values = this.#collected.get(group) ?? [];
    values[item] = value;
    this.#collected.set(group, values);
  }

  collected(group: Group): unknown {
    return this.#collected.get(group) ?? [];
  }

  arrived(_run: Run, join: Join, { source, number, value }: { source: number; number: number; value: unknown }): void {
    const values = this.#arrived.get(`${join.id}/${number}`) ?? join.sources.map(() => undefined);
    values[source] = value;
    this.#arrived.set(`${join.id}/${number}`, values);
  }

  joined(_run: Run, join: Join, instance: number): unknown {
    return this.#arrived.get(`${join.id}/${instance}`) ?? [];
  }

  // ── bodies ──

  #perform(step: Step): void {
    const { phase, attempt } = step;
    const message = this.#isKept(step) ? step.message : this.#messageOf(step);
    if (phase === Phase.PREPARING) transition.prepared(step, attempt, this.#kept(step, message), this);
    else if (phase === Phase.JUDGING) {
      const moment = step.rare?.succeeded === true ? 'success' : 'error';
      transition.judged(step, attempt, this.#factsOf(step.node, moment, step.value), this);
    } else if (phase === Phase.STOPPING) transition.stopped(step, this);
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
      this.#later(timeout, () => {
        if (!body.isOver) this.#failed(step, body, { error: OURS, code: 204, retry: true });
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
        if (step.phase === Phase.STOPPING && this.#obeys(step)) return this.#threw(step, body, OURS);
        body.waits = true;
        this.#later(action.ms, () => this.#go(step, body, message));
        return;
      }
      thrown = undefined;
      if (action.type === 'add') body.operations.push({ op: 'add', field: 'total', value: action.amount });
      else if (action.type === 'exit') body.exit ??= { value: action.value };
      else {
        const answer = startChild(step, body.attempt, childOf(action), this);
        if (answer.kind === 'refused') thrown = { error: OURS };
        else if (action.type === 'call' && answer.kind === 'accepted') {
          this.#callers.set(answer.step, (end) => this.#go(step, body, message, end));
          return;
        } else if (action.type === 'call' && answer.kind === 'over' && answer.end.status !== 'completed') {
          thrown = { error: answer.end.status === 'failed' ? answer.end.value : OURS };
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

  // ── the report ──

  #report(): Essence {
    const { status, code, exit, entryStatus, entryValue, state } = this.#run;
    const value =
      exit !== null || entryStatus === 'completed'
        ? { value: exit === null ? entryValue : exit.value }
        : { error: entryStatus === 'failed' ? entryValue : OURS };
    const report: Pick<RunReport, 'status' | 'code' | 'steps' | 'callbackFailures' | 'state'> = {
      status: status ?? 'skipped',
      code,
      steps: this.#views.map(reportStep),
      callbackFailures: this.#views.flatMap(failuresOf),
      state: { total: totalOf(state) },
    };
    return reported(report, { value, begins: this.#begins, signals: this.#signals });
  }
}

function givenTo({ via, b, item }: Step): string {
  if (via?.moment === 'error') return givenText(undefined, b);
  if (via?.moment === 'success') return givenText(item >= 0 && Array.isArray(b) ? b[item] : b, undefined);
  if (via?.moment !== 'end' || typeof b !== 'object' || b === null) return '';
  return 'value' in b ? givenText(b.value, undefined) : givenText(undefined, 'error' in b ? b.error : OURS);
}

function totalOf(state: SharedState): unknown {
  const field = state.get('total')?.value;
  return field !== undefined && 'one' in field ? field.one : 0;
}

const OURS = 'ours';

function childOf(action: Extract<Action, { type: 'spawn' | 'call' }>): ChildStart {
  const node = nodeName(action.node);
  const { message } = action;
  const called = action.type === 'call';
  const [detached, delayMs] = called ? [false, 0] : [action.detached, action.delay];
  return { call: `${node} ${message.path}`, node, message, fingerprint: node, called, detached, delayMs };
}

function reportStep(view: StepView): RunReport['steps'][number] {
  const { id, node, key, round, status, code, via, cause, owner, item, attempts, message, missing } = view;
  return {
    id,
    node,
    key,
    round,
    status,
    code,
    cause: via === null ? null : { edge: via, step: cause },
    parent: owner,
    ...(item >= 0 && { item }),
    attempts,
    message,
    ...(status === 'completed' && { returnValue: view.value }),
    ...(status === 'failed' && { error: view.value }),
    ...(missing !== null && { missing }),
    startedAt: 0,
    endedAt: 0,
  };
}

function failuresOf(view: StepView): RunReport['callbackFailures'][number][] {
  const { id: step, node, via: edge, faults } = view;
  const listed = faults.map((fault) => ({ step, node, ...fault }));
  if (!view.isCallbackFailure) return listed;
  const cause = view.watchedError === undefined ? {} : { cause: view.watchedError };
  return [{ step, node, edge, error: view.value, ...cause }, ...listed];
}

// ── the graph ──

function nodeOf(graph: CompiledGraph, index: number): GraphNode {
  const node = graph.nodes[index];
  if (node === undefined) throw new Error(`there is no ${nodeName(index)}`);
  return node;
}

function describe(plan: GraphPlan): GraphDescription {
  const names = edgeNames(plan);
  const joins: JoinDescription[] = [];
  const edges: EdgeDescription[] = [];
  for (const [at, edge] of plan.edges.entries()) {
    const to = nodeName(edge.to);
    if (edge.on === 'join') {
      const id = names[at] ?? '';
      const { mode, onMissing, critical, sources } = edge;
      joins.push({ id, to, mode, onMissing, critical });
      for (const [source, from] of sources.entries()) {
        edges.push({ from: nodeName(from), to, moment: 'success', arrival: { join: id, source: `s${source}` } });
      }
    } else edges.push(describeEdge(edge, to));
  }
  const nodes = plan.nodes.map((node, at): NodeDescription => {
    const { retry, tag, maxRounds, maxPerRun } = node;
    return {
      name: nodeName(at),
      retry: {
        ...NO_RETRY,
        attempts: retry.attempts,
        delayMs: retry.delay,
        factor: retry.factor,
        maxDelayMs: retry.maxDelay,
        jitter: 0,
      },
      ...(tag !== null && { tags: [tag] }),
      ...(maxRounds !== null && { maxRounds }),
      ...(maxPerRun !== null && { maxPerRun }),
    };
  });
  return { hash: 'model', nodes, edges, joins, spawns: true };
}

function describeEdge(edge: Exclude<EdgePlan, { on: 'join' }>, to: string): EdgeDescription {
  const common = { from: edge.from === null ? '*' : nodeName(edge.from), to, moment: edge.on, critical: edge.critical };
  if (edge.on !== 'success' && edge.on !== 'error') return common;
  const { when, otherwise, after } = edge;
  return {
    ...common,
    conditional: when !== null,
    otherwise,
    afterMs: after,
    ...(edge.on === 'error' && { recover: edge.recover }),
    ...(edge.on === 'success' &&
      edge.each !== null && {
        each: {
          concurrency: edge.each.concurrency,
          stopAfterFailures: edge.each.stopAfterFailures ?? Number.POSITIVE_INFINITY,
        },
      }),
  };
}
