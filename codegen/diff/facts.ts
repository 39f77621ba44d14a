// What of a graph can be told apart: nodes, message classes and edges by the names that runs in flight know them by, each
// fact as a text or a number.
//
// FACTS-1. Two texts are the same if the sources mean the same: names are followed to what they stand for, the order of
//          keys and the layout do not count.
// FACTS-2. Edges and joins have the ids that the records of runs have.

import { fieldsOf } from '../model/slots.ts';
import { fold, keysOf, optionOf, type Folded } from '../model/fold.ts';
import type { EdgeModel, FieldModel, Model, NodeModel, Place } from '../model/model.ts';
import type { Scope } from '../model/scope.ts';
import { awaitedRecord } from '../model/type-name.ts';
import type { FileRecord, MemberRecord, TypeRecord } from '../read/file-record.ts';
import { startOf, textAt, type Span } from '../read/span.ts';

export interface GraphFacts {
  readonly nodes: ReadonlyMap<string, NodeFacts>;
  /** Every edge but those of joins, by its id. */
  readonly edges: ReadonlyMap<string, EdgeFacts>;
  readonly joins: ReadonlyMap<string, JoinFacts>;
}

export type Texts = ReadonlyMap<string, string>;

export interface NodeFacts {
  readonly id: string;
  readonly model: NodeModel;
  readonly place: Place;
  readonly kind: 'job' | 'handler';
  readonly waits: boolean;
  /** What it is given as its message: a class, or a type as it is written; undefined for none. */
  readonly message: { readonly type: readonly string[]; readonly class?: ClassFacts } | undefined;
  /** The members of the written type of its value; undefined where it is inferred. */
  readonly returns: readonly string[] | undefined;
  readonly options: Texts;
  readonly schedules: readonly string[];
}

export interface ClassFacts {
  readonly name: string;
  readonly place: Place;
  readonly fields: ReadonlyMap<string, FieldFacts>;
}

export interface FieldFacts {
  readonly place: Place;
  readonly isRequired: boolean;
  /** The members of its type, sorted: several for a union. */
  readonly type: readonly string[];
  /** Its validators and transforms. */
  readonly checks: string;
  /** Filled by an edge or a join, and by nobody from outside. */
  readonly isFilled: boolean;
  /** The class that it holds, alone or in an array. */
  readonly class?: ClassFacts;
}

export interface EdgeFacts {
  readonly id: string;
  readonly model: EdgeModel;
  readonly place: Place;
  readonly options: Texts;
  /** The field of the message that takes the value or the error. */
  readonly field: string;
}

export interface JoinFacts {
  readonly id: string;
  readonly place: Place;
  /** `key from node`, in the order of their declaration. */
  readonly sources: readonly string[];
  readonly options: Texts;
}

/** @param model of which `scope` knows the names. */
export function factsOfGraph(model: Model, scope: Scope): GraphFacts {
  const nodes = model.services.flatMap((service) => service.nodes);
  const classes = new ClassReader(scope);
  return {
    nodes: new Map(nodes.map((node) => [node.id, factsOfNode(node, scope, classes)])),
    edges: edgesOf(nodes, scope),
    joins: joinsOf(nodes, scope),
  };
}

function factsOfNode(node: NodeModel, scope: Scope, classes: ClassReader): NodeFacts {
  const { id, kind, place, message, member } = node;
  const { file } = place;
  const type = awaitedRecord(member.type);
  const parameter = message?.slot.parameter.type;
  const ofClass = message?.slot.class === undefined ? undefined : classes.of(message.slot.class);
  const taken = parameter === undefined ? ['any'] : membersOf(message?.slot.place.file ?? file, parameter);
  return {
    id,
    model: node,
    place,
    kind,
    waits: node.facts.waits === true,
    message: message === undefined ? undefined : { type: taken, ...(ofClass !== undefined && { class: ofClass }) },
    returns: type === undefined ? undefined : membersOf(file, type),
    options: optionTexts(scope, node.options),
    schedules: node.schedules.map(({ pattern = '…', options }) => {
      const more = [...optionTexts(scope, options)].map(([key, value]) => `${key}: ${value}`);
      return [pattern, ...more].join(', ');
    }),
  };
}

// ── edges ──

function edgesOf(nodes: readonly NodeModel[], scope: Scope): Map<string, EdgeFacts> {
  const found = new Map<string, EdgeFacts>();
  for (const model of nodes.flatMap((node) => node.edges)) {
    if (model.join !== undefined) continue;
    const stem = `${model.from?.id ?? '*'}>${model.on}>${model.to.id}`;
    let id = stem;
    for (let count = 2; found.has(id); count++) id = `${stem}#${count}`;
    const field = [model.field?.name, model.errorField?.name].join(' ').trim();
    found.set(id, { id, model, place: model.place, options: optionTexts(scope, model.options), field });
  }
  return found;
}

function joinsOf(nodes: readonly NodeModel[], scope: Scope): Map<string, JoinFacts> {
  const found = new Map<string, JoinFacts>();
  for (const node of nodes) {
    const byDecorator = new Map<number, EdgeModel[]>();
    for (const edge of node.edges) {
      if (edge.join === undefined) continue;
      byDecorator.set(edge.decorator, [...(byDecorator.get(edge.decorator) ?? []), edge]);
    }
    for (const [at, edges] of [...byDecorator.values()].entries()) {
      const [first] = edges;
      if (first === undefined) continue;
      const id = at === 0 ? `join>${node.id}` : `join>${node.id}#${at + 1}`;
      const sources = edges.map(({ join, from }) => `${join?.source} from ${from?.id}`);
      found.set(id, { id, place: first.place, sources, options: optionTexts(scope, first.options) });
    }
  }
  return found;
}

// ── classes ──

/** Each class once, also where it holds itself. */
class ClassReader {
  readonly #scope: Scope;
  readonly #known = new Map<object, ClassFacts>();

  constructor(scope: Scope) {
    this.#scope = scope;
  }

  of({ file, class: record, declaration }: ClassUse): ClassFacts | undefined {
    if (record === undefined) return undefined;
    const before = this.#known.get(record);
    if (before !== undefined) return before;
    const fields = new Map<string, FieldFacts>();
    const facts = { name: declaration.name, place: { file, at: record.at }, fields };
    this.#known.set(record, facts);
    for (const field of fieldsOf(this.#scope, { file, class: record }).fields) {
      if (!field.isMethod) fields.set(field.name, this.#fieldOf(field));
    }
    return facts;
  }

  #fieldOf({ place, isRequired, mark }: FieldModel): FieldFacts {
    const member = memberAt(place);
    const held = this.#classIn(place.file, member?.type);
    return {
      place,
      isRequired,
      type: typesIn(member?.type).flatMap((type) => membersOf(place.file, type)),
      checks: checksOf(place.file, member),
      isFilled: mark !== undefined,
      ...(held !== undefined && { class: held }),
    };
  }

  #classIn(file: FileRecord, type: TypeRecord | undefined): ClassFacts | undefined {
    if (type?.kind === 'array') return this.#classIn(file, type.item);
    if (type?.kind === 'union') return type.items.map((item) => this.#classIn(file, item)).find((item) => item);
    const found = type?.kind === 'name' ? this.#scope.declared(file, type.path) : undefined;
    return found === undefined ? undefined : this.of(found);
  }
}

type ClassUse = NonNullable<ReturnType<Scope['declared']>>;

function memberAt({ file, at }: Place): MemberRecord | undefined {
  const start = startOf(at);
  return file.classes.flatMap((item) => item.members).find((member) => startOf(member.at) === start);
}

/** Without `undefined`, which `isRequired` stands for. */
function typesIn(type: TypeRecord | undefined): readonly TypeRecord[] {
  if (type?.kind !== 'union') return type === undefined ? [] : [type];
  return type.items.filter((item) => item.kind !== 'keyword' || item.text !== 'undefined');
}

/** `@IsOptional()` is what `isRequired` says. */
function checksOf(file: FileRecord, member: MemberRecord | undefined): string {
  const kept = (member?.annotations ?? []).filter(({ path }) => path.at(-1) !== 'IsOptional');
  const texts = kept.map(({ at }) => sourceText(file, at));
  return texts.toSorted().join(' ');
}

// ── texts ──

function optionTexts(scope: Scope, options: Folded | undefined): Texts {
  if (options === undefined) return new Map();
  const keys = keysOf(scope, options);
  if (keys === undefined) return new Map([['…', sourceText(options.file, options.value.at)]]);
  return new Map(
    keys.flatMap((key) => {
      const found = optionOf(scope, options, key);
      if (key === 'name' || found === undefined) return [];
      return [[key, found === 'hidden' ? '…' : valueText(scope, found)] as const];
    }),
  );
}

const MAX_DEPTH = 8;

function valueText(scope: Scope, written: Folded, depth = 0): string {
  const { file, value } = fold(scope, written);
  const inner = (item: Folded): string => valueText(scope, item, depth + 1);
  if (depth < MAX_DEPTH && value.kind === 'object' && !value.isOpen && value.spreads.length === 0) {
    const entries = value.entries.toSorted((a, b) => (a.key < b.key ? -1 : 1));
    const texts = entries.map((entry) => `${entry.key}: ${inner({ file, value: entry.value })}`);
    return texts.length === 0 ? '{}' : `{ ${texts.join(', ')} }`;
  }
  if (depth < MAX_DEPTH && value.kind === 'array')
    return `[${value.items.map((item) => inner({ file, value: item })).join(', ')}]`;
  if (value.kind === 'literal') return typeof value.value === 'string' ? `'${value.value}'` : String(value.value);
  return value.kind === 'name' ? value.path.join('.') : sourceText(file, value.at);
}

/** Several for a union, sorted. */
function membersOf(file: FileRecord, type: TypeRecord): string[] {
  const items = type.kind === 'union' ? type.items : [type];
  return items.map(({ at }) => sourceText(file, at)).toSorted();
}

/** Without comments, in one line, with blanks where they matter only. */
function sourceText({ text }: Pick<FileRecord, 'text'>, at: Span): string {
  return textAt(text, at)
    .replace(/\/\*.*?\*\/|(?<=^|\s)\/\/[^\n]*/gs, '')
    .replace(/\s+/g, ' ')
    .replace(/,? ?([)\]}])/g, '$1')
    .replace(/([([{]) /g, '$1')
    .replaceAll('"', "'")
    .trim();
}
