// One edge: what it watches, and for success a function that lets the compiler see whether the value fits.
//
// E1. `inject` is left out where the value is narrowed or completed on its way: it must never refuse right code.

import type { EdgeModel, FieldModel, Slot } from '../model/model.ts';
import type { Names } from './names.ts';
import { messageType, returnedType, slotType } from './print-type.ts';
import type { Printer } from './printer.ts';
import { quote } from './quote.ts';

export function printEdge(out: Printer, names: Names, edge: EdgeModel): void {
  const facts = [
    `on: ${quote(edge.on)}`,
    `from: ${quote(edge.from?.id ?? '*')}`,
    `to: ${quote(edge.to.id)}`,
    `decorator: ${edge.decorator}`,
    ...(edge.when === undefined ? [] : [`when: ${quote(edge.when)}`]),
    ...(edge.otherwise ? ['otherwise: true'] : []),
    ...(edge.bind === undefined ? [] : [`bind: ${printBind(edge.bind)}`]),
    ...fieldFacts(names, edge),
  ];
  const inject = injectOf(names, edge);
  const flat = `{ ${facts.join(', ')} },`;
  if (inject === undefined && out.fits(flat)) return out.line(flat);
  out.block('{', '},', () => {
    for (const fact of facts) out.line(`${fact},`);
    if (inject !== undefined) out.arrow('inject', [`value: ${inject.from}`], inject.to, 'value');
  });
}

function printBind(bind: readonly string[] | 'function'): string {
  return bind === 'function' ? quote(bind) : `[${bind.map(quote).join(', ')}]`;
}

/** An error is handed over as it was thrown: it is not built from data, so its class is not named. */
function fieldFacts(names: Names, { on, field }: EdgeModel): string[] {
  if (field === undefined) return [];
  const symbol = on === 'error' ? undefined : field.class?.symbol;
  return [`field: ${quote(field.name)}`, ...(symbol === undefined ? [] : [`fieldClass: ${names.value(symbol)}`])];
}

/** The value's type and the type it goes to; undefined where nothing can be said for sure. */
function injectOf(names: Names, edge: EdgeModel): { readonly from: string; readonly to: string } | undefined {
  if (edge.on !== 'success' || edge.from === null) return undefined;
  const goal = goalOf(names, edge);
  if (goal === undefined) return undefined;
  const from = returnedType(names, edge.from);
  if (from === goal.type) return { from, to: goal.written };
  // Narrowed by `when`, or built from data alone: other types may fit.
  const isNarrowed = edge.when !== undefined || edge.otherwise;
  return isNarrowed || goal.hasMethods ? undefined : { from, to: goal.written };
}

interface Goal {
  /** The type itself, for comparing its words. */
  readonly type?: string;
  readonly written: string;
  /** It has more than data, so that data is turned into it. */
  readonly hasMethods: boolean;
}

function goalOf(names: Names, { to, field, bind }: EdgeModel): Goal | undefined {
  const { message } = to;
  if (message !== undefined && field !== undefined) {
    const type = field.type === undefined ? undefined : symbolName(names, field);
    return {
      ...(type !== undefined && { type }),
      written: `${messageType(names, to)}[${quote(field.name)}]`,
      hasMethods: field.class !== undefined && isMoreThanData(field.class),
    };
  }
  const slot = message?.slot ?? to.slots.find((item) => item.fills === 'returnValue');
  if (slot === undefined || (message !== undefined && bind !== undefined)) return undefined;
  const type = slotType(names, to, slot);
  return { type, written: type, hasMethods: slot.class !== undefined && isMoreThanData(slot.class) };
}

function symbolName(names: Names, field: FieldModel): string | undefined {
  return field.type?.kind === 'symbol' && field.type.arguments.length === 0 ? names.type(field.type.symbol) : undefined;
}

function isMoreThanData(declared: NonNullable<Slot['class']>): boolean {
  const { class: item } = declared;
  if (item === undefined || item.base !== undefined) return true;
  return item.members.some((found) => !found.isStatic && (found.kind !== 'property' || found.visibility !== 'public'));
}
