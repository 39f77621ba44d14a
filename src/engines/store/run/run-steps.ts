// The steps of a stored run, as they are read: live ones from the records of the run, finished ones from its history.

import type { EdgeFault, AttemptRecord, StepId } from '../../../run/step-data.ts';
import type { CompiledGraph } from '../../../graph/graph.ts';
import { RECORDS, RUN_KEY, SETTINGS_KEY } from '../../../records/keys.ts';
import { hydrate } from '../../../records/records.ts';
import { readEnd, readStepRecord } from '../../../records/step-record.ts';
import { failedStepsOf, replay, type RunEvent } from '../../../run/run-event.ts';
import {
  lastSlots,
  summariseRun,
  viewStep,
  type EntryView,
  type HeldBy,
  type RunSnapshot,
  type StepView,
} from '../../../run/view.ts';
import { onRecordsOf, readJson } from './damage.ts';
import { all, caught, chain } from '../now-or-later.ts';
import type { Payloads } from './payloads.ts';
import { Records } from './record-text.ts';
import { attemptsByStep, keptOf, type RunRecords } from './run-records.ts';
import type { MaybePromise, Store } from '../store.ts';

/** Where the steps of runs are found. */
export interface StepsPlace {
  readonly graph: CompiledGraph;
  readonly store: Store;
  /** Which steps of a run do not begin yet. @param life how often the run has begun. */
  readonly held?: (run: RunSnapshot, life: number) => MaybePromise<ReadonlyMap<StepId, HeldBy>>;
}

interface RunStepsPlace extends StepsPlace {
  /** Of the run. */
  readonly id: string;
  readonly records: RunRecords;
  readonly payloads: Payloads;
}

export class RunSteps {
  readonly #place: RunStepsPlace;

  constructor(place: RunStepsPlace) {
    this.#place = place;
  }

  /** A run with what holds its steps. */
  withHeld(run: RunSnapshot, life = 1): MaybePromise<RunSnapshot> {
    const { held = () => new Map<StepId, HeldBy>() } = this.#place;
    return run.live === 0 ? run : chain(held(run, life), (known) => ({ ...run, held: known }));
  }

  /** All of them, with their values. */
  all(): MaybePromise<StepView[]> {
    return chain(keptOf(this.#place.store, this.#place.id, [`${RECORDS.attempt.letter}/`]), ([attempts = []]) =>
      chain(this.in([`${RECORDS.history.letter}/`]), (steps) => {
        const byStep = attemptsByStep(this.#place.id, attempts);
        return all(steps.map((step) => this.#filled(step, byStep.get(step.id) ?? [])));
      }),
    );
  }

  /** A live one: as it is known, or read, where what was known was dropped. Undefined also if it cannot be read. */
  live(step: StepId): MaybePromise<StepView | undefined> {
    return caught(
      () => this.#live(step),
      () => undefined,
    );
  }

  #live(step: StepId): MaybePromise<StepView | undefined> {
    const { id, graph, records } = this.#place;
    const key = RECORDS.step.key(step);
    return chain(records.load([SETTINGS_KEY, RUN_KEY, key]), (texts) => {
      const around = readStepRecord(texts.get(key)?.json)?.around ?? [];
      return chain(records.load(around.map((at) => RECORDS.step.key(at))), (outer) => {
        const found = hydrate(graph, id, new Records(new Map([...outer, ...texts])))?.steps.get(step);
        return found === undefined ? undefined : viewStep(found);
      });
    });
  }

  /** Those that a list tells of: with the nodes that were run all of them, otherwise those that failed, with their errors. */
  detailed(withNodes: boolean, hasFailed: boolean): MaybePromise<StepView[]> {
    // Failed steps have slots of their own, below zero.
    const failed = hasFailed ? [`${RECORDS.history.letter}/-`] : [];
    return chain(this.in(withNodes ? [`${RECORDS.history.letter}/`] : failed), (steps) =>
      all(
        steps.map((step) =>
          step.status === 'failed'
            ? chain(this.#place.payloads.load(step.value), (value) => ({ ...step, value }))
            : step,
        ),
      ),
    );
  }

  /** Live steps and those of some parts of the history, with references in the place of values. */
  in(prefixes: readonly string[]): MaybePromise<StepView[]> {
    const { id, graph, store } = this.#place;
    // What ends while this is read is in both: it is not missed.
    return chain(this.#place.records.live(), (known) => {
      const texts = new Map(known);
      return chain(keptOf(store, id, prefixes), (history) => {
        const finished = history.flat().flatMap(([key, text]) => readEnd(id, readJson(text, id, key)) ?? []);
        const ended = new Set(finished.map(({ id: step }) => step));
        const live = onRecordsOf(id, () => hydrate(graph, id, new Records(texts)))?.steps.values() ?? [];
        const others = [...live].filter((step) => !ended.has(step.id)).map(viewStep);
        return [...finished, ...others].sort((a, b) => a.id - b.id);
      });
    });
  }

  /**
   * The events behind a number, with a `gap` where events are gone. The reads grow with their count and that of the live
   * steps, not with the length of the run.
   */
  eventsSince(seq: number): MaybePromise<RunEvent[]> {
    const { id, graph, store, records } = this.#place;
    return chain(records.live(), (texts) => {
      const loaded = onRecordsOf(id, () => hydrate(graph, id, new Records(texts)));
      if (loaded === undefined) return [];
      const summary = summariseRun(loaded.run);
      // Each end, and each failed attempt, has a number of its own.
      const most = Math.max(0, summary.seq - seq);
      const slots = lastSlots(summary.counts, loaded.history, most);
      const ends = store.load(
        id,
        slots.map((slot) => RECORDS.history.key(slot)),
      );
      return chain(ends, (kept) => {
        const finished = [...kept.records].flatMap(([key, text]) => readEnd(id, readJson(text, id, key)) ?? []);
        // A slot of a bounded history is used again: by a step, perhaps, that was live when the others were read.
        if (finished.some(({ endSeq }) => endSeq > summary.seq)) {
          records.met([], kept);
          return this.eventsSince(seq);
        }
        const steps = [...finished, ...[...loaded.steps.values()].map(viewStep)];
        return chain(this.#withLastAttempts(steps, most), (whole) => {
          const events = replay(summary, whole).filter((event) => event.seq > seq);
          return all(events.map((event) => this.filled(event)));
        });
      });
    });
  }

  #withLastAttempts(steps: readonly StepView[], most: number): MaybePromise<readonly StepView[]> {
    const { id, store } = this.#place;
    const keys = steps.flatMap(({ id: step, attempt }) =>
      Array.from({ length: Math.min(most, attempt - 1) }, (_, at) => RECORDS.attempt.key(step, attempt - 1 - at)),
    );
    if (keys.length === 0) return steps;
    return chain(store.load(id, keys), ({ records }) => {
      const byStep = attemptsByStep(id, [...records]);
      return steps.map((step) => ({ ...step, attempts: byStep.get(step.id) ?? [] }));
    });
  }

  /** Its attempts are records of their own. */
  #filled(step: StepView, attempts: readonly AttemptRecord[]): MaybePromise<StepView> {
    const { message, value, watchedError, recoveredFrom, faults } = step;
    const refs = [message, value, watchedError, recoveredFrom, ...[...attempts, ...faults].map(({ error }) => error)];
    // The view was made for this reading: a copy of so many members costs more than all the rest.
    return chain(this.#place.payloads.loadAll(refs), ([ofMessage, ofValue, ofWatched, ofRecovered, ...errors]) =>
      Object.assign(step, {
        message: ofMessage,
        value: ofValue,
        watchedError: ofWatched,
        recoveredFrom: ofRecovered,
        attempts: attempts.map((attempt, at) => ({ ...attempt, error: errors[at] })),
        faults: faults.map(({ edge }, at): EdgeFault => ({ edge, error: errors[attempts.length + at] })),
      }),
    );
  }

  /** How the entries of its plan ended, as far as they are over; in the order of the plan. */
  entries(): MaybePromise<readonly EntryView[]> {
    return chain(keptOf(this.#place.store, this.#place.id, [`${RECORDS.outcome.letter}/`]), ([outcomes = []]) => {
      const found = outcomes.map(([key, text]): EntryView => readJson(text, this.#place.id, key));
      return all(found.sort((a, b) => a.at - b.at).map((outcome) => this.#filledOutcome(outcome)));
    });
  }

  /** The same of one entry, by its place in the plan. */
  outcomeOf(at: number): MaybePromise<EntryView | undefined> {
    const key = RECORDS.outcome.key(at);
    return chain(this.#place.store.load(this.#place.id, [key]), ({ records }) => {
      const text = records.get(key);
      return text === undefined ? undefined : this.#filledOutcome(readJson(text, this.#place.id, key));
    });
  }

  /** The same event with values instead of references. */
  filled(event: RunEvent): MaybePromise<RunEvent> {
    const fields = PAYLOADS.filter((field) => field in event);
    const refs = fields.map((field): unknown => Reflect.get(event, field));
    const filled = chain(this.#place.payloads.loadAll(refs), (values): RunEvent => ({
      ...event,
      ...Object.fromEntries(fields.map((field, at) => [field, values[at]])),
    }));
    if (event.type !== 'run.ended') return filled;
    return chain(filled, (ended) => chain(this.all(), (steps) => ({ ...ended, failures: failedStepsOf(steps) })));
  }

  #filledOutcome(outcome: EntryView): MaybePromise<EntryView> {
    return chain(this.#place.payloads.load(outcome.value), (value) => ({ ...outcome, value }));
  }
}

/** What of an event is a reference. */
const PAYLOADS = ['message', 'value', 'error', 'recoveredFrom'] as const;
