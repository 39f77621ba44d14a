// One task of a store, performed: values are loaded, the body runs, and what came of it becomes an event.
//
// P1. The impure half of the core: it runs user code once per delivery and decides nothing.
// P2. It never rejects for what user code does. A rejection is a fault of the store.
// P3. A value that cannot be kept fails its step at the body that made it, not at the callback that wants it.

import type { Task, TaskTurn } from '../run/event.ts';
import { nodeNamed } from '../graph/compile.ts';
import { place, type Placement } from '../run/placed.ts';
import type { Ref } from '../run/ref.ts';
import { NO_STATE } from '../run/shared-state.ts';
import type { Application } from './application.ts';
import type { Attempt } from './attempt.ts';
import { execute } from './execute.ts';
import { judge, prepare } from './prepare.ts';
import type { ParentSource } from './context-source.ts';
import { isRunCallback } from './message-of.ts';
import { TaskHost } from './task-host.ts';
import type { TaskIo } from './task-io.ts';

/** Performs a task. Resolves when the body was called; its outcome is delivered. */
export async function perform(app: Application, task: Task, io: TaskIo): Promise<void> {
  const { kind, input } = task;
  const attempt = await attemptOf(app, task, io);
  const hasContext = app.bodies[attempt.node.index]?.takes?.context === true;
  const state = hasContext && kind === 'body' ? await io.state() : NO_STATE;
  // A cancel overtook it: no body is called that somebody would have to wait for.
  if (!io.isWanted()) return io.deliver({ type: 'due', at: task.at, attempt: task.attempt, timer: 'grace' });
  const host = new TaskHost(app, task, io, state);
  if (kind === 'prepare') return prepare(app, attempt, host);
  if (kind === 'body') return void execute(app, attempt, host);
  const value = await io.load(input.judged);
  judge(app, attempt, { moment: input.judgedMoment ?? 'error', value }, host);
}

/** The attempt, its values loaded. */
async function attemptOf(app: Application, task: Task, io: TaskIo): Promise<Attempt> {
  const { input, sent, turn, placement } = task;
  const placed = placement === undefined ? undefined : place(app.graph, await loaded(placement, io));
  const via = task.via === null ? null : (app.graph.edgeOf.get(task.via) ?? placed?.edge ?? null);
  return {
    run: { id: task.runId, tags: task.tags },
    node: placed?.node ?? nodeNamed(app.graph, task.at.node),
    via,
    attempt: task.attempt,
    round: task.round,
    key: task.stepKey,
    owner: parentOf(task.ancestors),
    previous: await previousOf(turn, io),
    isAsked: turn?.condition !== undefined || turn?.uses !== undefined,
    sent: sent === undefined ? null : { message: await io.load(sent.message) },
    dueAt: task.dueAt ?? 0,
    a: await io.load(input.a),
    b: await loadOrigin(io, input.b, input.item),
    item: -1,
    message: await io.load(input.message),
    isPrepared: 'message' in input && !isRunCallback(via),
  };
}

/** Of what is bound only what goes into the message of this very step is asked for. */
async function loaded(placement: Placement, io: TaskIo): Promise<Placement> {
  const { signed } = placement;
  if (signed.bound === undefined) return placement;
  return { ...placement, signed: { ...signed, bound: await io.load(signed.bound) } };
}

async function previousOf(turn: TaskTurn | undefined, io: TaskIo): Promise<Attempt['previous']> {
  const previous = turn?.previous;
  if (previous === undefined) return null;
  return { ok: previous.ok, value: previous.ok ? await io.load(previous.value) : undefined };
}

/** The target's value or error: an end callback is given which of the two it is. */
async function loadOrigin(io: TaskIo, ref: Ref, item: number): Promise<unknown> {
  if (typeof ref !== 'object' || ref === null || 'refusal' in ref) return io.load(ref, item);
  if ('error' in ref) return { error: await io.load(ref.error) };
  return 'value' in ref ? { value: await io.load(ref.value) } : io.load(ref);
}

function parentOf([nearest, ...others]: Task['ancestors']): ParentSource | null {
  if (nearest === undefined) return null;
  return { key: nearest.key, node: { name: nearest.node }, owner: parentOf(others) };
}
