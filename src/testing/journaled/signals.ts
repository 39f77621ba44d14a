// What is done to the runs of the journaled engine from outside: each is an event.

import type { CompiledGraph } from '../../graph/graph.ts';
import type { Added, Signalled, Signals } from '../../engines/engine.ts';
import { addressIn, type Decision } from '../../records/decide.ts';
import type { Event } from '../../run/event.ts';
import { keptEntries } from '../../records/payloads.ts';
import type { IncomingMessage } from '../../run/inbox.ts';
import { addedLanes, type Entry } from '../../run/plan.ts';
import { keeperOf, type Texts } from './payloads.ts';
import type { JournaledRun } from './run.ts';

/** Applies an event, and carries out what follows. */
type Apply = (run: JournaledRun, event: Event, texts: Texts) => Decision;

const NO_TEXTS: Texts = new Map();

export class JournaledSignals implements Signals<JournaledRun> {
  readonly #graph: () => CompiledGraph;
  readonly #apply: Apply;

  constructor(graph: () => CompiledGraph, apply: Apply) {
    this.#graph = graph;
    this.#apply = apply;
  }

  cancel(run: JournaledRun, reason: string | undefined): Signalled {
    return this.#signal(run, { type: 'cancel', ...(reason !== undefined && { reason }) });
  }

  cancelStep(run: JournaledRun, which: number | string, reason: string | undefined): Signalled | 'unknown' {
    const at = addressIn(this.#graph(), run.id, run.liveRecords(), which);
    if (at === undefined) return run.knows(which) ? 'over' : 'unknown';
    return this.#signal(run, { type: 'stepCancelled', at, ...(reason !== undefined && { reason }) });
  }

  suspend(run: JournaledRun): Signalled | 'refused' {
    if (run.isDecided) return 'over';
    return run.canBeSuspended ? this.#signal(run, { type: 'suspend' }) : 'refused';
  }

  resume(run: JournaledRun): Signalled {
    return run.isOpen && run.isDecided ? 'duplicate' : this.#signal(run, { type: 'resume' });
  }

  add(run: JournaledRun, entries: readonly Entry[]): Added {
    const { first, why } = run.roomFor(entries.length);
    if (why !== undefined) return why;
    const texts = new Map<string, string>();
    const linked = addedLanes(entries, first);
    const kept = keptEntries(linked, first, keeperOf(run.id, texts));
    return this.#signal(run, { type: 'added', first, entries: kept }, texts);
  }

  closePlan(run: JournaledRun): Signalled {
    return this.#signal(run, { type: 'closed' });
  }

  send(run: JournaledRun, node: string, { id, message }: IncomingMessage): Signalled {
    const fate = run.fateOf(id);
    if (fate !== 'taken') return fate;
    const texts = new Map<string, string>();
    const kept = message === undefined ? undefined : keeperOf(run.id, texts)(`signal.${id}`, message);
    return this.#signal(run, { type: 'message', node, id, message: kept }, texts);
  }

  #signal(run: JournaledRun, event: Event, texts: Texts = NO_TEXTS): Signalled {
    if (run.isDecided) return 'over';
    const { outcome } = this.#apply(run, event, texts);
    return outcome === 'applied' ? 'applied' : 'duplicate';
  }
}
