// Emits fields of primitive values that stand next to each other: they are read, then judged, then set.
//
// EMIT-TOGETHER-1. Nothing is made or set between the values: V8 then looks up the shape of the data, and of the message,
//                  once. Where all values fit, nothing else is done.
// EMIT-TOGETHER-2. Where one does not fit, a function of its own sets them one by one. So the reader stays short, and V8
//                  puts readers of nested classes into the loop that calls them.
// EMIT-TOGETHER-3. Where exact sizes are wanted, strings are copied, which counts them. Only what was doubted is asked about:
//                  a question about a value that fits may be answered without asking the rules.

import type { FieldDescription } from '../description.ts';
import type { AskedField } from './question.ts';
import { kindCode, rulesCode, safeCode, allOf, type Keep, type Kind } from './rule-code.ts';
import { member, type SourceText } from './source-text.ts';

/** A field of one kind of primitive value, of which nothing is asked but class-validator's own rules. */
export interface PrimitiveField {
  readonly field: FieldDescription;
  readonly kind: Exclude<Kind, 'array'>;
  /** The variable that holds its value. */
  readonly local: string;
  /** Its value in the data, as code. */
  readonly given: string;
  /** The annotations, for readers of the code. */
  readonly head: string;
  /** A new instance has a value in it. */
  readonly hasDefault: boolean;
  readonly asked: AskedField;
}

/** Fields that are judged together, and what their code refers to. */
export interface Together {
  readonly fields: readonly PrimitiveField[];
  readonly className: string;
  /** The name of the function that sets them one by one. */
  readonly setter: string;
  readonly keep: Keep;
  /** Emits the new instance, if that is still to be done. */
  readonly makeMessage: () => void;
}

/** Emits the code of the fields; @param apart takes the function that sets them one by one. */
export function emitTogether(text: SourceText, apart: SourceText, together: Together): void {
  const { fields, className, setter, keep, makeMessage } = together;
  const asked = keep(
    fields.map((field) => field.asked),
    `${className}_fields`,
  );
  const locals = fields.map(({ local }) => local).join(', ');
  text.line(`const ${fields.map(({ local, given }) => `${local} = ${given}`).join(', ')};`);
  fields.forEach((field, at) => {
    text.line(`// ${field.head}`);
    text.line(`if (!(${acceptedCode(field, keep)})) doubts |= ${1 << at};`);
  });
  makeMessage();
  text.either(
    'doubts === 0 && !reader.exact',
    () => {
      text.line(`found += ${fields.length};`);
      fields.forEach((field, at) => setAccepted(text, field, at, keep));
      const lengths = fields.filter(({ kind }) => kind === 'string').map(lengthCode);
      if (lengths.length > 0) text.line(`bytes += (${lengths.join(' + ')}) * 3;`);
      if (fields.some(mayLack)) text.line(`if (doubts !== 0) { reader.ask(${asked}, doubts, message); doubts = 0; }`);
    },
    () => {
      text.line(`found += ${setter}(message, doubts, level, reader, ${locals});`);
      text.line('doubts = 0;');
    },
  );
  apart.block(`function ${setter}(message, doubts, level, reader, ${locals}) {`, () => {
    apart.line('const exact = reader.exact;');
    apart.line('let found = 0, bytes = 0, asked = 0, value;');
    fields.forEach((field, at) => setOne(apart, field, at, keep));
    apart.line('reader.spend(0, bytes);');
    apart.line(`if (asked !== 0) reader.ask(${asked}, asked, message);`);
    apart.line('return found;');
  });
}

function setAccepted(text: SourceText, field: PrimitiveField, at: number, keep: Keep): void {
  const target = member('message', field.field.name);
  if (!mayLack(field)) return text.line(`${target} = ${field.local};`);
  text.either(
    `${field.local} !== undefined`,
    () => text.line(`${target} = ${field.local};`),
    () => {
      text.line('found--;');
      text.line(`const value = ${target};`);
      text.line(`if (${unfitCode(field, keep)}) doubts |= ${1 << at};`);
    },
  );
}

function setOne(text: SourceText, field: PrimitiveField, at: number, keep: Keep): void {
  const { local, kind } = field;
  const target = member('message', field.field.name);
  const bit = 1 << at;
  text.block(`if (${local} === undefined) {`, () => {
    text.line(`value = ${target};`);
    text.line(`if (${unfitCode(field, keep)}) asked |= ${bit};`);
  });
  text.block(`else if ((doubts & ${bit}) === 0${kind === 'string' ? ' && !exact' : ''}) {`, () => {
    text.line('found++;');
    text.line(`${target} = ${local};`);
    if (kind === 'string') text.line(`bytes += ${lengthCode(field)} * 3;`);
  });
  text.block('else {', () => {
    text.line('found++;');
    text.line(`${target} = reader.copy(${local}, level);`);
    text.line(`asked |= doubts & ${bit};`);
  });
}

/** Whether nothing is asked about what is given, as code. */
function acceptedCode(field: PrimitiveField, keep: Keep): string {
  const { local, kind } = field;
  const { rules } = field.field;
  const good = allOf([kindCode(local, kind), safeCode(rules, local, kind), rulesCode(rules, local, kind, keep)]);
  const missing = mayLack(field) ? `${local} === undefined || ` : '';
  return `${missing}${skipsNull(field) ? `${local} === null || ` : ''}${good}`;
}

/** Whether the field is to be asked about although the data has none, as code. */
function unfitCode(field: PrimitiveField, keep: Keep): string {
  const isGiven = skipsNull(field) ? 'value !== undefined && value !== null' : '';
  return allOf([isGiven, `!(${rulesCode(field.field.rules, 'value', undefined, keep)})`]);
}

function lengthCode(field: PrimitiveField): string {
  const { local } = field;
  return mayLack(field) ? `(typeof ${local} === "string" ? ${local}.length : 0)` : `${local}.length`;
}

/** A message often goes without it. */
function mayLack(field: PrimitiveField): boolean {
  return field.hasDefault || skipsNull(field);
}

/** With `@IsOptional`: nothing is asked of null. */
function skipsNull({ field }: PrimitiveField): boolean {
  return field.conditions.length > 0;
}
