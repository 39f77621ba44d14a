// Random graphs of choices, run at random: a join whose sources are said to exclude each other never fires.

import fc from 'fast-check';
import { expect, it } from 'vitest';
import { linesOf } from './whole-graph-project.ts';

interface Way {
  /** What its `when` asks for, or the kind of edge it is. */
  readonly on: string;
  readonly sources: readonly number[];
}

type Graph = readonly { readonly isJob: boolean; readonly ways: readonly Way[] }[];

/** Nodes by their numbers; most lead forward, as in a graph without loops. */
function waysOf(at: number, count: number): fc.Arbitrary<Way> {
  const earlier = fc.nat({ max: Math.max(0, at - 1) });
  const source = fc.oneof({ weight: 20, arbitrary: earlier }, { weight: 1, arbitrary: fc.nat({ max: count - 1 }) });
  const on = fc.constantFrom('1', '2', '1', '2', '[1, 2]', 'otherwise', 'always', 'error', 'each');
  return fc.oneof(
    { weight: 2, arbitrary: fc.record({ on, sources: source.map((one) => [one]) }) },
    {
      weight: 1,
      arbitrary: fc.record({
        on: fc.constant('Join'),
        sources: fc.uniqueArray(source, { minLength: 1, maxLength: 3 }),
      }),
    },
  );
}

const graphs: fc.Arbitrary<Graph> = fc.integer({ min: 4, max: 6 }).chain((count) =>
  fc.tuple(
    ...Array.from({ length: count }, (_, at) =>
      fc.record({
        isJob: at === 0 ? fc.constant(true) : fc.nat({ max: 9 }).map((n) => n === 0),
        ways:
          at === 0
            ? fc.constant([])
            : fc.oneof(
                { weight: 4, arbitrary: fc.tuple(waysOf(at, count)) },
                { weight: 1, arbitrary: fc.array(waysOf(at, count), { maxLength: 2 }) },
              ),
      }),
    ),
  ),
);

function write(graph: Graph): string {
  const members = graph.map(({ isJob, ways }, at) => {
    const edges = ways.map(({ on, sources }) => {
      const names = [...new Set(sources.map((source) => `n${source}`))];
      if (on === 'Join') return `@Join({ ${names.map((name) => `${name}: '${name}'`).join(', ')} })`;
      if (on === 'error') return `@OnError('${names[0]}')`;
      if (on === 'always') return `@OnSuccess('${names[0]}')`;
      const option = on === 'otherwise' || on === 'each' ? `${on}: true` : `when: ${on}`;
      return `@OnSuccess('${names[0]}', { ${option} })`;
    });
    const kind = isJob ? '@Job()' : ways.length === 0 ? '@Handler()' : '';
    return `  ${kind} ${edges.join(' ')} n${at}(): 1 | 2 | 3 { return 1; }`;
  });
  return `export class S {\n${members.join('\n')}\n}\n`;
}

/** How a step ends: with an error, or with a value. */
type End = 'error' | 1 | 2 | 3;

/** The joins that fire in a run of one job, whose steps end as the test says, one after the other. */
function joinsFired(graph: Graph, job: number, ends: readonly End[]): Set<number> {
  const completed = new Set<number>();
  const fired = new Set<number>();
  const queue = [job];
  for (let at = 0; at < queue.length && at < 100; at++) {
    const done = queue[at] ?? 0;
    const end = ends[at % ends.length] ?? 1;
    if (end !== 'error') completed.add(done);
    for (const [to, { ways }] of graph.entries()) {
      if (ways.some((item) => item.on === 'Join' && isComplete(graph, item, completed)) && !fired.has(to)) {
        fired.add(to);
        queue.push(to);
      }
      for (const item of ways) if (item.on !== 'Join' && isTaken(graph, item, { done, end })) queue.push(to);
    }
  }
  return fired;
}

function isComplete(graph: Graph, { sources }: Way, completed: ReadonlySet<number>): boolean {
  return sources.every((source) => completed.has(source));
}

function isTaken(graph: Graph, { on, sources }: Way, { done, end }: { done: number; end: End }): boolean {
  if (sources[0] !== done) return false;
  if (on === 'error' || end === 'error') return on === end;
  if (on === 'always' || on === 'each') return true;
  if (on !== 'otherwise') return on.includes(String(end));
  const siblings = graph.flatMap((item) => item.ways).filter((item) => /\d/.test(item.on));
  return !siblings.some((item) => isTaken(graph, item, { done, end }));
}

it('only joins that no run completes are reported', () => {
  const runs = fc.array(fc.array(fc.constantFrom<End>('error', 1, 1, 2, 2, 3), { minLength: 1, maxLength: 20 }), {
    minLength: 20,
    maxLength: 20,
  });
  fc.assert(
    fc.property(graphs, runs, (graph, allEnds) => {
      const reported = [...linesOf(write(graph)).matchAll(/src\/a\.ts:(\d+):.*ONW1132: .* only one runs/g)];
      const joins = reported.map(([, line]) => Number(line) - 3).filter((at) => isOnlyJoined(graph, at));
      for (const [job, { isJob }] of graph.entries()) {
        for (const ends of isJob ? allEnds : []) {
          const fired = joinsFired(graph, job, ends);
          expect(joins.filter((at) => fired.has(at))).toEqual([]);
        }
      }
    }),
    { numRuns: 500 },
  );
});

/** Another join on the same node may fire. */
function isOnlyJoined(graph: Graph, at: number): boolean {
  return graph[at]?.ways.filter((item) => item.on === 'Join').length === 1;
}
