// Literals that a node returns, and errors that it declares: each has a callback that takes it.
//
// ROUTES-1. Literals count only if every edge asks for literals: an edge without `when`, or with a predicate, may take them
//           all.
// ROUTES-2. If every edge leads back, the literals that are left end the loop.
// ROUTES-3. The compiler proves in the wiring that an `exhaustive` node is complete; here it is reported at the node.
// ROUTES-4. Only what is certain is reported: a predicate, a class whose base cannot be read, and a `when` that cannot be
//           read may take the error.

import { fold } from '../model/fold.ts';
import type { EdgeModel, NodeModel, ClassUse } from '../model/model.ts';
import type { Scope } from '../model/scope.ts';
import { awaitedRecord } from '../model/type-name.ts';
import type { FileRecord, TypeRecord } from '../read/file-record.ts';
import { showList } from '../words.ts';
import type { Report } from '../problem.ts';
import type { WholeGraph } from './whole-graph.ts';
import { BUILT_IN_BASES, lineOf } from './error-class.ts';

type Literal = string | number | boolean | null | undefined;

/** @param routed the nodes whose literals an edge has to take. */
export function checkRoutes(scope: Scope, graph: () => WholeGraph, routed: readonly NodeModel[], report: Report): void {
  for (const node of routed) {
    const { watchedBy } = node;
    const edges = watchedBy.filter(({ on }) => on === 'success' || on === 'join');
    const routes = edges.filter((edge) => edge.on === 'success');
    if (routes.some((edge) => edge.otherwise)) continue;
    if (node.facts.exhaustive) checkExhaustive(scope, node, routes, report);
    else if (asksAlways(edges) && !isLoop(graph(), node, routes)) checkUsual(scope, node, routes, report);
  }
}

function asksAlways(edges: readonly EdgeModel[]): boolean {
  return edges.length > 0 && edges.every((edge) => edge.values !== undefined);
}

function isLoop({ loops }: WholeGraph, node: NodeModel, routes: readonly EdgeModel[]): boolean {
  const members = loops().get(node);
  return members !== undefined && routes.every((edge) => members.has(edge.to));
}

function checkExhaustive(scope: Scope, node: NodeModel, routes: readonly EdgeModel[], report: Report): void {
  if (routes.some(({ when, values }) => when === 'recorded' || (when === 'value' && values === undefined))) return;
  const missing = missingOf(literalsOf(scope, node), routes);
  if (missing.length === 0) return;
  const text = `${node.id} is exhaustive, and no \`when\` takes ${shown(missing)}; add a callback that does, or one with \`otherwise: true\``;
  report('ONW1133', node.place, text, { related: relatedTo(routes) });
}

function checkUsual(scope: Scope, node: NodeModel, routes: readonly EdgeModel[], report: Report): void {
  const literals = literalsOf(scope, node)?.filter((value) => value !== undefined);
  // A node that returns a boolean may well be a filter.
  if (literals === undefined || literals.length < 2 || literals.every((value) => typeof value === 'boolean')) return;
  const missing = missingOf(literals, routes);
  if (missing.length === 0) return;
  const text = `${node.id} can return ${shown(missing)}, and no callback takes it; add one, or one with \`otherwise: true\``;
  report('ONW1133', node.place, text, { severity: 'warning', related: relatedTo(routes) });
}

function missingOf(literals: readonly Literal[] | undefined, routes: readonly EdgeModel[]): Literal[] {
  const taken = new Set<Literal>(routes.flatMap((edge) => (edge.values ?? []).map((item) => item.value)));
  return (literals ?? []).filter((value) => !taken.has(value));
}

function shown(literals: readonly Literal[]): string {
  return showList(
    literals.map((value) => (value === undefined ? 'undefined' : JSON.stringify(value))),
    'or',
  );
}

function relatedTo(routes: readonly EdgeModel[]): { place: EdgeModel['place']; text: string }[] {
  return routes.slice(0, 3).map(({ place, to, values }) => {
    const taken = (values ?? []).map((item) => item.value);
    return {
      place,
      text: taken.length === 0 ? `${to.id} does not ask for a literal` : `${to.id} takes ${shown(taken)}`,
    };
  });
}

/** Everything a node returns, if its written type says so; undefined if that is more than literals. */
function literalsOf(scope: Scope, { member, place, service }: NodeModel): readonly Literal[] | undefined {
  const type = awaitedRecord(member.type);
  const open = [...member.typeParameters, ...service.chain.flatMap((owner) => owner.class.typeParameters)];
  if (type === undefined || (type.kind === 'name' && open.includes(type.path[0] ?? ''))) return undefined;
  const found = literalsIn(scope, place.file, type, 0);
  return found === undefined ? undefined : [...new Set(found)];
}

// No real chain of names is longer.
const MAX_DEPTH = 16;

function literalsIn(scope: Scope, file: FileRecord, type: TypeRecord, depth: number): readonly Literal[] | undefined {
  switch (type.kind) {
    case 'literal':
      return [type.value];
    case 'keyword':
      if (type.text === 'boolean') return [true, false];
      return type.text === 'undefined' ? [undefined] : undefined;
    case 'union': {
      const items = type.items.map((item) => literalsIn(scope, file, item, depth));
      return items.every((item) => item !== undefined) ? items.flat() : undefined;
    }
    case 'name':
      return depth < MAX_DEPTH && type.arguments.length === 0
        ? literalsNamed(scope, file, type.path, depth)
        : undefined;
    default:
      return undefined;
  }
}

/** Of an alias or an enum. */
function literalsNamed(
  scope: Scope,
  file: FileRecord,
  path: readonly string[],
  depth: number,
): readonly Literal[] | undefined {
  const found = scope.declared(file, path);
  if (found === undefined) return undefined;
  const { kind, type, value } = found.declaration;
  if (kind === 'alias') return type === undefined ? undefined : literalsIn(scope, found.file, type, depth + 1);
  if (kind !== 'enum' || value?.kind !== 'object' || value.isOpen) return undefined;
  const members = value.entries.map((entry) => fold(scope, { file: found.file, value: entry.value }).value);
  return members.every((member) => member.kind === 'literal') ? members.map((member) => member.value) : undefined;
}

/** @param throwing the nodes that declare errors. */
export function checkThrows(scope: Scope, throwing: readonly NodeModel[], report: Report): void {
  for (const node of throwing) {
    const { throws } = node.facts;
    if (throws === undefined || throws === 'hidden') continue;
    const edges = node.watchedBy.filter((edge) => edge.on === 'error');
    for (const error of throws) {
      if (!edges.some((edge) => mayTake(scope, edge, error))) reportUnhandled(node, error, edges, report);
    }
  }
}

function mayTake(scope: Scope, { when, caught }: EdgeModel, error: ClassUse): boolean {
  if (when !== 'class' || caught === undefined) return true;
  return caught.some((item) => isSameOrBase(scope, item, error));
}

function isSameOrBase(scope: Scope, base: ClassUse, error: ClassUse): boolean {
  const wanted = base.declared?.class;
  const { names, classes } = lineOf(scope, error);
  const isWholeLine = names.every((name) => BUILT_IN_BASES.has(name));
  if (wanted !== undefined) return classes.includes(wanted) || !isWholeLine;
  return names.includes(base.name) || !BUILT_IN_BASES.has(base.name) || !isWholeLine;
}

function reportUnhandled(node: NodeModel, error: ClassUse, edges: readonly EdgeModel[], report: Report): void {
  const owner = node.service.class.name ?? node.service.name;
  const fix = `@OnError(() => ${owner}, '${node.method}', { when: ${error.name} })`;
  const text = `${node.id} declares ${error.name}, and no @OnError takes it; add a callback with ${fix}, or remove it from \`throws\``;
  const related = edges
    .slice(0, 3)
    .map(({ place, caught }) => ({ place, text: `takes ${(caught ?? []).map((item) => item.name).join(', ')} only` }));
  report('ONW1134', error.place, text, { related });
}
