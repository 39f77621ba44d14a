// One node: its kind, what its parameters are checked against, and the call of its method.

import { markedField } from '../model/slots.ts';
import type { FieldModel, NodeModel, Slot } from '../model/model.ts';
import type { Names } from './names.ts';
import { messageType, orUndefined, printType, serviceType, slotType } from './type.ts';
import type { Printer } from './printer.ts';
import { isTypeName, member, propertyKey, quote } from '../quote.ts';

/** The member of the interface `Nodes`. */
export function printNodeType(out: Printer, names: Names, node: NodeModel): void {
  const type = names.ours(node.kind === 'job' ? 'JobType' : 'HandlerType');
  const method = `${serviceType(names, node)}[${quote(node.method)}]`;
  const marks = marksOf(names, node);
  const given = [messageType(names, node), method, ...(marks.length === 0 ? [] : [marks])];
  out.typeArguments(`readonly ${quote(node.id)}: ${type}<`, given, '>;');
}

/** What an edge that is added later needs to know about the node, as members of a type. */
function marksOf(names: Names, node: NodeModel): string[] {
  const fields = markedFields(node).map(({ key, field }) => `${key}: ${quote(field.name)}`);
  const slots = givenSlots(node).filter((slot) => slot.fills !== 'context');
  const parameters = slots.map((slot) => `${takenAs(slot)}: ${givenType(names, node, slot)}`);
  const facts = [...(node.facts.waits === true ? ['waits: true'] : []), ...(takesAsIs(node) ? ['asIs: true'] : [])];
  return [...fields, ...parameters, ...facts];
}

/** No class makes its message of data. What has no fields is its own data, and needs no mark. */
function takesAsIs({ kind, message }: NodeModel): boolean {
  if (kind === 'job' || message === undefined || message.slot.class?.symbol !== undefined) return false;
  const type = message.slot.type?.kind;
  return type !== 'keyword' && type !== 'literal';
}

/** Under the names by which the wiring gives them. */
function markedFields(node: NodeModel): { key: 'field' | 'errorField'; field: FieldModel }[] {
  const [field, errorField] = [markedField(node, 'returnValue'), markedField(node, 'error')];
  return [
    ...(field === undefined ? [] : [{ key: 'field' as const, field }]),
    ...(errorField === undefined ? [] : [{ key: 'errorField' as const, field: errorField }]),
  ];
}

/** The entry of the literal's `nodes`. */
export function printNode(out: Printer, names: Names, node: NodeModel): void {
  out.block(`${quote(node.id)}: {`, '},', () => {
    out.line(`kind: ${quote(node.kind)},`);
    if (node.method !== node.name) out.line(`method: ${quote(node.method)},`);
    if (node.message !== undefined) out.line(`message: ${checked(names, node.message.slot)},`);
    for (const { key, field } of markedFields(node)) {
      out.line(`${key}: ${quote(field.name)},`);
      // A callback gets an error as it was thrown: it is not built from data, so its class is not named.
      const symbol = key === 'field' ? field.class?.symbol : undefined;
      if (symbol !== undefined) out.line(`fieldClass: ${names.value(symbol)},`);
    }
    const takes = givenSlots(node).map((slot) => `${takenAs(slot)}: ${takenFrom(names, slot)}`);
    if (takes.length > 0) out.list('takes: {', takes, '},');
    if (node.facts.waits === true) out.line('waits: true,');
    const patterns = node.schedules.flatMap(({ pattern }) => (pattern === undefined ? [] : [quote(pattern)]));
    if (patterns.length > 0) out.array('schedules', patterns);
    printCall(out, names, node);
  });
}

function printCall(out: Printer, names: Names, node: NodeModel): void {
  const service = variableName(node.service.class.name ?? '');
  const given = givenSlots(node);
  const parameters = [`${service}: ${serviceType(names, node)}`];
  if (node.message !== undefined) parameters.push(`message: ${slotType(names, node, node.message.slot)}`);
  else if (given.length > 0) parameters.push('_message: undefined');
  if (given.length > 0) {
    const members = given.map((slot) => `${takenAs(slot)}: ${givenType(names, node, slot)}`);
    parameters.push(`given: { ${members.join('; ')} }`);
  }
  const returns = node.returns === undefined ? 'unknown' : printType(names, node.returns);
  const values = node.slots.map((slot) => (slot.fills === 'unmarked' ? 'message' : `given.${takenAs(slot)}`));
  out.arrow('call', parameters, returns, `${member(service, node.method)}(${values.join(', ')})`);
}

/** The parameters that are filled by a mark or by their type, each value once. */
function givenSlots(node: NodeModel): Slot[] {
  const slots = node.slots.filter((slot) => slot.fills !== 'unmarked');
  return slots.filter((slot, at) => slots.findIndex((other) => other.fills === slot.fills) === at);
}

function takenAs(slot: Slot): string {
  return propertyKey(slot.fills);
}

function takenFrom(names: Names, slot: Slot): string {
  return slot.fills === 'context' || slot.fills === 'error' ? 'true' : checked(names, slot);
}

function givenType(names: Names, node: NodeModel, slot: Slot): string {
  const type = slotType(names, node, slot);
  // After an end there is either a value or an error.
  const mayMiss = node.watches.includes('end') && (slot.fills === 'returnValue' || slot.fills === 'error');
  return mayMiss ? orUndefined(type) : type;
}

/** The class to check against, or `true` for a type that only the compiler knows. */
function checked(names: Names, slot: Slot): string {
  return slot.class?.symbol === undefined ? 'true' : names.value(slot.class.symbol);
}

/** `Billing` as `billing`; `service` for a name that cannot be a variable. */
function variableName(name: string): string {
  const lowered = name.charAt(0).toLowerCase() + name.slice(1);
  const isTaken = lowered === name || lowered === 'message' || lowered === 'given';
  return isTaken || !isTypeName(lowered) ? 'service' : lowered;
}
