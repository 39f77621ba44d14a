// A message with `${…}` in it, as plain data: what `resolve` turns into a message.
//
// M1. A text that is one `${…}` stands for the value itself; inside a longer text the value is written out.
// M2. `\${` stands for the characters `${`.

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

/** A list of these, and no object: a field may have a name that objects have. */
export interface TemplateField {
  readonly name: string;
  readonly value: Template;
}

/** Reads the text at a path; what goes wrong is told to whoever gave the reader. */
export type ReadText = (text: string, path: string) => Template;

/** The template of a message. Recursion is bounded by the depth that the scan has let through. */
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
 * The template of one text.
 *
 * @throws {SyntaxProblem} where a `${…}` is no expression.
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

/** Every expression of the text. */
export function expressionsOf(template: Template): readonly Expression[] {
  if (template.kind === 'value') return [template.expression];
  return template.kind === 'text' ? template.parts.filter((part) => typeof part !== 'string') : [];
}
