// A message with `${…}` in it, as plain data: what `resolve` turns into a message.
//
// TEMPLATE-1. A string that is one `${…}` stands for the value itself; inside a longer string the value is written out.
// TEMPLATE-2. `\${` stands for the characters `${`.

import { type Json, isList, isRecord } from '../values/json.ts';
import { joinPath } from '../values/describe.ts';
import { type Expression, readInserted } from './expression.ts';

/** A message, or a part of one. */
export type Template =
  | { readonly kind: 'data'; readonly value: string | number | boolean | null }
  | { readonly kind: 'value'; readonly expression: Expression }
  | { readonly kind: 'text'; readonly parts: readonly (string | Expression)[] }
  | { readonly kind: 'list'; readonly items: readonly Template[] }
  | { readonly kind: 'record'; readonly fields: readonly TemplateField[] };

/** An array of these, not an object: a field may have a name that every object has. */
export interface TemplateField {
  readonly name: string;
  readonly value: Template;
}

/** Reads the string at a path, and reports what is wrong with it. */
export type ReadText = (text: string, path: string) => Template;

/** The template of a message. Recursion is bounded: the depth of the JSON was checked before. */
export function templateOf(json: Json, path: string, read: ReadText): Template {
  if (typeof json === 'string') return read(json, path);
  if (isList(json)) {
    return { kind: 'list', items: json.map((item, at) => templateOf(item, joinPath(path, at), read)) };
  }
  if (!isRecord(json)) return { kind: 'data', value: json };
  const fields = Object.entries(json).map(([name, part]) => ({
    name,
    value: templateOf(part, joinPath(path, name), read),
  }));
  return { kind: 'record', fields };
}

/**
 * The template of one string.
 *
 * @throws {SyntaxProblem} where a `${…}` is not an expression.
 */
export function readText(text: string): Template {
  const parts: (string | Expression)[] = [];
  let literal = '';
  let from = 0;
  for (let at = text.indexOf('${'); at !== -1; at = text.indexOf('${', from)) {
    if (at > from && text[at - 1] === '\\') {
      literal += `${text.slice(from, at - 1)}\${`;
      from = at + 2;
      continue;
    }
    literal += text.slice(from, at);
    if (literal !== '') parts.push(literal);
    literal = '';
    const { expression, end } = readInserted(text, at);
    parts.push(expression);
    from = end;
  }
  literal += text.slice(from);
  const [first] = parts;
  if (first === undefined) return { kind: 'data', value: literal };
  if (parts.length === 1 && literal === '' && typeof first !== 'string') return { kind: 'value', expression: first };
  if (literal !== '') parts.push(literal);
  return { kind: 'text', parts };
}

/** Every expression of the string. */
export function expressionsOf(template: Template): readonly Expression[] {
  if (template.kind === 'value') return [template.expression];
  return template.kind === 'text' ? template.parts.filter((part) => typeof part !== 'string') : [];
}
