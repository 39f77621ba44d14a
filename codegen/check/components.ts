// Circles in a graph: its strongly connected components, and the shortest way around one of them.
//
// Components by R. Tarjan, "Depth-first search and linear graph algorithms", 1972; with a stack of its own, because a
// chain of callbacks may be longer than the stack of the program allows.

type Next<N> = (node: N) => readonly N[];

/** How far the search has come with one node. */
interface Visit<N> {
  readonly node: N;
  readonly next: readonly N[];
  at: number;
  readonly index: number;
  low: number;
}

/** Every component that has a circle, with its nodes in the given order. */
export function circles<N>(nodes: readonly N[], next: Next<N>): N[][] {
  const place = new Map(nodes.map((node, at) => [node, at]));
  const found = components(nodes, next).filter(
    ([first, second]) => first !== undefined && (second !== undefined || next(first).includes(first)),
  );
  return found.map((component) => component.toSorted((a, b) => (place.get(a) ?? 0) - (place.get(b) ?? 0)));
}

function components<N>(nodes: readonly N[], next: Next<N>): N[][] {
  const walk = new Walk(next);
  for (const node of nodes) walk.from(node);
  return walk.found;
}

class Walk<N> {
  readonly found: N[][] = [];
  readonly #next: Next<N>;
  readonly #visits = new Map<N, Visit<N>>();
  /** Visited, and not in a component yet. */
  readonly #open: N[] = [];
  readonly #isOpen = new Set<N>();

  constructor(next: Next<N>) {
    this.#next = next;
  }

  from(start: N): void {
    if (this.#visits.has(start)) return;
    const path = [this.#enter(start)];
    for (let visit = path.at(-1); visit !== undefined; visit = path.at(-1)) {
      const child = visit.next[visit.at++];
      if (child === undefined) {
        path.pop();
        this.#leave(visit, path.at(-1));
        continue;
      }
      const known = this.#visits.get(child);
      if (known === undefined) path.push(this.#enter(child));
      else if (this.#isOpen.has(child)) visit.low = Math.min(visit.low, known.index);
    }
  }

  #enter(node: N): Visit<N> {
    const index = this.#visits.size;
    const visit = { node, next: this.#next(node), at: 0, index, low: index };
    this.#visits.set(node, visit);
    this.#open.push(node);
    this.#isOpen.add(node);
    return visit;
  }

  #leave({ node, index, low }: Visit<N>, parent: Visit<N> | undefined): void {
    if (parent !== undefined) parent.low = Math.min(parent.low, low);
    if (low < index) return;
    const component = this.#open.splice(this.#open.lastIndexOf(node));
    for (const member of component) this.#isOpen.delete(member);
    this.found.push(component);
  }
}

/** The nodes from one to another, with both; from a node to itself, once around. Undefined without a way. */
export function shortestWay<N>(from: N, to: N, next: Next<N>): N[] | undefined {
  const before = new Map<N, N>();
  const queue = [from];
  for (let node = queue[0], at = 0; node !== undefined; node = queue[++at]) {
    for (const child of next(node)) {
      if (child === to) return [...wayTo(node, from, before), to];
      if (child === from || before.has(child)) continue;
      before.set(child, node);
      queue.push(child);
    }
  }
  return undefined;
}

function wayTo<N>(end: N, start: N, before: ReadonlyMap<N, N>): N[] {
  const way = [end];
  for (let node = end; node !== start;) {
    const last = before.get(node);
    if (last === undefined) break;
    way.push(last);
    node = last;
  }
  return way.toReversed();
}
