// A message from outside is said twice: `waits: true` tells the runtime, `Sent<…>` tells the compiler.

import type { NodeModel, Slot } from '../model/model.ts';
import type { TypeRecord } from '../read/file-record.ts';
import type { Report } from './problem.ts';

export function checkSent(node: NodeModel, report: Report): void {
  const { waits } = node.facts;
  // That it cannot be read, or that a job takes none, is told of the option.
  const isOpen = waits === 'hidden' || (waits && node.kind === 'job');
  for (const slot of node.slots) {
    const type = wordsOf(slot.parameter.type);
    if (slot.fills !== 'unmarked') {
      if (!slot.isSent) continue;
      const what =
        slot.fills === 'context' ? 'the context comes from the runtime' : 'a marked parameter is filled by the edge';
      report(
        'ONW1113',
        slot.place,
        `\`Sent\` is for the message from outside, and ${what}; write its type as \`${type}\``,
      );
    } else if (isOpen) continue;
    else if (waits && !slot.isSent) reportUnsent(node, slot, report);
    else if (!waits && slot.isSent) reportSent(node, slot, report);
  }
}

function reportUnsent({ id }: NodeModel, slot: Slot, report: Report): void {
  const text = `${id} waits for a message from outside, and its type does not say so; write it as \`Sent<${wordsOf(slot.parameter.type)}>\`, or remove \`waits\``;
  report('ONW1113', slot.place, text);
}

function reportSent({ id, kind }: NodeModel, slot: Slot, report: Report): void {
  const type = wordsOf(slot.parameter.type);
  const text =
    kind === 'job'
      ? `\`Sent\` says that the message comes while the run is under way, and the job ${id} is started with it; write its type as \`${type}\``
      : `\`Sent\` says that the message comes from outside, and ${id} does not wait for one; write \`@Handler({ waits: true })\`, or its type as \`${type}\``;
  report('ONW1113', slot.place, text);
}

/** The type as it was written, where that is a word. */
function wordsOf(type: TypeRecord | undefined): string {
  if (type?.kind === 'keyword') return type.text;
  return type?.kind === 'name' && type.arguments.length === 0 ? type.path.join('.') : '…';
}
