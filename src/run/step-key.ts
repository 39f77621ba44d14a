// Step keys: the idempotency keys that bodies hand to payment providers and the like.
//
// STEP-KEY-1. A key starts with a letter and uses only `A–Z a–z 0–9 . _ ~ -`, for all ids and names.
// STEP-KEY-2. The parts are separated by `~`, and different parts give different keys: escaping is reversible.

const SAFE = /^[A-Za-z][A-Za-z0-9.-]*$/;
const FOREIGN = /[^A-Za-z0-9.-]/g; // by UTF-16 unit: a lone surrogate is a character too

/** `_` and four hex digits stand for each foreign character; `x__` goes before a part that does not start with a letter. */
function escapePart(part: string): string {
  if (SAFE.test(part)) return part;
  const escaped = part.replace(FOREIGN, (unit) => `_${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
  return /^[A-Za-z]/.test(escaped) ? escaped : `x__${escaped}`;
}

/** `runId~Service.method.round` */
export function stepKey(runId: string, node: string, round: number): string {
  return `${escapePart(runId)}~${escapePart(node)}.${round}`;
}

/** An item of an `each`: the key of its execution, and which item it is. */
export function itemKey(runId: string, node: string, round: number, item: number): string {
  return `${stepKey(runId, node, round)}.${item}`;
}

/** A child: the key of the step that spawned or called it, and what it was spawned or called as. */
export function childKey(parent: string, call: string): string {
  return `${parent}~${escapePart(call)}`;
}

/** A fraction in [-1, 1) that depends on nothing but the key and the number (FNV-1a, 32 bits). */
export function hashFraction(key: string, number: number): number {
  let hash = 0x811c9dc5 ^ number;
  for (let at = 0; at < key.length; at++) hash = Math.imul(hash ^ key.charCodeAt(at), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 15), 0x85ebca6b);
  return ((hash ^ (hash >>> 13)) >>> 0) / 0x80000000 - 1;
}
