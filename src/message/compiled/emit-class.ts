// Emits the reader of one class: data in, an instance out, in one pass that counts, copies and judges, and puts questions
// where a rule did not accept a value.
//
// EMIT-CLASS-1. No code of the user's is called but constructors, functions of `@Type` that take nothing, and getters of
//               plain objects: the reader may give up, and it would be called again.
// EMIT-CLASS-2. Fields are filled and asked about in the order of the description; a tag that stays and marked fields are
//               set last, as the interpreter does.

import { types } from 'node:util';
import { DANGEROUS_NAMES } from '../../values/json.ts';
import type { MessageClass } from '../../wiring/v1.ts';
import { isChecked, isFilled, type ClassDescription, type FieldDescription } from '../description.ts';
import { inheritedMember, instantiate } from '../instance.ts';
import { isSensitive } from '../secrets.ts';
import { FieldEmitter } from './emit-field.ts';
import type { FilledClass } from './filling.ts';
import type { KnownNames } from './reader.ts';
import { member, quotedName, type KeptValues, type SourceText } from './source-text.ts';
import { CannotCompile, type ReaderLinks, type Reading, type Variant } from './variant.ts';

/** What one reader is emitted from. */
export interface ClassEmission {
  readonly description: ClassDescription;
  readonly variant: Variant;
  readonly links: ReaderLinks;
  readonly kept: KeptValues;
  /** Instances of the class are filled later. */
  readonly filled?: FilledClass;
}

/** Emits the function `name` that reads objects of the class in one way. */
export function emitReader(text: SourceText, name: string, of: ClassEmission, reading: Reading): void {
  const emitter = new ClassEmitter(text, of, reading);
  text.block(`function ${name}(data, level, reader) {`, () => emitter.body());
  emitter.apart();
}

class ClassEmitter {
  readonly #text: SourceText;
  readonly #of: ClassEmission;
  readonly #fields: FieldEmitter;
  readonly #marked: readonly (readonly [string, MessageClass | true])[];

  constructor(text: SourceText, of: ClassEmission, reading: Reading) {
    this.#text = text;
    this.#of = of;
    this.#marked = Object.entries(of.variant.marked ?? {});
    this.#fields = new FieldEmitter(text, of, reading);
  }

  body(): void {
    const text = this.#text;
    const { description, kept, variant } = this.#of;
    const { fields } = description;
    text.line('if (level > reader.maxDepth) throw GIVE_UP;');
    text.line('let found = 0, bytes = 0, doubts = 0, value, good, asked, isPlain;');
    // Messages nested in it are made after it.
    if (this.#marked.length > 0 || this.#of.filled !== undefined) this.#fields.makeMessage();
    this.#readMarked();
    if (variant.tag !== undefined) this.#readTag(variant.tag.field);
    if (this.#of.filled !== undefined) {
      this.#copies(this.#of.filled);
      return;
    }
    const markedNames = new Set(this.#marked.map(([field]) => field));
    for (const field of fields) {
      if (markedNames.has(field.name)) this.#fields.marked(field, markedValue(kept, field.name));
      else this.#fields.emit(field);
    }
    this.#fields.finishMessage();
    this.#fields.putDoubts();
    if (variant.tag?.keep === true) text.line(`if (tag !== undefined) ${member('message', variant.tag.field)} = tag;`);
    for (const [field] of this.#marked) {
      const value = markedValue(kept, field);
      text.line(`if (${value} !== undefined) ${member('message', field)} = ${value};`);
    }
    this.#names();
    text.line('return message;');
  }

  /** Emits the functions that the body refers to. */
  apart(): void {
    const { apart } = this.#fields;
    if (apart !== '') this.#text.line(apart);
  }

  /** Copies the fields, and leaves the filling for later. */
  #copies(filled: FilledClass): void {
    const text = this.#text;
    const { description, kept } = this.#of;
    const { fields, fillable } = description;
    const own = fields.filter((field) => fillable.get(field.inputName) === field);
    const asksForClasses = own.some(({ type }) => type !== undefined);
    text.line(`const given = { ${own.map(({ name }) => `${quotedName(name)}: undefined`).join(', ')} };`);
    if (asksForClasses) text.line('const around = reader.noteClasses();');
    for (const field of own) this.#fields.given(field);
    const tag = filled.tag === undefined ? 'undefined' : 'tag';
    text.line(
      `const filling = reader.fillLater(${kept.name(filled, `${description.name}_filled`)}, message, { data, given, tag: ${tag} });`,
    );
    if (description.open) {
      const field = filled.tag === undefined ? 'undefined' : quotedName(filled.tag.field);
      text.line(`filling.others = reader.copyAll(data, level, ${field});`);
    } else this.#names((known) => `{ ...${known}, filling }`);
    if (asksForClasses) text.line('reader.classes = around;');
    text.line('return message;');
  }

  /** Compares the number of names with that of the fields found, and counts what was read. */
  #names(withFilling = (known: string): string => known): void {
    const text = this.#text;
    const { description, variant, kept } = this.#of;
    const taken = [...(variant.tag === undefined ? [] : [variant.tag.field]), ...this.#marked.map(([field]) => field)];
    const known: KnownNames = { description, taken };
    const skipped = this.#marked.length === 0 ? '' : ' + skipped';
    text.line('let names = 0;');
    text.line('for (const _ in data) names++;');
    text.line('if (names > reader.maxKeys || (names === 0 && Symbol.toStringTag in data)) throw GIVE_UP;');
    const names = kept.name(known, `${description.name}_names`);
    text.line(`if (names !== found${skipped}) reader.otherNames(data, ${withFilling(names)}, level, found${skipped});`);
    text.line(`reader.spend(found, found * 8 + ${this.#bytesOfNames()} + bytes);`);
  }

  /** At most: fields that the data does not have are counted, too. */
  #bytesOfNames(): number {
    const { description, variant } = this.#of;
    const names = [...description.fillable.keys(), ...(variant.tag === undefined ? [] : [variant.tag.field])];
    return names.reduce((sum, name) => sum + Buffer.byteLength(name), 0);
  }

  #readTag(field: string): void {
    const text = this.#text;
    text.line(`let tag = ${this.#fields.valueOf(field)};`);
    text.line('if (tag !== undefined) { found++; tag = reader.copy(tag, level); }');
  }

  #readMarked(): void {
    if (this.#marked.length === 0) return;
    const text = this.#text;
    const { kept, links, description } = this.#of;
    text.line('let skipped = 0;');
    for (const [field, fieldClass] of this.#marked) {
      const value = markedValue(kept, field);
      const key = quotedName(field);
      text.line(`if (Object.prototype.propertyIsEnumerable.call(data, ${key})) skipped++;`);
      text.line(`${fieldClass === true ? 'const' : 'let'} ${value} = ownValue(data, ${key});`);
      if (fieldClass === true) continue;
      if (!isFilled(fieldClass)) throw new CannotCompile(`the marked field ${field} is of a built-in class`);
      const reader = links.readerOf(fieldClass, kept);
      const mayLack = (description.fillable.get(field)?.conditions.length ?? 0) > 0;
      text.block(`if (typeof ${value} === "object" && ${value} !== null) {`, () => {
        text.line(`isPlain = Object.getPrototypeOf(${value}) === Object.prototype;`);
        text.line(`if (!isPlain && !isMadeOfFields(Object.getPrototypeOf(${value}))) throw GIVE_UP;`);
        text.line(
          `${value} = reader.marked(isPlain ? ${reader}.plain : ${reader}.other, ${value}, ${key}, ${isSensitive(description, field)});`,
        );
      });
      text.line(
        mayLack ? `else if (${value} !== undefined && ${value} !== null) throw GIVE_UP;` : 'else throw GIVE_UP;',
      );
    }
    // The interpreter fills and judges each marked message when all around it is filled.
    if (this.#marked.some(([, fieldClass]) => fieldClass !== true)) text.line('if (reader.isFilling) throw GIVE_UP;');
  }
}

function markedValue(kept: KeptValues, field: string): string {
  return kept.name(`marked ${field}`, `marked_${field}`);
}

/** Why messages of a class are interpreted; undefined if they need not be. */
export function whyInterpreted(
  { messageClass, fields, fillable }: ClassDescription,
  { tag, marked = {} }: Variant,
): string | undefined {
  if (tag?.keep === true && fields.some(({ name }) => name === tag.field))
    return 'its tag is a field that is not filled';
  // These are set while the message is read, when no code of the user's may run.
  const setAtOnce = [...Object.keys(marked), ...(tag?.keep === true ? [tag.field] : [])];
  const bySetter = setAtOnce.find((name) => inheritedMember(messageClass, name) !== undefined);
  if (bySetter !== undefined) return `${bySetter} is set by a setter`;
  if (messageClass.prototype.constructor !== messageClass) return 'its prototype names another class';
  const inputs = fields.filter(isChecked).map(({ inputName }) => inputName);
  if (new Set(inputs).size < inputs.length) return 'two fields have one name in the data';
  for (const field of fields) {
    const reason = whyFieldIsInterpreted(fillable, field);
    if (reason !== undefined) return `${field.name} ${reason}`;
  }
  return whyMadeByHand(messageClass);
}

function whyFieldIsInterpreted(fillable: ClassDescription['fillable'], field: FieldDescription): string | undefined {
  const { name, inputName } = field;
  if (DANGEROUS_NAMES.has(name) || DANGEROUS_NAMES.has(inputName)) return 'has a name that reaches prototypes';
  const isElsewhere = fillable.get(inputName) !== field && fillable.get(name) === field;
  return isElsewhere ? 'shares its name in the data with another field' : undefined;
}

/** What a constructor may do that fields cannot simply be assigned to. */
function whyMadeByHand(messageClass: MessageClass): string | undefined {
  const fresh = instantiate(messageClass);
  if (types.isProxy(fresh) || Object.getPrototypeOf(fresh) !== messageClass.prototype) {
    return 'its constructor gives another object';
  }
  const own = Object.values(Object.getOwnPropertyDescriptors(fresh));
  return own.every(({ writable }) => writable === true) ? undefined : 'its constructor defines accessors';
}
