// What failed and nobody has heard of, as lines of the log: the errors are read from the store for it.

import type { RunEvent } from '../../run/run-event.ts';
import type { Core } from '../engine.ts';
import { reportCallbackFailures, reportFailedRun } from '../unheard.ts';
import { chain } from './now-or-later.ts';
import type { StoreRun } from './store-run.ts';
import type { MaybePromise } from './store.ts';

/** Logs the failed run and the failed callbacks that are among the events. */
export function logFailures(run: StoreRun, events: readonly RunEvent[], core: Core): MaybePromise<void> {
  if (events.some((event) => event.type === 'run.ended' && event.status === 'failed')) reportFailedRun(run, core);
  if (!events.some(({ type }) => type === 'callback.failed')) return;
  const refs = events.flatMap((event) => ('error' in event ? [event.error] : []));
  return chain(run.payloads.loadAll(refs), (errors) =>
    reportCallbackFailures(events, run, core.app.log, (ref) => errors[refs.indexOf(ref)]),
  );
}
