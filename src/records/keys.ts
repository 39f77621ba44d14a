// The records of a run by their keys: which kinds there are, and which records an event needs.
//
// KEYS-1. A key says what its record holds: `RECORDS` is the one table of the kinds, with their keys both ways.
// KEYS-2. What an event needs is known from the event and the graph, before anything is loaded. The number of those
//     records depends on the graph and on how deep steps are nested, never on the run's length.

import { nodeNamed } from '../graph/compile.ts';
import type { CompiledGraph, Edge, GraphNode } from '../graph/graph.ts';
import type { Event, Signal, StepAddress, StepEvent, StepPlace, WonRace } from '../run/event.ts';
import type { Json } from '../values/json.ts';

type Parts = readonly (string | number)[];

/** How records of a kind are treated. */
interface Treatment {
  /** They are needed to find out what of a run was not dispatched. */
  readonly isLive?: true;
  /** They are deleted when what they describe is over. */
  readonly isTemporary?: true;
  /** They are written once, for readers and tasks: nothing is decided by them, and null is a value. */
  readonly isWrittenOnly?: true;
}

/** One kind of record. A key is the letter of its kind, then the parts that identify the record. */
export interface RecordKind<P extends Parts> extends Treatment {
  readonly letter: string;
  key(...parts: P): string;
  /** The parts of a key of this kind. */
  parse(key: string): P;
}

function kind<P extends Parts>(letter: string, parse: (parts: string) => P, treatment: Treatment = {}): RecordKind<P> {
  return {
    letter,
    ...treatment,
    // Asked for with every event: the usual number of parts is written out.
    key: (...parts) => (parts.length === 1 ? `${letter}/${String(parts[0])}` : [letter, ...parts].join('/')),
    parse: (key) => parse(key.slice(letter.length + 1)),
  };
}

/** So many numbers have their key made once: most runs have few steps, and each is asked for many times. */
const MOST_KNOWN = 1_000;

/** The same for records that a number identifies. */
function numbered(letter: string, treatment: Treatment): RecordKind<[number]> {
  const known: string[] = [];
  const key = (at: number): string => {
    if (!(at >= 0 && at < MOST_KNOWN)) return `${letter}/${at}`;
    // Without holes, whichever is asked for first.
    while (known.length <= at) known.push(`${letter}/${known.length}`);
    return known[at] ?? '';
  };
  return { ...kind(letter, number, treatment), key };
}

const nothing = (): [] => [];
const number = (parts: string): [number] => [Number(parts)];
const text = (parts: string): [string] => [parts];
const numberAndText = (parts: string): [number, string] => {
  const end = parts.indexOf('/');
  return [Number(parts.slice(0, end)), parts.slice(end + 1)];
};
const numbers = (parts: string): [number, number] => {
  const [first, second] = numberAndText(parts);
  return [first, Number(second)];
};

const LIVE = { isLive: true, isTemporary: true } as const;
const WRITTEN_ONLY = { isWrittenOnly: true } as const;

export const RECORDS = {
  /** What of a run changes. */
  run: kind('r', nothing, { isLive: true }),
  /** What a run was started with. */
  settings: kind('o', nothing, { isLive: true }),
  state: kind('x', nothing),
  /** A live step, by its number. */
  step: numbered('s', LIVE),
  /** An `each` in progress, by the step that returned the array and the edge. */
  group: kind('g', text, LIVE),
  /** An entry under way, by its number. */
  progress: kind('q', number, LIVE),
  /** How many messages were sent to a node and taken, by the node. */
  mailbox: kind('m', text, { isLive: true }),
  /** Which job of a queue goes on with a live step, by the step's number: of a store that several processes write to. */
  holder: kind('k', number, { isLive: true }),
  /** An entry of the plan, by its number, or the plan's `onSuccess` or `onFailure`. It stays: the run may be begun again. */
  entry: kind<[string | number]>('e', text),
  /** One message that no step has taken, by its number and its node. */
  incoming: kind('l', numberAndText, { isTemporary: true }),
  /** A message from outside was taken, by its id: its fingerprint, or true where its id was made up. */
  signal: kind('i', text),
  /** How often a node was executed, by the node. */
  round: kind('n', text),
  /** What has arrived at a join, by the join. */
  join: kind('j', text, { isLive: true }),
  /** A child, by the step that started it and the key it was started under. */
  call: kind('c', numberAndText),
  /** A failed attempt, by its step and its number. */
  attempt: kind('a', numbers, WRITTEN_ONLY),
  /** A value that arrived at a join, by the join, the source and its number there. */
  arrival: kind<[string, number, number]>('v', arrivalParts, WRITTEN_ONLY),
  /** The value of an item that is kept under another name, by the name that items have. */
  item: kind('w', text, WRITTEN_ONLY),
  /** How an entry ended, by its place in the plan. */
  outcome: kind('z', number, WRITTEN_ONLY),
  /** A finished step, by its slot in the history. */
  history: kind('h', number, WRITTEN_ONLY),
  /** A finished step of an earlier life of the run whose turn has not come in this one, by a number. */
  earlier: kind('d', number, WRITTEN_ONLY),
} as const;

function arrivalParts(parts: string): [string, number, number] {
  const [join = '', source, arrived] = /^(.*)\/(\d+)\/(\d+)$/s.exec(parts)?.slice(1) ?? [];
  return [join, Number(source), Number(arrived)];
}

type AnyKind = (typeof RECORDS)[keyof typeof RECORDS];

const BY_LETTER: ReadonlyMap<string, AnyKind> = new Map(Object.values(RECORDS).map((each) => [each.letter, each]));

/** The kind of the record with this key. */
export function kindOf(key: string): AnyKind | undefined {
  return BY_LETTER.get(key.charAt(0));
}

/** Whether a record belongs to what is live: all that is needed to find what was not dispatched. */
export function isLiveRecord(key: string): boolean {
  return kindOf(key)?.isLive === true;
}

/** Where a store keeps a record, by who reads it. */
export type Area = (typeof AREAS)[number];
export const AREAS = ['live', 'lookup', 'kept'] as const;

/**
 * `live`: all that is needed to find what was not dispatched, small as long as little is live. `lookup`: what events ask
 * for by key. `kept`: written for readers, never to decide.
 */
export function areaOf(key: string): Area {
  if (isLiveRecord(key)) return 'live';
  return kindOf(key)?.isWrittenOnly === true ? 'kept' : 'lookup';
}

/** What is to be written: a record as data and as text; the text is null if the record is to be removed. */
export type RecordWrite = readonly [key: string, value: Json | null, text: string | null];

/** The border to the store: a record that we wrote is of the type that we wrote. */
export function readRecord<T>(json: Json | undefined): T | undefined {
  return json === undefined || json === null ? undefined : (json as T);
}

export const RUN_KEY = RECORDS.run.key();
export const SETTINGS_KEY = RECORDS.settings.key();
export const STATE_KEY = RECORDS.state.key();

/** The records that an event needs, or a signal ahead of it. */
export function keysOf(graph: CompiledGraph, event: Event | Signal): readonly string[] {
  if (event.type === 'redelivered' || event.type === 'survived') return [RUN_KEY, RECORDS.step.key(event.at.step)];
  const keys = [SETTINGS_KEY, RUN_KEY];
  if ('at' in event) addKeysOfStep(keys, graph, event);
  else if (event.type === 'idle') keys.push(...keysAtRest(graph, event.callbacks));
  else if (event.type === 'turn') keys.push(...keysOfTurn(graph, event));
  else if (event.type === 'raced') keys.push(...keysOfRaces(graph, event.races));
  else if (event.type === 'message') keys.push(RECORDS.mailbox.key(event.node), RECORDS.signal.key(event.id));
  return [...new Set(keys)];
}

function* keysOfRaces(graph: CompiledGraph, races: readonly WonRace[]): Generator<string> {
  for (const { join, losers } of races) {
    yield RECORDS.join.key(join);
    const keys: string[] = [];
    for (const loser of losers) addKeysOfPlaces(keys, graph, loser);
    yield* keys;
  }
}

/** Most events are those of steps: their keys are put down without a generator. */
function addKeysOfStep(keys: string[], graph: CompiledGraph, event: StepEvent): void {
  addKeysOfPlaces(keys, graph, event.at);
  // One that has a condition is counted once that holds.
  if (event.type === 'prepared') keys.push(RECORDS.round.key(event.at.node));
  if (event.type === 'completed' && (event.effects?.state.length ?? 0) > 0) keys.push(STATE_KEY);
  if (event.type === 'delivered') keys.push(RECORDS.incoming.key(event.number, event.at.node));
  if (event.type === 'spawned') {
    keys.push(RECORDS.call.key(event.at.step, event.start.call));
    keys.push(...keysOfNode(nodeNamed(graph, event.start.node)));
  }
}

/** A step with the steps around it, and what their ends lead to. */
function addKeysOfPlaces(keys: string[], graph: CompiledGraph, at: StepAddress): void {
  addKeysOfPlace(keys, graph, at, at.around[0]);
  for (const [depth, place] of at.around.entries()) addKeysOfPlace(keys, graph, place, at.around[depth + 1]);
}

function addKeysOfPlace(keys: string[], graph: CompiledGraph, place: StepPlace, owner: StepPlace | undefined): void {
  const node = nodeNamed(graph, place.node);
  keys.push(RECORDS.step.key(place.step), ...keysAround(node));
  if (place.progress !== undefined) keys.push(RECORDS.progress.key(place.progress));
  for (const name of place.callbacks ?? []) keys.push(...keysOfNode(nodeNamed(graph, name)));
  if (place.group !== undefined) keys.push(RECORDS.group.key(place.group), RECORDS.round.key(node.name));
  if (place.call !== undefined && owner !== undefined) keys.push(RECORDS.call.key(owner.step, place.call));
}

const AROUND = new WeakMap<GraphNode, readonly string[]>();

/** The node's own mailbox, and what its edges lead to: the same for each of its events. */
function keysAround(node: GraphNode): readonly string[] {
  const known = AROUND.get(node);
  if (known !== undefined) return known;
  const mailbox = node.waits ? [RECORDS.mailbox.key(node.name)] : [];
  const keys = [...new Set([...mailbox, ...keysOfEdges(node)])];
  AROUND.set(node, keys);
  return keys;
}

/** What a node's edges lead to. */
function* keysOfEdges({ start, success, error, end, cancel }: GraphNode): Generator<string> {
  for (const edges of [start, success, error, end, cancel]) for (const edge of edges) yield* keysBehind(edge);
}

function* keysBehind({ to, arrival, each }: Edge): Generator<string> {
  if (arrival !== null) yield RECORDS.join.key(arrival.join.id);
  yield* keysOfNode(to);
  // An empty array completes at once: its joins get their value with the event that brought the array.
  if (each !== null) for (const next of to.success) if (next.arrival !== null) yield* keysBehind(next);
}

/** What a step of a node is made with. Of a plan any node may run any number of times. */
function* keysOfNode({ name, waits }: GraphNode): Generator<string> {
  yield RECORDS.round.key(name);
  if (waits) yield RECORDS.mailbox.key(name);
}

function* keysOfTurn(graph: CompiledGraph, { turn, after }: Extract<Event, { type: 'turn' }>): Generator<string> {
  yield RECORDS.entry.key(turn.entry);
  // The lane behind it may have been added later.
  yield RECORDS.entry.key(turn.entry + 1);
  if (after !== null) yield RECORDS.progress.key(after);
  yield* keysOfNode(nodeNamed(graph, turn.node));
}

function* keysAtRest(graph: CompiledGraph, callbacks: readonly string[] = []): Generator<string> {
  const { joins, runEdges } = graph;
  for (const { id, edge } of joins) {
    yield RECORDS.join.key(id);
    yield* keysOfNode(edge.to);
  }
  for (const edge of runEdges) yield* keysBehind(edge);
  if (callbacks.length === 0) return;
  yield RECORDS.entry.key('onSuccess');
  yield RECORDS.entry.key('onFailure');
  for (const name of callbacks) yield* keysOfNode(nodeNamed(graph, name));
}
