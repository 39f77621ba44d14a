// The table of a node that is routed to the last of its literals, which the compiler proves complete.

import type { EdgeModel, Model, NodeModel } from '../model/model.ts';
import type { Names } from './names.ts';
import { returnedType } from './print-type.ts';
import type { Printer } from './printer.ts';
import { propertyKey, quote } from './quote.ts';

/** The literal's `routes`; nothing if no node is exhaustive. */
export function printRoutes(out: Printer, names: Names, { services }: Model): void {
  const nodes = services.flatMap((service) => service.nodes);
  const exhaustive = nodes.filter((node) => node.facts.exhaustive);
  if (exhaustive.length === 0) return;
  const edges = nodes.flatMap((node) => node.edges);
  out.line();
  out.block('routes: {', '},', () => {
    for (const node of exhaustive) {
      const from = edges.filter((edge) => edge.on === 'success' && edge.from === node);
      printTable(out, names, node, from);
    }
  });
}

function printTable(out: Printer, names: Names, node: NodeModel, edges: readonly EdgeModel[]): void {
  const routes = `${names.ours('RoutesOf')}<${returnedType(names, node)}>`;
  // What `otherwise` takes need not be listed.
  const isOpen = edges.some((edge) => edge.otherwise);
  const proof = isOpen ? `${names.global('Partial')}<${routes}>` : routes;
  const close = `} satisfies ${proof},`;
  const table = tableOf(edges);
  if (table.size === 0) return out.line(`${propertyKey(node.id)}: {${close}`);
  out.block(`${propertyKey(node.id)}: {`, close, () => {
    for (const [value, callbacks] of table) {
      out.array(propertyKey(value), [...callbacks].map(quote));
    }
  });
}

/** The callbacks of each literal, in declared order. */
function tableOf(edges: readonly EdgeModel[]): Map<string, Set<string>> {
  const table = new Map<string, Set<string>>();
  for (const { values, to } of edges) {
    for (const { value } of values ?? []) {
      const callbacks = table.get(String(value)) ?? new Set<string>();
      table.set(String(value), callbacks.add(to.id));
    }
  }
  return table;
}
