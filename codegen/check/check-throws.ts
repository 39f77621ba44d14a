// Declared errors: each has a callback that takes it.
//
// H1. Only what is certain: a predicate, a class that cannot be followed to its base, a `when` that cannot be read may
//     take the error.

import { chainOf } from '../model/class-chain.ts';
import type { ClassUse, EdgeModel, NodeModel } from '../model/model.ts';
import type { Scope } from '../model/scope.ts';
import type { Report } from './problem.ts';
import type { WholeGraph } from './whole-graph.ts';

export function checkThrows(scope: Scope, { nodes, edgesFrom }: WholeGraph, report: Report): void {
  for (const node of nodes) {
    const { throws } = node.facts;
    if (throws === undefined || throws === 'hidden') continue;
    const edges = (edgesFrom.get(node) ?? []).filter((edge) => edge.on === 'error');
    for (const error of throws) {
      if (!edges.some((edge) => mayTake(scope, edge, error))) reportUnhandled(node, error, edges, report);
    }
  }
}

function mayTake(scope: Scope, { when, caught }: EdgeModel, error: ClassUse): boolean {
  if (when !== 'class' || caught === undefined) return true;
  return caught.some((item) => isSameOrBase(scope, item, error));
}

/** The errors of the language itself; whatever else is not declared may have any base. */
const BUILT_IN = new Set(['RangeError', 'TypeError', 'SyntaxError', 'ReferenceError', 'EvalError', 'URIError']);
const BUILT_IN_BASES = new Set(['Error', 'AggregateError', ...BUILT_IN]);

function isSameOrBase(scope: Scope, base: ClassUse, error: ClassUse): boolean {
  const wanted = base.declared?.class;
  const { names, classes } = lineOf(scope, error);
  const isWholeLine = names.every((name) => BUILT_IN_BASES.has(name));
  if (wanted !== undefined) return classes.includes(wanted) || !isWholeLine;
  return names.includes(base.name) || !BUILT_IN_BASES.has(base.name) || !isWholeLine;
}

interface Line {
  readonly classes: readonly unknown[];
  /** Of the bases that no source declares. */
  readonly names: readonly string[];
}

function lineOf(scope: Scope, { declared, name }: ClassUse): Line {
  if (declared?.class === undefined) return { classes: [], names: withBase(name) };
  const chain = chainOf(scope, { file: declared.file, class: declared.class }).classes;
  const last = chain.at(-1)?.class.base;
  const names = last === undefined ? [] : withBase(last.kind === 'name' ? last.path.join('.') : '');
  return { classes: chain.map((item) => item.class), names };
}

function withBase(name: string): string[] {
  return BUILT_IN.has(name) || name === 'AggregateError' ? [name, 'Error'] : [name];
}

function reportUnhandled(node: NodeModel, error: ClassUse, edges: readonly EdgeModel[], report: Report): void {
  const owner = node.service.class.name ?? node.service.name;
  const fix = `@OnError(() => ${owner}, '${node.method}', { when: ${error.name} })`;
  const text = `${node.id} declares ${error.name}, and no @OnError takes it; add a callback with ${fix}, or take it out of \`throws\``;
  const related = edges
    .slice(0, 3)
    .map(({ place, caught }) => ({ place, text: `takes ${(caught ?? []).map((item) => item.name).join(', ')} only` }));
  report('ONW1134', error.place, text, { related });
}
