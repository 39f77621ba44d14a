// Entries by the groups that they name.

import type { Entry } from '../run/plan.ts';

/** In the order in which the groups appear; an entry without one is a group of its own. */
export function inGroups(
  entries: Iterable<readonly [entry: Entry, group: string | undefined]>,
): Iterable<readonly Entry[]> {
  const groups = new Map<string | number, Entry[]>();
  for (const [entry, name = entry.at] of entries) {
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [entry]);
    else group.push(entry);
  }
  return groups.values();
}
