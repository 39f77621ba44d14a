// Reports, before a deployment, what an engine does not keep of a project or handles differently from memory.
//
// CHECK-ENGINE-1. What an engine supports is stated once, in its `capabilities`, and only read here.
// CHECK-ENGINE-2. Only what the sources show is reported: not types that the compiler infers, nor classes of packages.

import type { Capabilities } from '../../src/engines/capabilities.ts';
import { chainOf } from '../model/class-chain.ts';
import { optionOf } from '../model/fold.ts';
import type { Model, NodeModel, ReachedClass } from '../model/model.ts';
import type { Scope } from '../model/scope.ts';
import type { Problem } from '../problem.ts';
import type { ClassRecord, FileRecord } from '../read/file-record.ts';

/** @param engine the name on the command line. */
export function problemsOnEngine(
  scope: Scope,
  model: Model,
  engine: string,
  { keepsRuns, needsKey, countsCalls }: Capabilities,
): readonly Problem[] {
  const reached = model.reached().filter(({ declared }) => scope.sources.program.isOwn(declared.file.path));
  const nodes = model.services.flatMap((service) => service.nodes);
  return [
    ...(keepsRuns ? reached.flatMap((each) => notKept(scope, model, engine, each)) : []),
    ...(needsKey ? sensitiveFields(scope, engine, reached) : []),
    ...(countsCalls ? [] : nodes.flatMap((node) => uncountedCalls(scope, engine, node))),
  ];
}

/** Classes that records have no name for: a step that returns an instance of one fails. */
function notKept(scope: Scope, model: Model, engine: string, { declared, isClosed }: ReachedClass): readonly Problem[] {
  const { file, class: item, symbol } = declared;
  const name = item?.name ?? declared.declaration.name;
  const isNamed = model.classes.some(({ module, name: kept }) => module === symbol?.module && kept === symbol.name);
  if (item === undefined || isNamed || isError(scope, declared)) return [];
  const why = isClosed
    ? 'it has `#private` fields, which nothing can put back'
    : symbol === undefined || declared.isTypeOnly === true
      ? 'its file does not export it, so the wiring cannot name it'
      : 'its file leads to the wiring, which cannot import it';
  const instead = isClosed
    ? 'make them `private` or public, or return plain data'
    : 'return plain data, or name the class in the option `classes` of createRuntime';
  const text = `${engine} cannot keep an instance of ${name}: ${why}; a step that returns one fails: ${instead}`;
  return [
    { code: 'ONW3045', severity: isClosed ? 'error' : 'warning', place: { file, at: item.at }, text, related: [] },
  ];
}

/** An error that cannot be kept as an instance is kept as an error of that name. */
function isError(scope: Scope, { file, class: item }: ReachedClass['declared']): boolean {
  if (item === undefined) return false;
  const { base } = chainOf(scope, { file, class: item }).classes.at(-1)?.class ?? item;
  return base?.kind === 'name' && base.path.at(-1)?.endsWith('Error') === true;
}

/** Reports each field once, even if several classes inherit it. */
function sensitiveFields(scope: Scope, engine: string, reached: readonly ReachedClass[]): readonly Problem[] {
  const owners = new Map<ClassRecord, FileRecord>();
  for (const { declared } of reached) {
    if (declared.class === undefined) continue;
    for (const { file, class: owner } of chainOf(scope, { file: declared.file, class: declared.class }).classes)
      if (scope.sources.program.isOwn(file.path)) owners.set(owner, file);
  }
  return [...owners].flatMap(([owner, file]) =>
    owner.members.flatMap(({ name = '', annotations }): Problem[] =>
      annotations
        .filter(({ path }) => scope.ours(file, path) === 'Sensitive')
        .map(({ at }) => ({
          code: 'ONW4009',
          severity: 'warning',
          place: { file, at },
          text: `${engine} keeps ${owner.name ?? 'the class'}.${name}, which is @Sensitive(): give the engine \`encryption: { current, keys }\`, without which its runtime does not open`,
          related: [],
        })),
    ),
  );
}

/** Reports a `rateLimit` of a node that bodies call. */
function uncountedCalls(scope: Scope, engine: string, node: NodeModel): readonly Problem[] {
  const caller = node.callers.find(({ how }) => how === 'call');
  if (caller === undefined || optionOf(scope, node.options, 'rateLimit') === undefined) return [];
  const text = `with ${engine} the \`rateLimit\` of ${node.id} holds over all processes, but for steps that bodies call: each process counts its own; lead an edge to it where the limit has to hold`;
  return [
    {
      code: 'ONW1308',
      severity: 'warning',
      place: node.place,
      text,
      related: [{ place: caller.place, text: 'it is called here' }],
    },
  ];
}
