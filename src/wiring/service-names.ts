// The names of services and methods by the ids of nodes, and the services of all graphs that this process has loaded.
//
// SERVICE-NAMES-1. A process may load several graphs, so a service that one graph does not know may belong to another.

/** The name of a node's service: the first half of its id. */
export function serviceOf(id: string): string {
  return id.slice(0, id.indexOf('.'));
}

/** The name of a node's method: the second half of its id, unless the node is called otherwise. */
export function methodOf(id: string, { method }: { readonly method?: string }): string {
  return method ?? id.slice(id.indexOf('.') + 1);
}

/** The methods of its nodes by the name of a service. */
const METHODS = new Map<string, Set<string>>();

/** Notes the services of a graph. */
export function noteServices(nodes: Readonly<Record<string, { readonly method?: string }>>): void {
  for (const [id, node] of Object.entries(nodes)) {
    const service = serviceOf(id);
    METHODS.set(service, (METHODS.get(service) ?? new Set()).add(methodOf(id, node)));
  }
}

/** Whether a service of this name is in any graph that has been loaded. */
export function isInSomeGraph(name: string): boolean {
  return METHODS.has(name);
}

/** The services in any loaded graph that have nodes of all these methods. */
export function servicesWith(methods: readonly string[]): string[] {
  return [...METHODS].filter(([, has]) => methods.every((method) => has.has(method))).map(([service]) => service);
}
