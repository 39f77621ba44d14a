// "Did you mean …": the known name nearest to a misspelt one. Used at build and at run time.
//
// NEAREST-NAME-1. A name is offered only if it is near: a third of the misspelt one at most differs, two letters of a short one.
// NEAREST-NAME-2. Case does not count.

/** `did you mean Billing.charge?`, the name as `show` writes it; undefined if no known name is near. */
export function didYouMean(
  name: string,
  known: Iterable<string>,
  show: (name: string) => string = (near) => near,
): string | undefined {
  const nearest = nearestName(name, known);
  return nearest === undefined ? undefined : `did you mean ${show(nearest)}?`;
}

/** A text is read by people: of many names it has the first ones. */
const MOST_LISTED = 20;

/** Known names for a text, where none of them is near. */
export function listed(names: readonly string[]): string {
  const more = names.length - MOST_LISTED;
  return more <= 0 ? names.join(', ') : `${names.slice(0, MOST_LISTED).join(', ')} and ${more} more`;
}

/** The known name with the fewest edits; undefined if none is near. */
export function nearestName(name: string, known: Iterable<string>): string | undefined {
  let best: string | undefined;
  let fewest = Math.max(2, Math.floor(name.length / 3)) + 1;
  for (const candidate of known) {
    if (Math.abs(candidate.length - name.length) >= fewest) continue;
    const edits = editDistance(name.toLowerCase(), candidate.toLowerCase());
    if (edits < fewest) [best, fewest] = [candidate, edits];
  }
  return best;
}

/** Levenshtein's distance by rows. */
function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, at) => at);
  for (let i = 1; i <= from.length; i++) {
    const next = [i];
    for (let j = 1; j <= to.length; j++) {
      const replaced = (row[j - 1] ?? 0) + (from[i - 1] === to[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[to.length] ?? 0;
}
