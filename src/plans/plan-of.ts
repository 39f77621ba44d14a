// A draft with what its start gives it, as the core takes plans.

import { inLanes, type Plan } from '../run/plan.ts';
import type { BuildMessage, Draft, GivenAtStart } from './draft.ts';

/** @throws {OnwardError} ONW2001 to ONW2010 if a message does not fit. */
export async function planOf(draft: Draft, given: GivenAtStart, build: BuildMessage): Promise<Plan> {
  const lanes = await draft.lanes(given, build);
  const { name, onSuccess, onFailure } = draft;
  const flow = await draft.flow(given);
  const callbacks = [onSuccess, onFailure].flatMap((signed) => (signed === undefined ? [] : [signed.node]));
  return {
    name,
    entries: inLanes(lanes),
    flow: callbacks.length === 0 ? flow : { ...flow, callbacks },
    ...(onSuccess !== undefined && { onSuccess }),
    ...(onFailure !== undefined && { onFailure }),
  };
}
