// Which line of one text is which line of another: of a stale wiring, and of the one that the annotations give now.
//
// ALIGN-1. Lines that both texts have keep their order. A stretch that differs is matched line by line if it is as long
//          in both texts, else not at all: no answer is better than a wrong one.
//
// Patience diff, by B. Cohen: a line that each text has once holds its place, and what lies between is compared again.

/** Lines from the first of each text to the one before the last. */
interface Stretch {
  readonly from: readonly [start: number, end: number];
  readonly to: readonly [start: number, end: number];
}

type Pair = readonly [from: number, to: number];

/** Numbers of lines in `to` by those in `from`; both count from 0. */
export function alignLines(from: readonly string[], to: readonly string[]): ReadonlyMap<number, number> {
  const found = new Map<number, number>();
  const open: Stretch[] = [{ from: [0, from.length], to: [0, to.length] }];
  for (let stretch = open.pop(); stretch !== undefined; stretch = open.pop()) {
    let [[a, aEnd], [b, bEnd]] = [stretch.from, stretch.to];
    while (a < aEnd && b < bEnd && from[a] === to[b]) found.set(a++, b++);
    while (a < aEnd && b < bEnd && from[aEnd - 1] === to[bEnd - 1]) found.set(--aEnd, --bEnd);
    const anchors = inOrder(sharedOnce(from, to, { from: [a, aEnd], to: [b, bEnd] }));
    if (anchors.length === 0 && aEnd - a === bEnd - b) for (; a < aEnd; a++, b++) found.set(a, b);
    if (anchors.length === 0) continue;
    for (const [x, y] of anchors) {
      found.set(x, y);
      open.push({ from: [a, x], to: [b, y] });
      [a, b] = [x + 1, y + 1];
    }
    open.push({ from: [a, aEnd], to: [b, bEnd] });
  }
  return found;
}

/** Lines that both stretches have exactly once, in the order of the first. */
function sharedOnce(from: readonly string[], to: readonly string[], stretch: Stretch): Pair[] {
  const inTo = linesOnce(to, stretch.to);
  return [...linesOnce(from, stretch.from)].flatMap(([line, at]): Pair[] => {
    const other = inTo.get(line);
    return other === undefined ? [] : [[at, other]];
  });
}

function linesOnce(lines: readonly string[], [start, end]: Stretch['from']): Map<string, number> {
  const found = new Map<string, number>();
  const twice = new Set<string>();
  for (const [at, line] of lines.slice(start, end).entries()) {
    if (found.has(line)) twice.add(line);
    found.set(line, start + at);
  }
  for (const line of twice) found.delete(line);
  return found;
}

/** The longest part of the pairs whose second numbers rise too. */
function inOrder(pairs: readonly Pair[]): Pair[] {
  interface Link {
    readonly pair: Pair;
    readonly before: Link | undefined;
  }
  // The smallest end of a chain of each length.
  const ends: Link[] = [];
  for (const pair of pairs) {
    const at = ends.findIndex((link) => link.pair[1] >= pair[1]);
    const length = at < 0 ? ends.length : at;
    ends[length] = { pair, before: ends[length - 1] };
  }
  const chain: Pair[] = [];
  for (let link = ends.at(-1); link !== undefined; link = link.before) chain.push(link.pair);
  return chain.toReversed();
}
