// One edge: what it watches, its facts, and proofs: functions by which the compiler sees whether a value fits.
//
// EDGE-1. A proof is left out where the value is narrowed or completed on its way: it must never refuse right code.

import type { MemberRecord } from '../read/file-record.ts';
import { isOfRun } from '../model/edge-options.ts';
import type { EdgeModel, FieldModel, NodeModel, Slot } from '../model/model.ts';
import type { Declared } from '../model/scope.ts';
import type { Names } from './names.ts';
import type { Printer } from './printer.ts';
import { quote } from '../quote.ts';
import { filledMessage } from '../model/slots.ts';
import { itemType, listType, messageType, orUndefined, returnedType, slotType } from './type.ts';

export function printEdge(out: Printer, names: Names, edge: EdgeModel): void {
  const facts = [
    `on: ${quote(edge.on)}`,
    `from: ${quote(edge.from?.id ?? '*')}`,
    `to: ${quote(edge.to.id)}`,
    `decorator: ${edge.decorator}`,
    ...(edge.when === undefined ? [] : [edge.when === 'recorded' ? 'whenRecorded: true' : `when: ${quote(edge.when)}`]),
    ...(edge.otherwise ? ['otherwise: true'] : []),
    ...(edge.each ? ['each: true'] : []),
    ...(edge.recover ? ['recover: true'] : []),
    ...(edge.join === undefined ? [] : [`source: ${quote(edge.join.source)}`]),
    ...(edge.bind === undefined ? [] : [`bind: ${printBind(edge.bind)}`]),
    ...fieldFacts(names, edge),
  ];
  const inject = injectOf(names, edge);
  const passes = passesOf(names, edge);
  const recovers = recoversOf(names, edge);
  if ((inject ?? passes ?? recovers) === undefined) return out.list('{', facts, '},');
  out.block('{', '},', () => {
    for (const fact of facts) out.line(`${fact},`);
    if (inject !== undefined) printProof(out, 'inject', inject);
    if (passes !== undefined) printProof(out, 'passes', passes);
    if (recovers !== undefined) printProof(out, 'recovers', recovers);
  });
}

function printProof(out: Printer, name: string, { from, to }: Proof): void {
  out.arrow(name, [`value: ${from}`], to, 'value');
}

function printBind(bind: readonly string[] | 'function'): string {
  return bind === 'function' ? quote(bind) : `[${bind.map(quote).join(', ')}]`;
}

/** A callback gets an error as it was thrown: it is not built from data, so its class is not named. */
function fieldFacts(names: Names, { on, field, errorField, join }: EdgeModel): string[] {
  const symbol = on === 'error' ? undefined : field?.class?.symbol;
  return [
    // The source of a join is the name of its field.
    ...(field === undefined || join !== undefined ? [] : [`field: ${quote(field.name)}`]),
    ...(symbol === undefined ? [] : [`fieldClass: ${names.value(symbol)}`]),
    ...(errorField === undefined ? [] : [`errorField: ${quote(errorField.name)}`]),
  ];
}

/** The type that a value comes as, and the type that it goes to. */
interface Proof {
  readonly from: string;
  readonly to: string;
}

/** For the value that the edge takes to its callback; undefined if the types may fit in a way that cannot be seen. */
function injectOf(names: Names, edge: EdgeModel): Proof | undefined {
  if (isOfRun(edge.on)) return reportProof(names, edge);
  const from = injectedValue(names, edge);
  const goal = from === undefined ? undefined : goalOf(names, edge);
  if (from === undefined || goal === undefined) return undefined;
  if (from === goal.type) return { from, to: goal.written };
  // Narrowed by `when`, or built from data alone: other types may fit.
  const isNarrowed = edge.when !== undefined || edge.otherwise;
  return isNarrowed || goal.hasMethods ? undefined : { from, to: goal.written };
}

/** For the target's own message, where it goes to another type. Data that fits becomes an instance: that is not seen. */
function passesOf(names: Names, edge: EdgeModel): Proof | undefined {
  const message = edge.from?.message;
  const slot = passedTo(edge);
  if (edge.from === null || message === undefined || slot === undefined) return undefined;
  if (message.slot.parameter.isOptional || (slot.class !== undefined && isFilledUp(slot.class))) return undefined;
  const [from, to] = [messageType(names, edge.from), slotType(names, edge.to, slot)];
  return from === to || to === 'unknown' ? undefined : { from, to };
}

/** The parameter that takes it: a marked one, or the message, if nothing else goes into that. */
function passedTo({ on, to, bind, field, errorField }: EdgeModel): Slot | undefined {
  if (isOfRun(on) || on === 'join') return undefined;
  const marked = to.slots.find((slot) => slot.fills === 'message');
  if (marked !== undefined || on === 'success') return marked;
  return (bind ?? field ?? errorField) === undefined ? filledMessage(to)?.slot : undefined;
}

/** Fields of it may come to be of another type than what they are filled from. */
function isFilledUp(declared: Declared): boolean {
  return isMoreThanData(declared) || declared.class?.members.some(isMadeOtherwise) === true;
}

function isMadeOtherwise({ hasInitializer, annotations }: MemberRecord): boolean {
  return hasInitializer || annotations.some(({ path }) => path.at(-1) === 'Transform' || path.at(-1) === 'Type');
}

/** For what a recovering callback returns. */
function recoversOf(names: Names, { recover, from, to }: EdgeModel): Proof | undefined {
  if (!recover || from === null) return undefined;
  const wanted = returnedType(names, from);
  // Nothing reads the value of a node that returns none.
  return wanted === 'void' ? undefined : { from: returnedType(names, to), to: wanted };
}

/** What the edge takes from the node it watches, if it takes a value. */
function injectedValue(names: Names, { on, from, each, join }: EdgeModel): string | undefined {
  if (from === null) return undefined;
  if (join !== undefined) {
    const mayMiss = join.mode === 'any' || join.onMissing === 'run';
    return mayMiss ? orUndefined(sourceType(names, from)) : sourceType(names, from);
  }
  if (on === 'end') return orUndefined(returnedType(names, from));
  if (on !== 'success') return undefined;
  return each ? itemType(names, from) : returnedType(names, from);
}

/** A node that runs for each item gives a join the array of all values. Where it only watches, it gives none. */
function sourceType(names: Names, from: NodeModel): string {
  const ways = from.edges.filter(({ on }) => on !== 'cancel' && !isOfRun(on));
  if (!ways.some((edge) => edge.each)) return returnedType(names, from);
  const isAlways = from.kind === 'handler' && ways.every((edge) => edge.each);
  return isAlways ? listType(names, from) : `${returnedType(names, from)} | ${listType(names, from)}`;
}

/** A callback of the runs of one job may read the value in the report. */
function reportProof(names: Names, { from, to, bind }: EdgeModel): Proof | undefined {
  const type = to.message?.slot.type;
  if (to.message?.isReport !== true || bind !== undefined) return undefined;
  if (type?.kind !== 'ours' || type.arguments.length === 0) return undefined;
  const report = names.ours('RunReport');
  const given = from === null ? report : `${report}<${returnedType(names, from)}>`;
  return { from: given, to: slotType(names, to, to.message.slot) };
}

interface Goal {
  /** The type itself, to be compared as text. */
  readonly type?: string;
  readonly written: string;
  /** It has more than data, so data is turned into it. */
  readonly hasMethods: boolean;
}

function goalOf(names: Names, edge: EdgeModel): Goal | undefined {
  const { on, to, field, bind } = edge;
  const message = filledMessage(to);
  if (message !== undefined && field !== undefined) {
    const type = symbolName(names, field);
    return {
      ...(type !== undefined && { type }),
      written: `${messageType(names, to)}[${quote(field.name)}]`,
      hasMethods: field.class !== undefined && isMoreThanData(field.class),
    };
  }
  if (on === 'join') return undefined;
  if (on === 'end') return givenGoal(names, to);
  const slot = message?.slot ?? to.slots.find((item) => item.fills === 'returnValue');
  if (slot === undefined || (message !== undefined && bind !== undefined)) return undefined;
  const type = slotType(names, to, slot);
  return { type, written: type, hasMethods: slot.class !== undefined && isMoreThanData(slot.class) };
}

/** After an end the unmarked parameter takes the target's message; only a marked one takes the value. */
function givenGoal(names: Names, to: NodeModel): Goal | undefined {
  const slot = to.slots.find((item) => item.fills === 'returnValue');
  if (slot === undefined) return undefined;
  const type = orUndefined(slotType(names, to, slot));
  return { type, written: type, hasMethods: slot.class !== undefined && isMoreThanData(slot.class) };
}

function symbolName(names: Names, { type }: FieldModel): string | undefined {
  return type?.kind === 'symbol' && type.arguments.length === 0 ? names.type(type.symbol) : undefined;
}

function isMoreThanData({ class: item }: Declared): boolean {
  if (item === undefined || item.base !== undefined) return true;
  return item.members.some((found) => !found.isStatic && (found.kind !== 'property' || found.visibility !== 'public'));
}
