// The services of all graphs that this process has loaded: what one graph does not know may belong to another.

const NAMES = new Set<string>();

/** Notes the services of a graph. */
export function noteServices(nodes: Readonly<Record<string, unknown>>): void {
  for (const id of Object.keys(nodes)) NAMES.add(id.slice(0, id.indexOf('.')));
}

/** Whether a service of this name is in any graph. */
export function isKnownService(name: string): boolean {
  return NAMES.has(name);
}
