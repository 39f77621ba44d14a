// The graph as the compiler takes it: the structure from the wiring, the options from the annotations.
//
// S1. Its edges stand in the wiring's order, one for one. The edges of one join share a decorator.

import type { EachPolicy } from '../graph/compiled.ts';
import type { EdgeDescription, GraphDescription, JoinDescription } from '../graph/describe.ts';
import type { EdgeWiring, Wiring } from '../wiring/v1.ts';
import { nodeDescriptionOf } from './node-options.ts';
import { countOf, durationOf, flagOf, wordOf, type Options, type Problems } from './options.ts';
import { annotationOf, recordIn, type Services } from './wired-method.ts';

/** Items of an `each` that are under way at a time, if the annotation does not say. */
const ITEMS_AT_A_TIME = 64;

export function describeGraph(wiring: Wiring, services: Services, problems: Problems): GraphDescription {
  const joins = new JoinIds();
  const arrivals = wiring.edges.map((edge) => (edge.on === 'join' ? joins.of(edge) : undefined));
  const optionsOf = (edge: EdgeWiring): Options => annotationOf(edge, wiring, services)?.options ?? {};
  return {
    hash: wiring.graphHash,
    nodes: Object.keys(wiring.nodes).map((id) =>
      nodeDescriptionOf(recordIn(wiring, id, services)?.options ?? {}, id, problems),
    ),
    edges: wiring.edges.map((edge, at) => {
      const join = arrivals[at];
      return join === undefined ? describeEdge(edge, optionsOf(edge), problems) : describeArrival(edge, join);
    }),
    joins: joins.all.map(([id, edge]) => describeJoin(id, edge.to, optionsOf(edge), problems)),
    spawns: Object.values(wiring.nodes).some(({ takes }) => takes?.context === true),
  };
}

/** `join>To.method`, with `#2` and so on for further joins that lead to the same node. */
class JoinIds {
  /** With the first edge of each. */
  readonly all: (readonly [id: string, edge: EdgeWiring])[] = [];
  readonly #ids = new Map<string, string>();
  readonly #counts = new Map<string, number>();

  of(edge: EdgeWiring): string {
    const key = `${edge.decorator} ${edge.to}`;
    const known = this.#ids.get(key);
    if (known !== undefined) return known;
    const count = (this.#counts.get(edge.to) ?? 0) + 1;
    const id = count === 1 ? `join>${edge.to}` : `join>${edge.to}#${count}`;
    this.#counts.set(edge.to, count);
    this.#ids.set(key, id);
    this.all.push([id, edge]);
    return id;
  }
}

function describeEdge(edge: EdgeWiring, options: Options, problems: Problems): EdgeDescription {
  const { from, to, on } = edge;
  const what = (name: string): string => `edge ${from} -> ${to}: expected \`${name}\``;
  const critical = flagOf(options['critical'], what('critical'), problems);
  return {
    from,
    to,
    moment: on === 'join' ? 'success' : on,
    conditional: edge.when !== undefined,
    otherwise: edge.otherwise === true,
    recover: edge.recover === true,
    afterMs: durationOf(options['after'], 0, what('after'), problems),
    ...(edge.each === true && { each: eachPolicyOf(options, what, problems) }),
    ...(critical !== undefined && { critical }),
  };
}

function eachPolicyOf(options: Options, what: (name: string) => string, problems: Problems): EachPolicy {
  return {
    concurrency: countOf(options['concurrency'], what('concurrency'), problems) ?? ITEMS_AT_A_TIME,
    stopAfterFailures:
      countOf(options['stopAfterFailures'], what('stopAfterFailures'), problems) ?? Number.POSITIVE_INFINITY,
  };
}

function describeArrival({ from, to, source }: EdgeWiring, join: string): EdgeDescription {
  return { from, to, moment: 'success', arrival: { join, source: source ?? from } };
}

function describeJoin(id: string, to: string, options: Options, problems: Problems): JoinDescription {
  const what = (name: string): string => `join of ${to}: expected \`${name}\``;
  const critical = flagOf(options['critical'], what('critical'), problems);
  return {
    id,
    to,
    mode: wordOf(options['mode'], ['all', 'any'], what('mode'), problems),
    onMissing: wordOf(options['onMissing'], ['skip', 'run'], what('onMissing'), problems),
    ...(critical !== undefined && { critical }),
  };
}
