// Parameters and their marks: each value goes to one place and comes from one. A message from outside is declared twice:
// with `waits: true` for the runtime, and with `Sent<…>` for the compiler.

import type { EdgeOn } from '../../src/wiring/v1.ts';
import { isOfRun } from '../model/edge-options.ts';
import { filledMessage } from '../model/slots.ts';
import type { FieldModel, Mark, NodeModel, Place, Slot } from '../model/model.ts';
import type { Report } from '../problem.ts';
import type { TypeRecord } from '../read/file-record.ts';

const WORDS: Readonly<Record<Mark, string>> = {
  returnValue: '@ReturnValue()',
  error: '@ErrorValue()',
  message: '@Message()',
};

export function checkSlots(node: NodeModel, report: Report): void {
  checkUnmarked(node, report);
  checkTwice(node, report);
  checkMarks(node, report);
  checkBesideJoin(node, report);
}

function checkUnmarked({ slots, kind, watches }: NodeModel, report: Report): void {
  const [first, ...others] = slots.filter((slot) => slot.fills === 'unmarked');
  if (first === undefined) return;
  for (const other of others) {
    // If no edge leads to it, a mark would have nothing to take.
    const text =
      kind === 'job' && watches.length === 0
        ? 'a second parameter has no mark; a job takes one message and the context: make this a field of the message'
        : 'a second parameter has no mark; one parameter is the message: mark the others with @ReturnValue(), @ErrorValue() or @Message()';
    report('ONW1106', other.place, text, { related: [{ place: first.place, text: 'this one is the message' }] });
  }
}

interface MarkPlace {
  readonly mark: Mark | 'context';
  /** Of a field of the message. */
  readonly name?: string;
  readonly place: Place;
}

function checkTwice(node: NodeModel, report: Report): void {
  const { slots } = node;
  for (const { marks } of slots) {
    const [first, second] = marks;
    if (first === undefined || second === undefined) continue;
    report('ONW1106', second.place, 'this parameter has two marks; one value can fill it: keep one of them');
  }
  const contexts: MarkPlace[] = slots
    .filter((slot) => slot.fills === 'context')
    .map(({ place }) => ({ mark: 'context', place }));
  const parameters = slots.flatMap((slot) => slot.marks.slice(0, 1));
  const fields: MarkPlace[] = (filledMessage(node)?.fields ?? []).flatMap(({ mark, name, place }) =>
    mark === undefined ? [] : [{ mark, name, place }],
  );
  const first = new Map<string, MarkPlace>();
  for (const item of [...contexts, ...fields, ...parameters]) {
    const other = first.get(item.mark);
    if (other === undefined) first.set(item.mark, item);
    else {
      const what =
        item.mark === 'context'
          ? 'two parameters take the context'
          : `${WORDS[item.mark]} appears twice${wherein(item, other)}`;
      report('ONW1106', item.place, `${what}; keep one of them`, {
        related: [{ place: other.place, text: 'the other one is here' }],
      });
    }
  }
}

/** Which of two places are fields. */
function wherein(...places: readonly MarkPlace[]): string {
  const fields = places.flatMap(({ name }) => (name === undefined ? [] : [`\`${name}\``]));
  return fields.length === 0 ? '' : `, on ${fields.join(' and on ')}`;
}

function checkMarks(node: NodeModel, report: Report): void {
  for (const slot of node.slots) {
    for (const { mark, place } of slot.marks.slice(0, 1)) {
      const missing = whatIsMissing(node, mark);
      if (missing !== undefined) report('ONW1107', place, `${WORDS[mark]} has nothing to take: ${missing}`);
    }
  }
  // A job is started with whole messages, marked fields included.
  if (node.kind === 'job' || (node.watches.length === 0 && node.facts.waits !== true)) return;
  for (const field of node.message?.fields ?? []) checkField(node, field, report);
}

const WHOLE = " To take the target's message as it is, mark the parameter with @Message().";
const SENT_FIX = 'remove the mark, or give the value a parameter of its own';

function checkField(node: NodeModel, { mark, name, place }: FieldModel, report: Report): void {
  if (mark === undefined) return;
  const isSent = filledMessage(node) === undefined;
  const missing = isSent ? `its message comes from outside; ${SENT_FIX}` : whatIsMissing(node, mark);
  if (missing === undefined) return;
  if (!isSent && node.edges.some((edge) => edge.join?.keys.includes(name))) return;
  const slot: Slot | undefined = node.message?.slot;
  const related = slot === undefined ? [] : [{ place: slot.place, text: 'the message is taken here' }];
  // The target may have this very message, whose field was filled when it was made.
  const whole = !isSent && node.watches.every((on) => on === 'error') ? WHOLE : '';
  const text = `${WORDS[mark]} on \`${name}\` has nothing to take in ${node.id}: ${missing}${whole}`;
  report('ONW1107', place, text, { related });
}

/** What a mark can take at each moment. */
const GIVEN: Readonly<Record<EdgeOn, readonly Mark[]>> = {
  start: ['message'],
  success: ['returnValue', 'message'],
  error: ['error', 'message'],
  end: ['returnValue', 'error', 'message'],
  cancel: ['message'],
  runSuccess: [],
  runError: [],
  runEnd: [],
  join: [],
};

/** Why a mark stays empty; undefined if an edge fills it. */
function whatIsMissing({ id, watches, kind }: NodeModel, mark: Mark): string | undefined {
  const [first] = watches;
  if (first === undefined && kind === 'job' && mark === 'message')
    return `the message of a job is its parameter without a mark; remove ${WORDS.message}`;
  if (first === undefined && kind === 'job')
    return `no edge leads to ${id}; add @OnSuccess or @OnError, or remove the mark`;
  // A handler without edges is reached by signatures, whose types judge its marks.
  if (first === undefined) return undefined;
  if (watches.some((on) => GIVEN[on].includes(mark))) return undefined;
  if (watches.every((on) => on === 'error')) return `${id} runs after errors only; did you mean @ErrorValue()?`;
  if (watches.every((on) => on === 'success')) return `${id} runs after successes only; did you mean @ReturnValue()?`;
  if (watches.every(isOfRun)) return `${id} is a run callback; take the RunReport, which has everything`;
  if (watches.every((on) => on === 'join')) return `${id} is a join; its sources fill the fields of its message`;
  const named = mark === 'returnValue' ? 'a return value' : mark === 'error' ? 'an error' : 'a message';
  return `nothing that ${id} watches has ${named}; use @OnEnd, which has all three values, or remove the mark`;
}

/** When the join runs, every mark is empty. */
function checkBesideJoin({ slots, watches }: NodeModel, report: Report): void {
  if (!watches.includes('join') || watches.every((on) => on === 'join')) return;
  for (const { mark, place } of slots.flatMap((slot) => slot.marks.slice(0, 1))) {
    const text = `${WORDS[mark]} has nothing to take when the join runs: its sources fill the fields of the message; give the join a method of its own`;
    report('ONW1107', place, text);
  }
}

export function checkSent(node: NodeModel, report: Report): void {
  const { waits } = node.facts;
  // An option that cannot be read, or that a job does not take, has a report of its own.
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

/** The type as it is written, if it is one word. */
export function wordsOf(type: TypeRecord | undefined): string {
  if (type?.kind === 'keyword') return type.text;
  return type?.kind === 'name' && type.arguments.length === 0 ? type.path.join('.') : '…';
}
