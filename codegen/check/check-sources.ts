// Joins: every source has a field of its own in the message, and is there once.

import { nearestName } from '../../src/errors/nearest-name.ts';
import { filledMessage } from '../model/filled-message.ts';
import type { EdgeModel, NodeModel } from '../model/model.ts';
import { checkExport } from './check-message.ts';
import type { Report } from './problem.ts';

export function checkSources(node: NodeModel, report: Report): void {
  const edges = node.edges.filter((edge) => edge.on === 'join');
  for (const decorator of new Set(edges.map((edge) => edge.decorator))) {
    const sources = edges.filter((edge) => edge.decorator === decorator);
    checkTwice(sources, report);
    for (const source of sources) checkField(source, report);
  }
}

/** The second would take a value of its own only if the node ran again. */
function checkTwice(sources: readonly EdgeModel[], report: Report): void {
  const first = new Map<NodeModel | null, EdgeModel>();
  for (const source of sources) {
    const other = first.get(source.from);
    if (other === undefined) first.set(source.from, source);
    else {
      const text = `${source.from?.id} is a source of this join twice; keep one of them`;
      const related = other.join === undefined ? [] : [{ place: other.join.place, text: 'the other one is here' }];
      report('ONW1115', source.join?.place ?? source.place, text, { related });
    }
  }
}

/** A callback without a message needs no fields: it only wants to run then. */
function checkField({ join, field, from, to }: EdgeModel, report: Report): void {
  const message = filledMessage(to);
  if (field?.class !== undefined) checkExport(field.class, field.place, report);
  if (join === undefined || field !== undefined || message?.isComplete !== true) return;
  const fields = message.fields.filter((item) => !item.isMethod).map((item) => item.name);
  const nearest = nearestName(
    join.source,
    fields.filter((name) => !join.keys.includes(name)),
  );
  const hint = nearest === undefined ? `it has ${fields.join(', ') || 'none'}` : `did you mean \`${nearest}\`?`;
  const owner = message.slot.class?.declaration.name ?? 'the message';
  const text = `the value of ${from?.id} goes to \`${join.source}\`, and ${owner} has no such field; ${hint}`;
  report('ONW1115', join.place, text, { related: [{ place: message.slot.place, text: 'the message is taken here' }] });
}
