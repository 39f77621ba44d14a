// One edge: what it watches, with its facts, and functions that let the compiler see whether the values fit.

import type { EdgeModel } from '../model/model.ts';
import type { Names } from './names.ts';
import { injectOf, recoversOf, type Proof } from './print-proof.ts';
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
    ...(edge.each ? ['each: true'] : []),
    ...(edge.recover ? ['recover: true'] : []),
    ...(edge.join === undefined ? [] : [`source: ${quote(edge.join.source)}`]),
    ...(edge.bind === undefined ? [] : [`bind: ${printBind(edge.bind)}`]),
    ...fieldFacts(names, edge),
  ];
  const inject = injectOf(names, edge);
  const recovers = recoversOf(names, edge);
  const flat = `{ ${facts.join(', ')} },`;
  if (inject === undefined && recovers === undefined && out.fits(flat)) return out.line(flat);
  out.block('{', '},', () => {
    for (const fact of facts) out.line(`${fact},`);
    if (inject !== undefined) printProof(out, 'inject', inject);
    if (recovers !== undefined) printProof(out, 'recovers', recovers);
  });
}

function printProof(out: Printer, name: string, { from, to }: Proof): void {
  out.arrow(name, [`value: ${from}`], to, 'value');
}

function printBind(bind: readonly string[] | 'function'): string {
  return bind === 'function' ? quote(bind) : `[${bind.map(quote).join(', ')}]`;
}

/** An error is handed over as it was thrown: it is not built from data, so its class is not named. */
function fieldFacts(names: Names, { on, field, errorField, join }: EdgeModel): string[] {
  const symbol = on === 'error' ? undefined : field?.class?.symbol;
  return [
    // Of a join the source is the field.
    ...(field === undefined || join !== undefined ? [] : [`field: ${quote(field.name)}`]),
    ...(symbol === undefined ? [] : [`fieldClass: ${names.value(symbol)}`]),
    ...(errorField === undefined ? [] : [`errorField: ${quote(errorField.name)}`]),
  ];
}
