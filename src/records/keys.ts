// Which records an event needs: known from the event and the graph, before anything is loaded.
//
// K1. Their number depends on the graph and on how deep steps are nested, never on the run's length.
//
// The names of a run's records. What an event needs is named before it is loaded, so a name says what it holds.

import { nodeNamed } from '../graph/compile.ts';
import type { CompiledGraph, Edge, GraphNode } from '../graph/graph.ts';
import type { Event, Signal, StepEvent, StepPlace } from '../run/event.ts';

/** The records that an event needs, or a signal ahead of it. */
export function keysOf(graph: CompiledGraph, event: Event | Signal): readonly string[] {
  const keys = [SETTINGS_KEY, RUN_KEY];
  if ('at' in event) keys.push(...keysOfStep(graph, event));
  else if (event.type === 'idle') keys.push(...keysAtRest(graph, event.callbacks));
  else if (event.type === 'turn') keys.push(...keysOfTurn(graph, event));
  else if (event.type === 'message') keys.push(mailboxRecordKey(event.node), signalRecordKey(event.id));
  return [...new Set(keys)];
}

/** Whether a record belongs to what is live: all that is needed to find what was not dispatched. */
export function isLiveRecord(key: string): boolean {
  return key === RUN_KEY || key === SETTINGS_KEY || /^[sgqm]\//.test(key);
}

function* keysOfStep(graph: CompiledGraph, event: StepEvent): Generator<string> {
  const places: readonly StepPlace[] = [event.at, ...event.at.around];
  for (const [depth, place] of places.entries()) {
    const node = nodeNamed(graph, place.node);
    yield stepRecordKey(place.step);
    yield* keysAround(node);
    if (node.waits) yield mailboxRecordKey(node.name);
    if (place.progress !== undefined) yield progressRecordKey(place.progress);
    for (const name of place.callbacks ?? []) yield* keysOfNode(nodeNamed(graph, name));
    if (place.group !== undefined) {
      yield groupRecordKey(place.group);
      yield roundRecordKey(node.name);
    }
    const owner = places[depth + 1];
    if (place.call !== undefined && owner !== undefined) yield callRecordKey(owner.step, place.call);
  }
  if (event.type === 'completed' && (event.effects?.state.length ?? 0) > 0) yield STATE_KEY;
  if (event.type === 'delivered') yield incomingRecordKey(event.at.node, event.number);
  if (event.type === 'spawned') {
    yield callRecordKey(event.at.step, event.start.call);
    yield* keysOfNode(nodeNamed(graph, event.start.node));
  }
}

/** What a node's edges lead to. */
function* keysAround({ start, success, error, end, cancel }: GraphNode): Generator<string> {
  for (const edges of [start, success, error, end, cancel]) for (const edge of edges) yield* keysBehind(edge);
}

function* keysBehind({ to, arrival, each }: Edge): Generator<string> {
  if (arrival !== null) yield joinRecordKey(arrival.join.id);
  yield* keysOfNode(to);
  // An empty array completes at once: its joins get their value with the event that brought the array.
  if (each !== null) for (const next of to.success) if (next.arrival !== null) yield* keysBehind(next);
}

/** What a step of a node is made with. Of a plan any node may run any number of times. */
function* keysOfNode({ name, waits }: GraphNode): Generator<string> {
  yield roundRecordKey(name);
  if (waits) yield mailboxRecordKey(name);
}

function* keysOfTurn(graph: CompiledGraph, { turn, after }: Extract<Event, { type: 'turn' }>): Generator<string> {
  yield entryRecordKey(turn.entry);
  // The lane behind it may have been added later.
  yield entryRecordKey(turn.entry + 1);
  if (after !== null) yield progressRecordKey(after);
  yield* keysOfNode(nodeNamed(graph, turn.node));
}

function* keysAtRest(graph: CompiledGraph, callbacks: readonly string[] = []): Generator<string> {
  const { joins, run } = graph;
  for (const { id, edge } of joins) {
    yield joinRecordKey(id);
    yield* keysOfNode(edge.to);
  }
  for (const edges of [run.runSuccess, run.runError, run.runEnd]) for (const edge of edges) yield* keysBehind(edge);
  if (callbacks.length === 0) return;
  yield entryRecordKey('onSuccess');
  yield entryRecordKey('onFailure');
  for (const name of callbacks) yield* keysOfNode(nodeNamed(graph, name));
}

export const RUN_KEY = 'r';
/** What the run was started with. */
export const SETTINGS_KEY = 'o';
export const STATE_KEY = 'x';
export const stepRecordKey = (id: number): string => `s/${id}`;
export const roundRecordKey = (node: string): string => `n/${node}`;
export const joinRecordKey = (join: string): string => `j/${join}`;
export const groupRecordKey = (group: string): string => `g/${group}`;
export const callRecordKey = (step: number, call: string): string => `c/${step}/${call}`;
/** Never loaded to decide: the failed attempts of a step. */
export const attemptRecordKey = (step: number, attempt: number): string => `a/${step}/${attempt}`;
/** Never loaded to decide: a value that arrived at a join. */
export const arrivalRecordKey = (join: string, source: number, number: number): string =>
  `v/${join}/${source}/${number}`;
/** Never loaded to decide: the value of an item that is kept under another name than its own. */
export const itemRecordKey = (key: string): string => `v/${key}`;
/** An entry of the plan, or its `onSuccess` or `onFailure`. */
export const entryRecordKey = (entry: number | string): string => `e/${entry}`;
/** An entry under way. */
export const progressRecordKey = (entry: number): string => `q/${entry}`;
/** Never loaded to decide: how an entry ended, by its place in the plan. */
export const outcomeRecordKey = (at: number): string => `z/${at}`;
/** What was sent to a node. */
export const mailboxRecordKey = (node: string): string => `m/${node}`;
/** One message for a node. */
export const incomingRecordKey = (node: string, number: number): string => `l/${number}/${node}`;
/** A message from outside was taken. */
export const signalRecordKey = (id: string): string => `i/${id}`;
export const historyRecordKey = (slot: number): string => `h/${slot}`;
