// Emits how objects of other classes are read: those nested in a field, and the message itself.

import { isFilled, type FieldDescription, type TagChoice } from '../description.ts';
import type { ClassEmission } from './emit-class.ts';
import { giveUp, listedValue, type Read } from './reader.ts';
import { quotedName, type SourceText } from './source-text.ts';
import { CannotCompile, type ClassReaders, type ReaderLinks, type Reading } from './variant.ts';

/** A field with nested messages. */
interface Nested {
  readonly field: FieldDescription;
  /** The variable that holds what is given. */
  readonly given: string;
  /** The readers of their class, by the name that the code has for them. */
  readonly readers: string;
}

/** Emits the function `name` that reads a message: undefined if the object is not made of fields. */
export function emitRoot(text: SourceText, name: string, readers: string): void {
  text.block(`function ${name}(data, reader) {`, () => {
    text.line('let isPlain;');
    text.line(`if (${isMadeOfFieldsCode('data')}) return ${readCode(readers, 'data', '1')};`);
  });
}

/** Emits how the messages are read; `value` becomes them, and `good` whether there may be as many. */
export function emitNested(text: SourceText, nested: Nested): void {
  text.line('asked = reader.questions.length;');
  text.either(
    `Array.isArray(${nested.given})`,
    () => emitItems(text, nested),
    () => emitOne(text, nested),
  );
}

function emitItems(text: SourceText, { field, given, readers }: Nested): void {
  text.line(`const list = ${given}.__proto__ === Array.prototype ? ${given} : itemsOf(${given}), items = [];`);
  text.line('reader.enterArray(list, level + 1);');
  text.line(`good = ${field.nested?.each === true};`);
  text.block('for (let at = 0; at < list.length; at++) {', () => {
    text.line('const item = list[at];');
    text.either(
      isMadeOfFieldsCode('item'),
      () => {
        text.line('const before = reader.questions.length;');
        text.line(`items.push(${readCode(readers, 'item', 'level + 2')});`);
        const within = `reader.within(before, ${quotedName(field.inputName)}, ${field.sensitive}, at)`;
        text.line(`if (reader.questions.length !== before) ${within};`);
      },
      () => {
        text.line('items.push(reader.copy(item, level + 1));');
        text.line('good = false;');
      },
    );
  });
  text.line('value = items;');
}

function emitOne(text: SourceText, nested: Nested): void {
  const { field, given, readers } = nested;
  text.either(
    isMadeOfFieldsCode(given),
    () => {
      text.line(`value = ${readCode(readers, given, 'level + 1')};`);
      const within = `reader.within(asked, ${quotedName(field.inputName)}, ${field.sensitive})`;
      text.line(`if (reader.questions.length !== asked) ${within};`);
      text.line(`good = ${field.nested?.each !== true};`);
    },
    () => emitCollection(text, nested),
  );
}

/** A set or a map, where there may be one. */
function emitCollection(text: SourceText, { field: { inputName, nested, sensitive }, given, readers }: Nested): void {
  text.line(`good = isSetOrMap(${given});`);
  if (nested?.each !== true) {
    text.line('if (good) throw GIVE_UP;');
    text.line(`value = reader.copy(${given}, level);`);
    return;
  }
  const holder = `{ level: level + 1, key: ${quotedName(inputName)}, isSecret: ${sensitive} }`;
  text.line(`value = good ? reader.collection(${given}, ${readers}, ${holder}) : reader.copy(${given}, level);`);
}

/** The name of the readers of what is nested in a field. @param fieldClass what its `@Type` says */
export function nestedReaders({ links, kept }: ClassEmission, field: FieldDescription, fieldClass: unknown): string {
  const choice = field.type?.choice;
  if (choice !== undefined) return kept.name(chosenReaders(links, choice, field.name), `${field.name}_byTag`);
  if (!isFilled(fieldClass)) throw new CannotCompile(`the @Type of ${field.name} gives no class of a message`);
  return links.readerOf(fieldClass, kept);
}

/** Readers that choose those of a class by a tag, or by the class of an instance. */
function chosenReaders(links: ReaderLinks, { field: tag, classes, keep }: TagChoice, name: string): ClassReaders {
  const byTag = new Map<unknown, ClassReaders>();
  const byClass = new Map<unknown, ClassReaders>();
  for (const [value, found] of classes) {
    if (!isFilled(found)) throw new CannotCompile(`a tag of ${name} has no class of a message`);
    const readers = links.readersOf(found, { tag: { field: tag, keep } });
    byTag.set(value, readers);
    if (!byClass.has(found)) byClass.set(found, readers);
  }
  const chosen = (data: object): ClassReaders => {
    const given = listedValue(data, tag);
    if (typeof given === 'string') return byTag.get(given) ?? giveUp();
    const prototype: unknown = Object.getPrototypeOf(data);
    const made = Object.getOwnPropertyDescriptor(Object(prototype), 'constructor');
    return byClass.get(made?.value) ?? giveUp();
  };
  const read: Read = (data, level, reader) => {
    const readers = chosen(data);
    const isPlain = Object.getPrototypeOf(data) === Object.prototype;
    return isPlain ? readers.plain(data, level, reader) : readers.other(data, level, reader);
  };
  return { plain: read, other: read };
}

/**
 * Whether a value is an object made of fields, as code; `isPlain` then says whether it is a plain one. Its own
 * `__proto__` would be a name that no field has.
 */
function isMadeOfFieldsCode(v: string): string {
  const isPlain = `(isPlain = ${v}.__proto__ === Object.prototype)`;
  return `typeof ${v} === "object" && ${v} !== null && (${isPlain} || isMadeOfFields(Object.getPrototypeOf(${v})))`;
}

/** Reads the object that was just looked at. */
function readCode(readers: string, v: string, level: string): string {
  const read = (reading: Reading): string => `${readers}.${reading}(${v}, ${level}, reader)`;
  return `isPlain ? ${read('plain')} : ${read('other')}`;
}
