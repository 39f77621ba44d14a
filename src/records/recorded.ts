// What a run that is over has kept of its steps, by their lineage: whose end made a step, over which edge, and as what.
//
// RECORDED-1. The numbers and rounds of steps depend on the order in which bodies returned. Their lineage does not.
// RECORDED-2. A step behind a join is the one that the same values have led to.
// RECORDED-3. A body that called a step which is run again is called again, too: it goes on from what that returns. The
//     other steps that it called are there. A body that only spawned such a step is not called again.

import type { CompiledGraph, Join } from '../graph/graph.ts';
import type { Ended } from '../run/restore.ts';
import type { Step } from '../run/step.ts';
import type { AttemptRecord, StepId } from '../run/step-data.ts';
import type { StepView } from '../run/view.ts';
import { isList, isRecord, type Json, type JsonRecord } from '../values/json.ts';
import { kindOf, readRecord, RECORDS, type RecordWrite } from './keys.ts';
import { instanceOf, readRedo, type Redo } from './redo.ts';
import { written } from './outbox.ts';
import { readEnd } from './step-record.ts';

type Records = ReadonlyMap<string, Json>;

/** A step that is over, with its place in the order of events. */
interface Kept extends Ended {
  readonly isChild: boolean;
  /** Where it is found. */
  readonly place: string | undefined;
  /** The record that it came from. */
  readonly json: JsonRecord;
}

/** What is to be found in records. */
export interface RecordedOptions {
  /** Steps that are run again although they completed. */
  readonly from: ReadonlySet<StepId>;
  /** The run goes on in the life that its records are of: a step that made another is named by its own number. */
  readonly isSameLife: boolean;
}

/** What has become of a step in this life. `open`: it has not come to its body, so its end may still be served. */
export type Fate = 'served' | 'open' | 'performed';

export class Recorded {
  readonly #byPlace = new Map<string, Kept>();
  readonly #byId = new Map<StepId, Kept>();
  readonly #children = new Map<StepId, Kept[]>();
  /** When the first callback was made that follows the body of a step. */
  readonly #followed = new Map<StepId, number>();
  /** Steps that have had start callbacks. */
  readonly #prepared = new Set<StepId>();
  /** Their bodies have called a step that is run again, and go on from what that returns then: RECORDED-3. */
  readonly #callers = new Set<StepId>();
  /** Their bodies have started a step that is run again. */
  readonly #starters = new Set<StepId>();
  readonly #options: RecordedOptions;

  constructor(graph: CompiledGraph, runId: string, records: Records, options: RecordedOptions) {
    this.#options = options;
    const attempts = attemptsIn(records);
    const found = [...recordsIn(runId, records, options)].toSorted(([a], [b]) => byMaking(a.id, b.id));
    const handled = new Map<StepId, string[]>();
    for (const [{ cause, via, startSeq, endSeq }] of found) {
      const moment = via === null ? undefined : momentOf(via);
      if (moment === 'start') this.#prepared.add(cause);
      if (moment !== 'error' && moment !== 'end') continue;
      const began = startSeq === 0 ? endSeq : startSeq;
      this.#followed.set(cause, Math.min(began, this.#followed.get(cause) ?? began));
      if (moment === 'error') handled.set(cause, [...(handled.get(cause) ?? []), via ?? '']);
    }
    for (const [view, json] of found) {
      const redo = readRedo(json);
      const place = joinPlaceOf(json) ?? placeOfKept(graph, records, view, redo);
      const own = attemptsOf(json) ?? attempts.get(view.id) ?? [];
      const kept: Kept = { ...keptOf(view, redo, { attempts: own, handled: handled.get(view.id) ?? [] }), place, json };
      this.#byId.set(view.id, kept);
      if (place !== undefined && !isBetter(this.#byPlace.get(place), kept)) this.#byPlace.set(place, kept);
      if (redo.call !== undefined) this.#children.set(view.cause, [...(this.#children.get(view.cause) ?? []), kept]);
    }
    this.#noteStarters();
  }

  #noteStarters(): void {
    for (const id of this.#options.from) {
      let kept = this.#byId.get(id);
      while (kept?.child !== undefined) {
        const { cause } = kept.view;
        this.#starters.add(cause);
        if (!kept.child.called) break;
        this.#callers.add(cause);
        kept = this.#byId.get(cause);
      }
    }
  }

  /** What is kept of the step, and of what it is made of. */
  find(step: Step, before: ReadonlyMap<StepId, Ended>, records: Records): Ended | undefined {
    const itself = this.#options.isSameLife ? step.cause : undefined;
    const place = placeOf(step, itself, { before, records });
    const kept = place === undefined ? undefined : this.#byPlace.get(place);
    return kept === undefined || this.#options.from.has(kept.view.id) ? undefined : kept;
  }

  /** Its message was built before. */
  wasPrepared({ view: { id, startSeq, message } }: Ended): boolean {
    return startSeq > 0 && (message !== undefined || this.#prepared.has(id));
  }

  /**
   * What may still be served later in this life, as records: what follows from nothing that is run again.
   *
   * @param before what was found of the steps of this life, by their numbers. @param fateOf what has become of each.
   */
  earlier(before: ReadonlyMap<StepId, Ended>, fateOf: (step: StepId, ended: Ended) => Fate): RecordWrite[] {
    const taken = new Set<StepId>();
    /** As whose end it is found. */
    const numbers = new Map<StepId, StepId>();
    /** Their bodies are called again, and start their children again. */
    const performed = new Map<StepId, StepId>();
    for (const [step, ended] of before) {
      const { id } = ended.view;
      const fate = fateOf(step, ended);
      if (fate !== 'open') taken.add(id);
      if (fate === 'served') numbers.set(id, step);
      else if (fate === 'performed') performed.set(id, step);
    }
    const left: RecordWrite[] = [];
    for (const kept of this.#byId.values()) {
      const { id, cause, owner } = kept.view;
      // What is run again is known in this decision only.
      if (taken.has(id) || this.#options.from.has(id) || this.#starters.has(id)) continue;
      if (kept.place === undefined) continue;
      const isRooted = /^(entry |root|join>)/.test(kept.place);
      const caller = kept.child === undefined ? undefined : performed.get(cause);
      const origin = numbers.get(cause) ?? caller ?? (this.#isOfThisLife(cause) ? cause : undefined);
      if (!isRooted && origin === undefined) continue;
      // Below all that counts up.
      const number = -left.length - 1;
      numbers.set(id, number);
      const around = owner === null ? undefined : numbers.get(owner);
      const { owner: _, ...others } = kept.json;
      const beside = { attempts: kept.attempts, ...(kept.place.startsWith('join>') && { join: kept.place }) };
      const json = {
        ...{ ...others, id: number, kept: beside },
        ...(origin !== undefined && { cause: origin }),
        ...(around !== undefined && { owner: around }),
      };
      left.push(written(RECORDS.earlier.key(number), json));
    }
    return left;
  }

  /** It was served when the run began again, or since. */
  #isOfThisLife(cause: StepId): boolean {
    return this.#options.isSameLife && cause > 0;
  }

  /** Its body need not be called: it has an end that counts. */
  isServed({ view, answer }: Ended, { node }: Step): boolean {
    if (this.#callers.has(view.id)) return false;
    if (this.#isOfCompleted(view)) return true;
    if (view.status === 'skipped') return view.code === 110;
    if (view.status !== 'completed') return false;
    // An array that nothing went over before has a length that only its value knows.
    return node.success.every(({ id, each }) => each === null || answer?.some(([edge]) => edge === id) !== false);
  }

  /** A child that failed and did not make the step around it fail: that is over, and so is the child. */
  #isOfCompleted({ id, owner, status }: StepView): boolean {
    if (this.#byId.get(id)?.isChild !== true || owner === null) return false;
    return (status === 'failed' || status === 'cancelled') && this.#byId.get(owner)?.view.status === 'completed';
  }

  /** The children that are there when its body ends, or is called again: then only those that need not run again. */
  childrenOf(ended: Ended, isServed: boolean): readonly Ended[] {
    const children = this.#children.get(ended.view.id) ?? [];
    // A body that is called starts those again that are to run again. One that is served does not.
    return isServed
      ? children
      : children.filter(({ view }) => view.status === 'completed' && !this.#options.from.has(view.id));
  }

  /** Its place in the order in which bodies returned. */
  orderOf({ view }: Ended): number {
    return Math.min(view.endSeq, (this.#followed.get(view.id) ?? Number.POSITIVE_INFINITY) - 0.5);
  }
}

/** The moment of an edge, as its id says. */
function momentOf(via: string): string | undefined {
  return via.split('>')[1];
}

/**
 * A step is made after the one that has led to it. Steps of earlier lives count down from -1, behind those of the life
 * that they are kept in.
 */
function byMaking(one: StepId, other: StepId): number {
  return one > 0 && other > 0 ? one - other : other - one;
}

/** Of two at one place: the one that completed, or else the one that was made last. */
function isBetter(known: Kept | undefined, other: Kept): boolean {
  return known?.view.status === 'completed' && other.view.status !== 'completed';
}

/** Of the same life, what has ended in it is over: only what came before it is still to be served. */
function* recordsIn(
  runId: string,
  records: Records,
  { isSameLife }: RecordedOptions,
): Generator<readonly [StepView, JsonRecord]> {
  for (const [key, json] of records) {
    const kind = kindOf(key);
    if (kind !== RECORDS.earlier && (isSameLife || kind !== RECORDS.history)) continue;
    const view = readEnd(runId, json);
    if (view !== undefined && isRecord(json)) yield [view, json];
  }
}

/** Those of an earlier life stand in its own record. */
function attemptsOf({ kept }: JsonRecord): readonly AttemptRecord[] | undefined {
  if (!isRecord(kept)) return undefined;
  return readRecord<readonly AttemptRecord[]>(kept['attempts']) ?? [];
}

/** What has arrived at joins is of the life that it ended in. */
function joinPlaceOf({ kept }: JsonRecord): string | undefined {
  return isRecord(kept) && typeof kept['join'] === 'string' ? kept['join'] : undefined;
}

function attemptsIn(records: Records): ReadonlyMap<StepId, readonly AttemptRecord[]> {
  const found = new Map<StepId, AttemptRecord[]>();
  for (const [key, json] of records) {
    const record = kindOf(key) === RECORDS.attempt ? readRecord<AttemptRecord>(json) : undefined;
    if (record === undefined) continue;
    const [step] = RECORDS.attempt.parse(key);
    found.set(
      step,
      [...(found.get(step) ?? []), record].toSorted((a, b) => a.number - b.number),
    );
  }
  return found;
}

function keptOf(
  view: StepView,
  redo: Redo,
  { attempts, handled }: { readonly attempts: readonly AttemptRecord[]; readonly handled: readonly string[] },
): Omit<Kept, 'place' | 'json'> {
  const { answer, effects, sent, call, asked, start, isChild } = redo;
  const isStarted = call !== undefined && asked !== undefined;
  const child = isStarted ? { ...asked, call, message: view.message ?? start ?? undefined } : undefined;
  return { view, attempts, handled, answer, effects, sent, child, isChild: isChild === true };
}

function placeOfKept(graph: CompiledGraph, records: Records, view: StepView, redo: Redo): string | undefined {
  const { entry, via, cause, item } = view;
  if (entry >= 0) return `entry ${entry}`;
  const join = via === null ? undefined : graph.edgeOf.get(via)?.join;
  if (join) return redo.instance === undefined ? undefined : joinPlace(join, redo.instance, records);
  if (cause === 0) return via === null ? 'root' : undefined;
  if (redo.call !== undefined) return `${cause} calls ${redo.call}`;
  return `${cause} ${via} ${item}`;
}

/** Callbacks of runs have none: they follow the end of the run, which is to come again. */
function placeOf(
  step: Step,
  itself: StepId | undefined,
  { before, records }: { readonly before: ReadonlyMap<StepId, Ended>; readonly records: Records },
): string | undefined {
  const { via, extras, cause, item } = step;
  if (extras !== null && extras.entry !== null) return `entry ${extras.entry.at}`;
  if (via !== null && via.join !== null) {
    const instance = instanceOf(step);
    return instance === undefined ? undefined : joinPlace(via.join, instance, records);
  }
  if (cause === 0) return via === null ? 'root' : undefined;
  const origin = before.get(cause)?.view.id ?? itself;
  if (origin === undefined) return undefined;
  if (extras !== null && extras.call !== null) return `${origin} calls ${extras.call}`;
  return `${origin} ${via?.id ?? null} ${item}`;
}

/** RECORDED-2. Values are told apart by their names: each attempt, and each life of the run, has its own. */
function joinPlace(join: Join, instance: number, records: Records): string {
  const arrivals = join.sources.map((_, source) => records.get(RECORDS.arrival.key(join.id, source, instance)));
  return `${join.id} ${JSON.stringify(arrivals.map((ref) => (ref === undefined ? null : namesIn(ref, records))))}`;
}

/** The values of items have names of their own, wherever they are collected. */
function namesIn(ref: Json, records: Records): Json {
  if (isList(ref)) return ref.map((one) => namesIn(one, records));
  if (!isRecord(ref)) return ref;
  const { items, size } = ref;
  if (typeof items !== 'string' || typeof size !== 'number') return ref;
  return Array.from({ length: size }, (_, at) => records.get(RECORDS.item.key(`${items}${at}`)) ?? `${items}${at}`);
}
