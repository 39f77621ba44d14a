// Random graphs, gone through step by step: what is reported about loops and joins is what happens.

import fc from 'fast-check';
import { expect, it } from 'vitest';
import { linesOf } from './whole-graph-project.ts';

const MAX_NODES = 6;
/** Without a loop no graph of this size takes so many: every node has two ways in at most. */
const MAX_STEPS = 5_000;

const node = fc.nat({ max: MAX_NODES - 1 });
const way = fc.oneof(
  fc.record({
    on: fc.constantFrom('OnSuccess', 'OnSuccess', 'OnError', 'OnStart', 'OnEnd'),
    sources: fc.tuple(node),
    isChosen: fc.boolean(),
  }),
  fc.record({
    on: fc.constantFrom('Join', 'any', 'run'),
    sources: fc.uniqueArray(node, { minLength: 1, maxLength: 3 }),
    isChosen: fc.constant(false),
  }),
);
const graphs = fc.array(
  fc.record({
    isJob: fc.boolean(),
    hasLimit: fc.boolean(),
    ways: fc.array(way, { minLength: 1, maxLength: 2 }),
  }),
  { minLength: 1, maxLength: MAX_NODES },
);

type Graph = typeof graphs extends fc.Arbitrary<infer G> ? G : never;
type Way = Graph[number]['ways'][number];

const OPTIONS: Readonly<Record<string, string>> = { any: `, { mode: 'any' }`, run: `, { onMissing: 'run' }` };

function write(graph: Graph): string {
  const members = graph.map(({ isJob, hasLimit, ways }, at) => {
    const edges = ways.map(({ on, sources, isChosen }) => {
      const names = sources.map((source) => `n${source % graph.length}`);
      const isEdge = on.startsWith('On');
      const when = isChosen && on === 'OnSuccess' ? ', { when: (value: unknown) => value === 1 }' : '';
      if (isEdge) return `@${on}('${names[0]}'${when})`;
      const keys = [...new Set(names)].map((name) => `${name}: '${name}'`).join(', ');
      return `@Join({ ${keys} }${OPTIONS[on] ?? ''})`;
    });
    const limit = hasLimit ? '{ maxRounds: 3 }' : '';
    const kind = isJob ? `@Job(${limit})` : hasLimit ? `@Handler(${limit})` : '';
    return `  ${kind} ${edges.join(' ')} n${at}(): number { return 1; }`;
  });
  return `export class S {\n${members.join('\n')}\n}\n`;
}

const needsAll = ({ on }: Way): boolean => on === 'Join';
const isChosen = ({ on, isChosen: isSet }: Way): boolean => isSet && on === 'OnSuccess';

/** Runs every node once, and then whatever follows for certain; false if that does not end. */
function comesToAnEnd(graph: Graph): boolean {
  const runs = graph.map(() => 0);
  const fired = new Map<Way, number>();
  const queue = [...graph.keys()];
  for (let at = 0; at < queue.length; at++) {
    if (at > MAX_STEPS) return false;
    const done = queue[at] ?? 0;
    runs[done] = (runs[done] ?? 0) + 1;
    for (const [to, { hasLimit, ways }] of graph.entries()) {
      for (const item of hasLimit ? [] : ways.filter((found) => !isChosen(found))) {
        const counts = item.sources.map((source) => runs[source % graph.length] ?? 0);
        const due = needsAll(item) ? Math.min(...counts) : Math.max(...counts);
        if (due > (fired.get(item) ?? 0)) queue.push(to);
        fired.set(item, due);
      }
    }
  }
  return true;
}

/** Every node that may run, if every choice is taken; with joins that wait for all, or as if they waited for any. */
function mayRun(graph: Graph, entries: readonly number[], waits: boolean): Set<number> {
  const found = new Set(entries);
  for (let size = -1; size < found.size;) {
    size = found.size;
    for (const [to, { ways }] of graph.entries()) {
      const isDue = (item: Way): boolean => {
        const known = item.sources.map((source) => found.has(source % graph.length));
        return waits && needsAll(item) ? known.every(Boolean) : known.some(Boolean);
      };
      if (ways.some(isDue)) found.add(to);
    }
  }
  return found;
}

const entriesOf = (graph: Graph, isEntry: (item: Graph[number]) => boolean): number[] =>
  graph.flatMap((item, at) => (isEntry(item) ? [at] : []));

it('a loop is reported if and only if the steps go on for ever', () => {
  fc.assert(
    fc.property(graphs, (graph) => {
      expect(linesOf(write(graph)).includes('ONW1110')).toBe(!comesToAnEnd(graph));
    }),
    { numRuns: 300 },
  );
});

it('a handler is reported if and only if no choice leads from a job to it', () => {
  fc.assert(
    fc.property(graphs, (graph) => {
      const reached = mayRun(
        graph,
        entriesOf(graph, (item) => item.isJob),
        false,
      );
      const reported = [...linesOf(write(graph)).matchAll(/ONW1111: no run reaches S\.n(\d)/g)].map(([, at]) =>
        Number(at),
      );
      expect(reported).toEqual([...graph.keys()].filter((at) => !reached.has(at)));
    }),
    { numRuns: 300 },
  );
});

it('a join that needs itself is reported if and only if waiting for all its sources is what keeps it from running', () => {
  fc.assert(
    fc.property(graphs, (graph) => {
      const jobs = entriesOf(graph, (item) => item.isJob);
      const reached = mayRun(graph, jobs, false);
      // What has an annotation of its own may be called; what is not reached is reported as such.
      const called = entriesOf(graph, (item) => item.isJob || item.hasLimit);
      const unreached = [...graph.keys()].filter((at) => !reached.has(at));
      const runs = mayRun(graph, [...called, ...unreached], true);
      const lines = linesOf(write(graph)).split('\n');
      const reported = lines.filter((line) => line.includes('error ONW1132'));
      // Beside handlers that are not reached, only what is certain is reported.
      if (unreached.length === 0) expect(reported.length > 0).toBe(runs.size < graph.length);
      for (const line of reported) {
        const target = Number(/never completes: (?:S\.n\d waits for itself|it waits)[^(]*\(S\.n(\d)/.exec(line)?.[1]);
        expect(runs.has(target)).toBe(false);
      }
    }),
    { numRuns: 300 },
  );
});
