// A `when` that no value can pass: a literal for a node that returns an object, a class that is not an error.
//
// WHEN-1. Only what is certain from the written type is reported. The compiler compares literals with literals, but it lets
//         the types of a string and an object overlap.

import { chainOf } from '../model/class-chain.ts';
import type { ClassUse, EdgeModel, LiteralUse, NodeModel } from '../model/model.ts';
import type { Declared, Scope } from '../model/scope.ts';
import { entryOf, fold } from '../model/fold.ts';
import { awaitedRecord } from '../model/type-name.ts';
import type { FileRecord, TypeRecord, ValueRecord } from '../read/file-record.ts';
import type { Report } from '../problem.ts';
import { isDeclaration } from '../read/outputs.ts';

export function checkWhen(scope: Scope, node: NodeModel, report: Report): void {
  for (const edge of node.edges) {
    const isUsable = checkForm(scope, edge, report);
    if (isUsable && edge.on === 'success') checkLiterals(scope, edge, report);
    for (const use of edge.caught ?? []) checkError(scope, use, 'when', report);
  }
  const { throws } = node.facts;
  if (throws !== 'hidden') for (const use of throws ?? []) checkError(scope, use, 'throws', report);
}

/** A promise is neither true nor false, and only errors have several classes. */
function checkForm(scope: Scope, { options, on }: EdgeModel, report: Report): boolean {
  const when = options === undefined ? undefined : entryOf(scope, options, 'when');
  if (when === undefined || when === 'hidden') return true;
  const wrong = wrongForm(fold(scope, when).value, on);
  if (wrong !== undefined) report('ONW1140', { file: when.file, at: when.value.at }, wrong);
  return wrong === undefined;
}

function wrongForm(value: ValueRecord, on: EdgeModel['on']): string | undefined {
  if (value.kind === 'function' && value.isAsync === true) return ASYNC;
  return value.kind === 'array' && on === 'success' ? SEVERAL : undefined;
}

const ASYNC =
  'expected `when` to answer at once with true or false, got an async function; ask in the body of the target, and return what `when` compares';
const SEVERAL =
  'expected `when` to be one value, got an array; write the annotation once for each value, or a predicate: (value) => …';

function checkError(scope: Scope, { declared, name, place }: ClassUse, option: string, report: Report): void {
  const item = declared?.class;
  if (declared === undefined || item === undefined || isDeclaration(declared.file.path)) return;
  const { classes, isComplete } = chainOf(scope, { file: declared.file, class: item });
  // A name that cannot be read may be `Symbol.hasInstance`.
  const isOdd = classes.some((owner) => owner.class.members.some((member) => member.isStatic && !member.name));
  if (!isComplete || isOdd) return;
  const fix = option === 'when' ? `, or ask with a predicate: (error) => error instanceof ${name}` : '';
  const text = `expected \`${option}\` to name error classes, and ${name} does not extend Error; write \`class ${item.name ?? name} extends Error\`${fix}`;
  const related = [{ place: { file: declared.file, at: item.at }, text: 'declared here' }];
  report('ONW1140', place, text, { related });
}

function checkLiterals(scope: Scope, { from, values }: EdgeModel, report: Report): void {
  const [first] = values ?? [];
  if (from === null || first === undefined || values === undefined) return;
  const type = awaitedRecord(from.member.type);
  const open = [...from.member.typeParameters, ...from.service.chain.flatMap((owner) => owner.class.typeParameters)];
  const found = type === undefined ? undefined : objectsIn({ scope, open, values }, from.place.file, type, 0);
  const [object] = found ?? [];
  if (object === undefined) return;
  const asked = values.map((item) => JSON.stringify(item.value)).join(' or ');
  const pattern = object.field === undefined ? 'a pattern' : `a pattern, such as { ${object.field}: … },`;
  const text = `expected \`when\` to be something that ${from.id} returns, got ${asked}; it returns ${object.name}, which never equals a plain value: write ${pattern} or a predicate`;
  report('ONW1140', first.place, text, { related: [{ place: from.place, text: 'declared here' }] });
}

interface Asked {
  readonly scope: Scope;
  /** Type parameters: they may stand for anything. */
  readonly open: readonly string[];
  readonly values: readonly LiteralUse[];
}

interface ObjectType {
  readonly name: string;
  /** A field that it certainly has. */
  readonly field?: string;
}

// No real chain of names is longer.
const MAX_DEPTH = 16;

/** The objects in a type that no value of the `when` can equal; undefined if one may. */
function objectsIn(asked: Asked, file: FileRecord, type: TypeRecord, depth: number): ObjectType[] | undefined {
  if (depth === MAX_DEPTH) return undefined;
  switch (type.kind) {
    case 'array':
      return [{ name: 'an array' }];
    case 'literal':
      return asked.values.some((item) => item.value === type.value) ? undefined : [];
    case 'keyword':
      return isOther(asked, type.text) ? [] : undefined;
    case 'other':
      return objectWith('an object', type.fields ?? []);
    case 'union': {
      const items = type.items.map((item) => objectsIn(asked, file, item, depth + 1));
      return items.every((item) => item !== undefined) ? items.flat() : undefined;
    }
    case 'name':
      return objectsNamed(asked, file, type, depth);
    case 'intersection':
      return undefined;
  }
}

function isOther({ values }: Asked, keyword: string): boolean {
  if (keyword === 'undefined') return true;
  const isPlain = keyword === 'string' || keyword === 'number' || keyword === 'boolean';
  return isPlain && values.every((item) => typeof item.value !== keyword);
}

function objectsNamed(
  asked: Asked,
  file: FileRecord,
  { path }: Extract<TypeRecord, { kind: 'name' }>,
  depth: number,
): ObjectType[] | undefined {
  const found = asked.open.includes(path[0] ?? '') ? undefined : asked.scope.declared(file, path);
  if (found === undefined) return undefined;
  const { kind, type, name } = found.declaration;
  if (kind === 'class') return objectWith(name, fieldsOf(asked.scope, found));
  if (type === undefined) return undefined;
  if (kind === 'alias') return objectsIn(asked, found.file, type, depth + 1);
  return kind === 'interface' && type.kind === 'other' ? objectWith(name, type.fields ?? []) : undefined;
}

function fieldsOf(scope: Scope, { file, class: item }: Declared): string[] {
  if (item === undefined) return [];
  const members = chainOf(scope, { file, class: item }).classes.flatMap((owner) => owner.class.members);
  const fields = members.filter((member) => !member.isStatic && !member.isOptional && member.kind !== 'constructor');
  return fields
    .toSorted((a, b) => Number(a.kind === 'method') - Number(b.kind === 'method'))
    .flatMap(({ name }) => name ?? []);
}

/** A string has a length and methods too: only a field that no plain value has makes an object certain. */
function objectWith(name: string, fields: readonly string[]): ObjectType[] | undefined {
  const field = fields.find((item) => [Object(''), Object(0), Object(true)].every((plain: object) => !(item in plain)));
  return field === undefined ? undefined : [{ name, field }];
}
