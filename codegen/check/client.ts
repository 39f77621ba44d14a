// Checks what a client loads: a process that has the wiring and no services. The wiring imports the classes of messages and
// values, and loading a file loads what it imports.
//
// CHECK-CLIENT-1. Imports count as they are written: it depends on the compiler's settings whether an import that is used
//     only as a type is dropped.

import { importsOf } from '../model/classes.ts';
import type { Model, ServiceModel } from '../model/model.ts';
import type { ImportedSymbol, Scope } from '../model/scope.ts';
import type { Problem } from '../problem.ts';
import type { FileRecord } from '../read/file-record.ts';
import { shortPath } from '../problem.ts';
import { span } from '../read/span.ts';

/**
 * Reports ONW1307 for each class whose file imports that of a service, directly or not.
 *
 * @param values the imports of the wiring that exist at run time.
 */
export function problemsOfClient(scope: Scope, model: Model, values: readonly ImportedSymbol[]): readonly Problem[] {
  const services = new Map(model.services.map((service) => [service.file.path, service]));
  return values.flatMap((symbol): Problem[] => {
    const file = symbol.isExternal ? undefined : scope.sources.record(symbol.module);
    const way = file === undefined ? [] : wayToService(scope, file, services);
    const service = services.get(way.at(-1)?.path ?? '');
    if (file === undefined || service === undefined) return [];
    const place = { file, at: file.classes.find(({ name }) => name === symbol.name)?.at ?? span(0, 0) };
    const text = textOf(scope, symbol, service, way);
    return [
      { code: 'ONW1307', severity: 'error', place, text, related: [{ place: service.place, text: 'the service' }] },
    ];
  });
}

/** The imports that lead from a file to that of a service, with both ends; empty if there are none. */
function wayToService(
  scope: Scope,
  start: FileRecord,
  services: ReadonlyMap<string, ServiceModel>,
): readonly FileRecord[] {
  const ways = new Map<string, readonly FileRecord[]>([[start.path, [start]]]);
  // A loop over a map also visits what is added on the way.
  for (const [path, way] of ways) {
    const file = way.at(-1);
    if (services.has(path)) return way;
    if (file === undefined) continue;
    for (const next of importsOf(scope, file)) {
      const record = ways.has(next) ? undefined : scope.sources.record(next);
      if (record !== undefined) ways.set(next, [...way, record]);
    }
  }
  return [];
}

function textOf(
  { sources: { root } }: Scope,
  { name }: ImportedSymbol,
  service: ServiceModel,
  way: readonly FileRecord[],
): string {
  const isBeside = way.length === 1;
  if (isBeside)
    return `${name} stands in the file of the service ${service.name}: a client that loads the wiring would load the service with it; move ${name} to a file without services`;
  const files = way.map(({ path }) => shortPath(path, root)).join(' → ');
  return `the file of ${name} leads to that of the service ${service.name} (${files}): a client that loads the wiring would load the service with it; import what is only a type with \`import type\`, and move ${name} to a file that needs no service`;
}
