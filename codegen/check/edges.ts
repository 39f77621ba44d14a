// Edges: whether their ends are possible, whether `bind` has fields to fill, and whether every required field has a source.

import { inBackticks } from '../../src/values/describe.ts';
import { didYouMean, nearestName } from '../../src/errors/nearest-name.ts';
import { isOfRun } from '../model/edge-options.ts';
import { filledMessage } from '../model/slots.ts';
import type { EdgeModel, FieldModel, MessageModel, NodeModel, Slot } from '../model/model.ts';
import type { Declared, Scope } from '../model/scope.ts';
import type { Report } from '../problem.ts';
import type { TypeRecord } from '../read/file-record.ts';
import { awaitedRecord } from '../model/type-name.ts';
import { fieldsOfErrors, takesErrors, takesNoError } from './error-class.ts';
import { wordsOf } from './slots.ts';

export function checkEdges(scope: Scope, node: NodeModel, report: Report): void {
  const message = filledMessage(node);
  const takesError = message !== undefined && takesErrors(scope, message.slot);
  for (const edge of node.edges) {
    if (edge.when !== undefined && edge.otherwise) {
      report(
        'ONW1113',
        edge.place,
        'an edge has `when` or `otherwise`, not both; `otherwise` takes what no `when` takes',
      );
    }
    checkMoment(edge, report);
    checkBind(edge, message, report);
    checkRequired(edge, message, report);
    checkMissingValue(edge, message, report);
    checkErrorPlace(scope, edge, report);
    if (takesError && hasErrorBeside(edge)) continue;
    checkMessageSource(edge, report);
    checkUnmarked(edge, report);
  }
  if (takesError) checkErrorTaken(scope, node, message.slot, report);
  else checkNothingTaken(node, message?.slot, report);
}

/** Whether the nodes at both ends are possible for this kind of edge. */
function checkMoment({ on, from, to, place, when, values }: EdgeModel, report: Report): void {
  if (from === null) return;
  if (on === 'success' && from.facts.exhaustive && isUnread(when, values)) {
    const text = `\`when\` cannot be read at build time, and ${from.id} is exhaustive; write the literal, or name a constant`;
    report('ONW1131', place, text);
  }
  if (isOfRun(on) && from.kind !== 'job') {
    const text = `${from.id} is not a job, so no run starts with it; name a job, or leave it out to watch every run`;
    report('ONW1116', place, text, { related: [{ place: from.place, text: 'declared here' }] });
  }
  if ((on === 'success' || on === 'join') && isWatcher(from)) {
    const text = `${from.id} only watches: it runs ${watchedWhen(from)}, and no step of the run follows from it; do the work of ${to.id} in it`;
    report('ONW1117', place, text, { related: [{ place: from.place, text: 'declared here' }] });
  }
}

/** It may be a literal, and which one is not known. */
function isUnread(when: EdgeModel['when'], values: EdgeModel['values']): boolean {
  return when === 'recorded' || (when === 'value' && values === undefined);
}

function watchedWhen({ watches }: NodeModel): string {
  if (watches.every(isOfRun)) return 'when a run is over';
  return watches.some(isOfRun) ? 'after a cancel and when a run is over' : 'after a cancel';
}

/** Only cancels and ends of runs lead to it, and it does not say that bodies call it. */
function isWatcher({ isDeclared, watches }: NodeModel): boolean {
  return !isDeclared && watches.length > 0 && watches.every((on) => on === 'cancel' || isOfRun(on));
}

/**
 * After success the unmarked parameter takes the return value. If it has the class of the target's message, it seems to
 * want the message, and a mark is missing. Only a warning: another class may have the same fields.
 */
function checkUnmarked({ on, from, to, each, field }: EdgeModel, report: Report): void {
  if (on !== 'success' || from === null || each || field !== undefined) return;
  const slot = filledMessage(to)?.slot;
  const wanted = from.message?.slot.class;
  if (slot?.class === undefined || wanted === undefined || !isSame(slot.class, wanted)) return;
  const returned = otherThan(wanted, from);
  if (returned === undefined) return;
  const text = `the unmarked parameter takes what ${from.id} returns, ${returned}; to take its message, write @Message() before it`;
  report('ONW1104', slot.place, text, { severity: 'warning' });
}

/** The wiring passes the value on with the type that is written, and `?` is no part of that. */
function checkMissingValue(edge: EdgeModel, message: MessageModel | undefined, report: Report): void {
  const { on, from, to, when, otherwise, each, field, bind } = edge;
  // The message of a job has a report of its own. With these options the value is another one, or nothing is proved.
  if (on !== 'success' || from === null || to.kind === 'job' || when !== undefined || otherwise || each) return;
  const slot = message?.slot ?? to.slots.find((item) => item.fills === 'returnValue');
  if (slot === undefined || !slot.parameter.isOptional || field !== undefined || bind !== undefined) return;
  if (!mayBeUndefined(awaitedRecord(from.member.type)) || !leavesOutUndefined(slot)) return;
  const [what, further] =
    slot.parameter.hasDefault === true ? ['has a default', ', and the default into the body'] : ['is optional', ''];
  const text = `this parameter ${what}, and ${from.id} may return undefined, which is passed on; write its type as \`${wordsOf(slot.parameter.type)} | undefined\`${further}`;
  report('ONW1210', slot.place, text);
}

function mayBeUndefined(type: TypeRecord | undefined): boolean {
  if (type?.kind === 'union') return type.items.some(mayBeUndefined);
  return type?.kind === 'keyword' && type.text === 'undefined';
}

/** Certainly: an alias may stand for anything. */
function leavesOutUndefined({ class: ofClass, parameter: { type } }: Slot): boolean {
  if (type?.kind === 'keyword') return !['any', 'unknown', 'undefined', 'void'].includes(type.text);
  return ofClass !== undefined || type?.kind === 'array';
}

/** It has an error, and gives the unmarked parameter nothing but the target's message. */
function hasErrorBeside({ on, field, errorField, bind }: EdgeModel): boolean {
  return (on === 'error' || on === 'end') && field === undefined && errorField === undefined && bind === undefined;
}

/** Where the mark is for the error. To types, the parameter may be for the message of the target. */
function checkErrorPlace(scope: Scope, edge: EdgeModel, report: Report): void {
  const { on, from, to } = edge;
  if (from === null || (on !== 'error' && on !== 'end')) return;
  const slot = to.slots.find((item) => item.fills === 'error');
  const field = on === 'error' ? edge.field : edge.errorField;
  const types = [
    ...(slot === undefined ? [] : [{ place: slot.place, type: slot.parameter.type }]),
    ...(field === undefined || isTransformed(field) ? [] : [{ place: field.place, type: field.member.type }]),
  ];
  for (const { place, type } of types) {
    if (!takesNoError(scope, place.file, type, fieldsOfErrors(scope, edge))) continue;
    const text = `@ErrorValue() takes the error of ${from.id}, and the type here is no error; write \`Error\`, or the class that \`when\` names`;
    report('ONW1104', place, text);
  }
}

function isTransformed({ member }: FieldModel): boolean {
  return member.annotations.some(({ path }) => path.at(-1) === 'Transform');
}

const MARK_IT = 'to take the error, write @ErrorValue() before it';
const MARK_EITHER = 'to take the value or the error, write @ReturnValue() or @ErrorValue() before it';

/** Types cannot see marks: to them, a parameter for the error is right with a mark or without. */
function checkErrorTaken(scope: Scope, { edges }: NodeModel, slot: Slot, report: Report): void {
  for (const edge of edges) {
    const theirs = edge.from?.message?.slot;
    if (edge.from === null || !hasErrorBeside(edge) || mayBeError(scope, theirs)) continue;
    const none = hasNoMessage(edge.from) ? ', which has none' : '';
    const text = `the unmarked parameter takes the message of ${edge.from.id}${none}, and not its error; ${MARK_IT}`;
    report('ONW1104', slot.place, text);
    return;
  }
}

/** The message of the target may be an error itself. */
function mayBeError(scope: Scope, slot: Slot | undefined): boolean {
  if (slot === undefined) return false;
  const { type } = slot.parameter;
  return type === undefined || (type.kind === 'keyword' && type.text === 'any') || takesErrors(scope, slot);
}

/** Where no target has a message, it seems to want the error or the value. A class has a report of its own. */
function checkNothingTaken({ edges, watches, isDeclared }: NodeModel, slot: Slot | undefined, report: Report): void {
  if (slot === undefined || slot.class !== undefined || slot.parameter.isOptional) return;
  // Bodies may call what is declared, with any message. A target that was not found has a report of its own.
  const [first] = edges;
  if (isDeclared || first === undefined || first.from === null || edges.length !== watches.length) return;
  if (!edges.every((edge) => hasErrorBeside(edge) && hasNoMessage(edge.from))) return;
  const fix = edges.some(({ on }) => on === 'end') ? MARK_EITHER : MARK_IT;
  const text = `the unmarked parameter takes the message of ${first.from.id}, which has none, so it is always undefined; ${fix}, or remove it`;
  report('ONW1104', slot.place, text, { severity: 'warning' });
}

/** What a node returns, if that is certainly not of the class. */
function otherThan(wanted: Declared, from: NodeModel): string | undefined {
  const { valueClass } = from;
  if (valueClass !== undefined) {
    const isOther = !isSame(valueClass, wanted) && valueClass.class?.base === undefined;
    return isOther ? valueClass.declaration.name : undefined;
  }
  const { value } = from;
  return value?.kind === 'keyword' && value.text !== 'any' ? value.text : undefined;
}

function isSame(a: Declared, b: Declared): boolean {
  return a.file.path === b.file.path && a.declaration.name === b.declaration.name;
}

function checkBind(edge: EdgeModel, message: MessageModel | undefined, report: Report): void {
  if (edge.bind === undefined) return;
  if (message === undefined) {
    const isSent = edge.to.message !== undefined;
    const text = isSent
      ? `\`bind\` has nothing to fill: the message of ${edge.to.id} comes from outside; remove \`bind\``
      : '`bind` fills fields of the unmarked parameter, and there is none; add one or remove `bind`';
    report('ONW1109', edge.place, text);
    return;
  }
  if (edge.bound === undefined) return;
  const related = [{ place: message.slot.place, text: 'the message is taken here' }];
  const fields = message.fields.filter((field) => !field.isMethod).map((field) => field.name);
  for (const name of edge.bound) {
    const taken = whatFills(edge, name);
    if (taken !== undefined) {
      const text = `\`bind\` sets \`${name}\`, which takes ${taken}; remove it from \`bind\``;
      report('ONW1109', edge.place, text, { related });
    } else if (message.isComplete && !fields.includes(name)) {
      const hint = didYouMean(name, fields, inBackticks) ?? `it has ${fields.join(', ') || 'none'}`;
      const owner = message.slot.class?.declaration.name ?? 'the message';
      report('ONW1109', edge.place, `\`bind\` sets \`${name}\`, and ${owner} has no such field; ${hint}`, { related });
    }
  }
}

/** What the edge puts into a field, if it does. */
function whatFills({ on, field, errorField, join }: EdgeModel, name: string): string | undefined {
  if (join !== undefined) return join.keys.includes(name) ? 'the value of a source' : undefined;
  if (errorField?.name === name) return 'the error';
  if (field?.name !== name) return undefined;
  return on === 'error' ? 'the error' : 'the return value';
}

/** With a marked field, and in a join, all other fields come from `bind` and from nothing else. */
function checkRequired(edge: EdgeModel, message: MessageModel | undefined, report: Report): void {
  const { field, errorField, join, bind, bound, place, to } = edge;
  if ((field ?? errorField ?? join) === undefined || message === undefined) return;
  if (bind !== undefined && bound === undefined) return;
  const given = new Set([...(bound ?? []), ...(join?.keys ?? []), ...misspelt(edge, message)]);
  // A marked field that no moment fills has a report of its own.
  const mayMark = join === undefined || to.watches.every((on) => on === 'join');
  const missing = message.fields.filter(
    (item) => item.isRequired && !(mayMark && item.mark !== undefined) && !given.has(item.name),
  );
  if (missing.length === 0) return;
  const names = missing.map((item) => `\`${item.name}\``).join(', ');
  const related = missing.map((item) => ({ place: item.place, text: 'declared here' }));
  const owner = message.slot.class?.declaration.name ?? 'the message';
  const why =
    join === undefined
      ? 'with a marked field, all other fields come from `bind`; set it there or make it optional'
      : 'no source of the join has its name; add one, set it in `bind` or make it optional';
  const text = `${names} of ${owner} ${missing.length === 1 ? 'has' : 'have'} no source in ${to.id}: ${why}`;
  report('ONW1108', place, text, { related });
}

/** Fields that a source of the join seems to mean: the wrong name of the source has a report of its own. */
function misspelt({ join }: EdgeModel, { fields }: MessageModel): string[] {
  const names = fields.filter((field) => !field.isMethod).map((field) => field.name);
  const unknown = (join?.keys ?? []).filter((key) => !names.includes(key));
  const free = names.filter((name) => !(join?.keys ?? []).includes(name));
  return unknown.flatMap((key) => nearestName(key, free) ?? []);
}

/** A target without a message has none to pass on. */
function checkMessageSource({ on, from, to, field, errorField, bind, place }: EdgeModel, report: Report): void {
  if (from === null || !hasNoMessage(from) || on === 'join' || isOfRun(on)) return;
  const isTaken = on !== 'success' && field === undefined && errorField === undefined && bind === undefined;
  const unmarked = filledMessage(to)?.slot;
  for (const slot of to.slots) {
    const takesIt = slot.fills === 'message' || (slot === unmarked && isTaken);
    if (!takesIt || slot.class === undefined || slot.parameter.isOptional) continue;
    const related = [{ place: slot.place, text: 'taken here' }];
    report(
      'ONW1108',
      place,
      `${from.id} has no message of its own, which is its parameter without a mark, so ${to.id} cannot take it; give ${from.id} one, or remove the parameter`,
      {
        related,
      },
    );
  }
}

function hasNoMessage(node: NodeModel | null): boolean {
  // What is no method has no parameters to read, and a report of its own.
  if (node === null || node.message !== undefined || node.member.kind !== 'method') return false;
  // A job that marks its own message has one; the mark has a report of its own.
  return node.watches.length > 0 || !node.slots.some((slot) => slot.fills === 'message');
}
