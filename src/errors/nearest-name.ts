// "Did you mean …": the known name nearest to a misspelt one.

/** The name with the fewest edits, if a third of it at most differs. Used at build and at run time. */
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

/** "did you mean `charge`?" with the name as `write` gives it; `otherwise` if no name is near. */
export function didYouMean(
  name: string,
  known: Iterable<string>,
  otherwise: string,
  write: (nearest: string) => string = (nearest) => `\`${nearest}\``,
): string {
  const nearest = nearestName(name, known);
  return nearest === undefined ? otherwise : `did you mean ${write(nearest)}?`;
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
