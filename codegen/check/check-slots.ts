// Marks: each value goes to one place, and comes from one.

import type { FieldModel, Mark, NodeModel, Place, Slot } from '../model/model.ts';
import type { Report } from './problem.ts';

const WORDS: Readonly<Record<Mark, string>> = {
  returnValue: '@ReturnValue()',
  error: '@ErrorValue()',
  message: '@Message()',
};

export function checkSlots(node: NodeModel, report: Report): void {
  checkUnmarked(node, report);
  checkTwice(node, report);
  checkSources(node, report);
}

function checkUnmarked({ slots, kind, watches }: NodeModel, report: Report): void {
  const [first, ...others] = slots.filter((slot) => slot.fills === 'unmarked');
  if (first === undefined) return;
  for (const other of others) {
    // Where no edge leads, a mark would have nothing to take.
    const text =
      kind === 'job' && watches.length === 0
        ? 'a second parameter has no mark; a job takes one message and the context, make this a field of the message'
        : 'a second parameter has no mark; one parameter is the message, mark the others with @ReturnValue(), @ErrorValue() or @Message()';
    report('ONW1106', other.place, text, { related: [{ place: first.place, text: 'this one is the message' }] });
  }
}

interface MarkPlace {
  readonly mark: Mark | 'context';
  readonly place: Place;
}

function checkTwice({ slots, message }: NodeModel, report: Report): void {
  for (const { marks } of slots) {
    const [first, second] = marks;
    if (first === undefined || second === undefined) continue;
    report('ONW1106', second.place, 'this parameter has two marks; one value can fill it, keep one of them');
  }
  const contexts: MarkPlace[] = slots
    .filter((slot) => slot.fills === 'context')
    .map(({ place }) => ({ mark: 'context', place }));
  const parameters = slots.flatMap((slot) => slot.marks.slice(0, 1));
  const fields: MarkPlace[] = (message?.fields ?? []).flatMap(({ mark, place }) =>
    mark === undefined ? [] : [{ mark, place }],
  );
  const first = new Map<string, MarkPlace>();
  for (const item of [...contexts, ...fields, ...parameters]) {
    const other = first.get(item.mark);
    if (other === undefined) first.set(item.mark, item);
    else {
      const what = item.mark === 'context' ? 'two parameters take the context' : `${WORDS[item.mark]} is there twice`;
      report('ONW1106', item.place, `${what}; keep one of them`, {
        related: [{ place: other.place, text: 'the other one is here' }],
      });
    }
  }
}

function checkSources(node: NodeModel, report: Report): void {
  for (const slot of node.slots) {
    for (const { mark, place } of slot.marks.slice(0, 1)) {
      const missing = whatIsMissing(node, mark);
      if (missing !== undefined) report('ONW1107', place, `${WORDS[mark]} has nothing to take: ${missing}`);
    }
  }
  // A job is started with whole messages, marked fields included.
  if (node.kind === 'job' || node.watches.length === 0) return;
  for (const field of node.message?.fields ?? []) checkField(node, field, report);
}

function checkField(node: NodeModel, { mark, name, place }: FieldModel, report: Report): void {
  const missing = mark === undefined ? undefined : whatIsMissing(node, mark);
  if (mark === undefined || missing === undefined) return;
  const slot: Slot | undefined = node.message?.slot;
  const related = slot === undefined ? [] : [{ place: slot.place, text: 'the message is taken here' }];
  report('ONW1107', place, `${WORDS[mark]} on \`${name}\` has nothing to take in ${node.id}: ${missing}`, { related });
}

/** Why a mark stays empty; undefined if an edge fills it. */
function whatIsMissing({ id, watches }: NodeModel, mark: Mark): string | undefined {
  if (watches.length === 0) return `no edge leads to ${id}; add @OnSuccess or @OnError, or remove the mark`;
  if (mark === 'returnValue' && !watches.includes('success'))
    return `${id} runs after errors only; did you mean @ErrorValue()?`;
  if (mark === 'error' && !watches.includes('error'))
    return `${id} runs after successes only; did you mean @ReturnValue()?`;
  return undefined;
}
