// Types as text: as the user wrote them if they can be imported, else as a look-up on the class.

import type { MessageModel, NodeModel, Slot } from '../model/model.ts';
import type { TypeName } from '../model/type-name.ts';
import type { Names } from './names.ts';
import { quote } from '../quote.ts';

export function printType(names: Names, type: TypeName): string {
  switch (type.kind) {
    case 'keyword':
      return type.text;
    case 'literal':
      return typeof type.value === 'string' ? quote(type.value) : String(type.value);
    case 'symbol':
      return names.type(type.symbol) + printArguments(names, type.arguments);
    case 'ours':
      return names.ours(type.name) + printArguments(names, type.arguments);
    case 'global':
      return names.global(type.name) + printArguments(names, type.arguments);
    case 'array': {
      const item = printType(names, type.item);
      const isCompound = type.item.kind === 'union' || type.item.kind === 'intersection';
      const isNested = type.item.kind === 'array' && type.item.isReadonly;
      return `${type.isReadonly ? 'readonly ' : ''}${isCompound || isNested ? `(${item})` : item}[]`;
    }
    case 'union':
      return type.items.map((item) => printType(names, item)).join(' | ');
    case 'intersection':
      return type.items
        .map((item) => (item.kind === 'union' ? `(${printType(names, item)})` : printType(names, item)))
        .join(' & ');
  }
}

function printArguments(names: Names, given: readonly TypeName[]): string {
  return given.length === 0 ? '' : `<${given.map((item) => printType(names, item)).join(', ')}>`;
}

/** The class of a service, as a type. */
export function serviceType(names: Names, { service }: NodeModel): string {
  return service.symbol === undefined ? service.name : names.type(service.symbol);
}

/** `Billing['charge']` */
function methodType(names: Names, node: NodeModel): string {
  return `${serviceType(names, node)}[${quote(node.method)}]`;
}

export function slotType(names: Names, node: NodeModel, slot: Slot): string {
  if (slot.type !== undefined) return printType(names, slot.type);
  return `${names.global('Parameters')}<${methodType(names, node)}>[${slot.index}]`;
}

/** What the node takes: `undefined` if it takes nothing. */
export function messageType(names: Names, node: NodeModel, message: MessageModel | undefined = node.message): string {
  return message === undefined ? 'undefined' : slotType(names, node, message.slot);
}

/** The type with `undefined` added, unless it has it. */
export function orUndefined(type: string): string {
  const isThere = type === 'unknown' || type === 'undefined' || type.endsWith(' | undefined');
  return isThere ? type : `${type} | undefined`;
}

/** An array of the values of a node. */
export function listType(names: Names, node: NodeModel): string {
  const { value } = node;
  const type = returnedType(names, node);
  return value?.kind === 'union' || value?.kind === 'intersection' ? `(${type})[]` : `${type}[]`;
}

/** One item of the array that the node's method returns. */
export function itemType(names: Names, node: NodeModel): string {
  const { value } = node;
  if (value?.kind === 'array') return printType(names, value.item);
  if (value?.kind === 'global' && (value.name === 'Array' || value.name === 'ReadonlyArray')) {
    const [item] = value.arguments;
    if (item !== undefined) return printType(names, item);
  }
  const type = returnedType(names, node);
  return value?.kind === 'union' || value?.kind === 'intersection' ? `(${type})[number]` : `${type}[number]`;
}

/** What the node's method returns, awaited. */
export function returnedType(names: Names, node: NodeModel): string {
  const { value } = node;
  return value === undefined ? `${names.ours('Returned')}<${methodType(names, node)}>` : printType(names, value);
}
