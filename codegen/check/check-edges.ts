// Edges: whether `bind` has a place to go, and whether every required field has a source.

import { nearestName } from '../../src/errors/nearest-name.ts';
import type { EdgeModel, MessageModel, NodeModel } from '../model/model.ts';
import { valueOf } from '../model/read-services.ts';
import type { Declared } from '../model/scope.ts';
import type { Report } from './problem.ts';

export function checkEdges(node: NodeModel, report: Report): void {
  for (const edge of node.edges) {
    if (edge.when !== undefined && edge.otherwise) {
      report(
        'ONW1113',
        edge.place,
        'an edge has `when` or `otherwise`, not both; `otherwise` takes what no `when` took',
      );
    }
    checkBind(edge, node.message, report);
    checkRequired(edge, node.message, report);
    checkMessageSource(edge, report);
    checkUnmarked(edge, report);
  }
}

/**
 * After success the unmarked parameter takes the return value. One of the class of the target's message looks as if it
 * was to take that: a mark is missing. Only a warning: another class may have the same fields.
 */
function checkUnmarked({ on, from, to, field }: EdgeModel, report: Report): void {
  const slot = to.message?.slot;
  const wanted = from?.message?.slot.class;
  if (from === null || on !== 'success' || field !== undefined || slot?.class === undefined || wanted === undefined)
    return;
  if (!isSame(slot.class, wanted)) return;
  const value = valueOf(from);
  const { valueClass } = from;
  const isOther =
    valueClass === undefined ? value?.kind === 'keyword' && value.text !== 'any' : !isSame(valueClass, wanted);
  if (!isOther || valueClass?.class?.base !== undefined) return;
  const returned = valueClass?.declaration.name ?? (value?.kind === 'keyword' ? value.text : 'something else');
  const text = `the unmarked parameter takes what ${from.id} returns, ${returned}; to take its message, write @Message() before it`;
  report('ONW1104', slot.place, text, { severity: 'warning' });
}

function isSame(a: Declared, b: Declared): boolean {
  return a.file.path === b.file.path && a.declaration.name === b.declaration.name;
}

function checkBind(edge: EdgeModel, message: MessageModel | undefined, report: Report): void {
  if (edge.bind === undefined) return;
  if (message === undefined) {
    report(
      'ONW1109',
      edge.place,
      '`bind` lies over the unmarked parameter, and there is none; add one or remove `bind`',
    );
    return;
  }
  if (edge.bind === 'function') return;
  const related = [{ place: message.slot.place, text: 'the message is taken here' }];
  const fields = message.fields.filter((field) => !field.isMethod).map((field) => field.name);
  for (const name of edge.bind) {
    if (edge.field?.name === name) {
      const what = edge.on === 'success' ? 'return value' : 'error';
      report('ONW1109', edge.place, `\`bind\` gives \`${name}\`, which takes the ${what}; remove it from \`bind\``, {
        related,
      });
    } else if (message.isComplete && !fields.includes(name)) {
      const nearest = nearestName(name, fields);
      const hint = nearest === undefined ? `it has ${fields.join(', ') || 'none'}` : `did you mean \`${nearest}\`?`;
      const owner = message.slot.class?.declaration.name ?? 'the message';
      report('ONW1109', edge.place, `\`bind\` gives \`${name}\`, and ${owner} has no such field; ${hint}`, { related });
    }
  }
}

/** With a marked field, all other fields come from `bind` and from nothing else. */
function checkRequired({ field, bind, place, to }: EdgeModel, message: MessageModel | undefined, report: Report): void {
  if (field === undefined || message === undefined || bind === 'function') return;
  const missing = message.fields.filter(
    (item) => item.isRequired && item.mark === undefined && bind?.includes(item.name) !== true,
  );
  if (missing.length === 0) return;
  const names = missing.map((item) => `\`${item.name}\``).join(', ');
  const related = missing.map((item) => ({ place: item.place, text: 'declared here' }));
  const owner = message.slot.class?.declaration.name ?? 'the message';
  const text = `${names} of ${owner} ${missing.length === 1 ? 'has' : 'have'} no source in ${to.id}: beside the marked field everything comes from \`bind\`; add it there or make it optional`;
  report('ONW1108', place, text, { related });
}

/** A target without a message has none to hand on. */
function checkMessageSource({ on, from, to, field, bind, place }: EdgeModel, report: Report): void {
  if (from === null || from.message !== undefined) return;
  for (const slot of to.slots) {
    const takesIt =
      slot.fills === 'message' ||
      (slot.fills === 'unmarked' && on === 'error' && field === undefined && bind === undefined);
    if (!takesIt || slot.class === undefined || slot.parameter.isOptional) continue;
    const related = [{ place: slot.place, text: 'taken here' }];
    report('ONW1108', place, `${from.id} takes no message, so there is none for ${to.id}; remove the parameter`, {
      related,
    });
  }
}
