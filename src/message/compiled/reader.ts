// What compiled code works with while it reads one message: the budget, copies of what no class describes, and the
// questions it puts.
//
// READER-1. Giving up is always right: no code of the user's has run but constructors, functions of `@Type` and getters of
//           plain objects, and the interpreter takes the message from the start. So whatever is odd is given up.
// READER-2. Bytes are counted from above, three for each code unit. Only a message that may be too large is read again with
//           exact sizes.
// READER-3. Plain objects and arrays are read directly; instances of classes, and anything else, by descriptors.

import { types } from 'node:util';
import { DANGEROUS_NAMES, setOwnField } from '../../values/json.ts';
import type { MessageLimits } from '../../values/sanitize.ts';
import type { ClassDescription } from '../description.ts';
import { dateFrom } from '../instantiate-class.ts';
import { keyShown } from '../secrets.ts';
import { isMadeOfFields } from './prototypes.ts';
import type { FilledClass, Filling } from './filling.ts';
import { isFilling, isMapKey, NO_FIELDS, Question, type AskedField, type MapKey } from './question.ts';
import type { ClassReaders } from './variant.ts';

/** Thrown where the interpreter has to take the whole message. One for all: nobody reads it. */
export const GIVE_UP = new Error('the interpreter takes this message');
/** Thrown where only exact sizes tell whether the message is too large. */
export const COUNT_EXACTLY = new Error('the bytes of this message have to be counted');

/** Compiled code reads by recursion; what is nested deeper is interpreted. */
const MOST_DEEP = 200;
const SAFE = Number.MAX_SAFE_INTEGER;
/** Names by which an object shows that it is no data. */
const NO_DATA = new Set(['then', 'pipe', 'getReader', 'emit']);

/** The names that an object may have. */
export interface KnownNames {
  readonly description: ClassDescription;
  /** Those that are read on their own: a tag, and marked fields. */
  readonly taken: readonly string[];
  /** Takes those that the class does not have. */
  readonly filling?: Filling;
}

/** An object whose names are looked at. */
interface Named {
  readonly data: object;
  readonly description: ClassDescription;
  readonly level: number;
  readonly filling: Filling | undefined;
}

/** What an instance is filled with: copies of fields, by their names in the class. */
type Copied = Pick<Filling, 'data' | 'given' | 'tag'>;

/** Where a collection is: its level, and the field that holds it. */
interface Holder {
  readonly level: number;
  readonly key: string;
  readonly isSecret: boolean;
}

/** The classes that copied objects were instances of. */
export interface Classes {
  noted: Map<object, unknown> | undefined;
}

/** Reads an object into a new instance of its class. */
export type Read = (data: object, level: number, reader: Reader) => object;

/** The state of one message that is being read. */
export class Reader {
  nodes = 0;
  bytes = 0;
  exact = false;
  drop = false;
  questions: Question[] = [];
  /** What is read are safe copies, of which no further ones are needed. */
  readonly readsCopies: boolean = false;
  /** The messages that were nested in a field are of the right number and kind; compiled code says so. */
  fits = false;
  /** The classes that objects of copies were instances of, where a filling asks for them. */
  classes: Classes | undefined;
  readonly maxNodes: number;
  readonly maxBytes: number;
  readonly maxDepth: number;
  readonly maxKeys: number;
  readonly maxItems: number;

  constructor({ maxNodes, maxBytes, maxDepth, maxKeys, maxItems }: MessageLimits) {
    this.maxNodes = maxNodes;
    this.maxBytes = maxBytes;
    this.maxDepth = Math.min(maxDepth, MOST_DEEP);
    this.maxKeys = maxKeys;
    this.maxItems = maxItems;
  }

  /** From here on, the classes of what is copied are noted. What it gives was noted around. */
  noteClasses(): Classes | undefined {
    const around = this.classes;
    this.classes = { noted: undefined };
    return around;
  }

  begin(drop: boolean, exact: boolean): void {
    this.nodes = 0;
    this.bytes = 0;
    this.exact = exact;
    this.drop = drop;
    this.classes = undefined;
    if (this.questions.length > 0) this.questions = [];
  }

  /** The questions, which hold on to the message and its data: they are not kept here. */
  takeQuestions(): readonly Question[] {
    const { questions } = this;
    if (questions.length > 0) this.questions = [];
    return questions;
  }

  /** Counts values and bytes. */
  spend(nodes: number, bytes: number): void {
    this.nodes += nodes;
    this.bytes += bytes;
    if (this.nodes > this.maxNodes) throw GIVE_UP;
    if (this.bytes > this.maxBytes) throw this.exact ? GIVE_UP : COUNT_EXACTLY;
  }

  /** The bytes of a string. */
  sizeOf(text: string): number {
    if (!text.isWellFormed()) throw GIVE_UP;
    return this.exact ? Buffer.byteLength(text) : text.length * 3;
  }

  /** A copy of a value that is counted already. */
  copy(value: unknown, level: number): unknown {
    switch (typeof value) {
      case 'string':
        this.spend(0, this.sizeOf(value));
        return value;
      case 'number':
        if (!(value >= -SAFE && value <= SAFE)) throw GIVE_UP;
        return value;
      case 'object':
        return value === null ? null : this.#copyObject(value, level + 1);
      case 'function':
      case 'symbol':
        throw GIVE_UP;
      default:
        return value;
    }
  }

  #copyCounted(value: unknown, level: number): unknown {
    this.spend(1, 8);
    return this.copy(value, level);
  }

  #copyObject(value: object, level: number): object {
    if (level > this.maxDepth) throw GIVE_UP;
    if (Array.isArray(value)) return this.#copyArray(value, level);
    const prototype: unknown = Object.getPrototypeOf(value);
    if (prototype === Object.prototype || isMadeOfFields(prototype)) return this.#copyFields(value, prototype, level);
    if (types.isProxy(value)) throw GIVE_UP;
    if (types.isDate(value)) {
      const time = Date.prototype.getTime.call(value);
      if (Number.isNaN(time)) throw GIVE_UP;
      return new Date(time);
    }
    if (types.isMap(value)) return new Map(this.#entries(value, (item) => this.#copyCounted(item, level)));
    if (types.isSet(value)) return new Set(this.#items(value, (item) => this.#copyCounted(item, level)));
    throw GIVE_UP;
  }

  #copyArray(value: readonly unknown[], level: number): unknown[] {
    const items = itemsOf(value);
    this.enterArray(items, level);
    const copy: unknown[] = [];
    for (let at = 0; at < items.length; at += 1) copy.push(this.copy(items[at], level));
    return copy;
  }

  /** Counts the items of an array. */
  enterArray({ length }: readonly unknown[], level: number): void {
    if (length > this.maxItems || level > this.maxDepth) throw GIVE_UP;
    this.spend(length, length * 8);
  }

  /** The entries of a map, whatever it does itself; `read` makes what stands for each value. */
  #entries<T>(map: ReadonlyMap<unknown, unknown>, read: (item: unknown, key: unknown) => T): [unknown, T][] {
    const given: [unknown, unknown][] = [];
    Map.prototype.forEach.call(map, (item, key) => given.push([key, item]));
    if (given.length > this.maxItems) throw GIVE_UP;
    return given.map(([key, item]) => {
      if (typeof key === 'string') this.spend(0, this.sizeOf(key));
      else if (typeof key === 'object' ? key !== null : typeof key === 'function' || typeof key === 'symbol')
        throw GIVE_UP;
      return [key, read(item, key)];
    });
  }

  #items<T>(set: ReadonlySet<unknown>, read: (item: unknown, at: number) => T): T[] {
    const given: unknown[] = [];
    Set.prototype.forEach.call(set, (item) => given.push(item));
    if (given.length > this.maxItems) throw GIVE_UP;
    return given.map((item, at) => read(item, at));
  }

  /** A set or a map of nested messages. One that holds anything else is given up. */
  collection(given: object, readers: ClassReaders, { level, key, isSecret }: Holder): object {
    if (level > this.maxDepth) throw GIVE_UP;
    const read = (item: unknown, label: number | MapKey): object => {
      this.spend(1, 8);
      if (typeof item !== 'object' || item === null) throw GIVE_UP;
      const prototype: unknown = Object.getPrototypeOf(item);
      const isPlain = prototype === Object.prototype;
      if (!isPlain && !isMadeOfFields(prototype)) throw GIVE_UP;
      const from = this.questions.length;
      const message = (isPlain ? readers.plain : readers.other)(item, level + 1, this);
      if (this.questions.length !== from) this.within(from, key, isSecret, label);
      return message;
    };
    if (types.isSet(given)) return new Set(this.#items(given, read));
    if (!types.isMap(given)) throw GIVE_UP;
    return new Map(this.#entries(given, (item, name) => read(item, { mapKey: String(name) })));
  }

  /** Copies all that an object has, but a tag. */
  copyAll(data: object, level: number, tag: string | undefined): object {
    const copy = this.#copyFields(data, Object.getPrototypeOf(data), level);
    if (tag !== undefined) Reflect.deleteProperty(copy, tag);
    return copy;
  }

  #copyFields(value: object, prototype: unknown, level: number): object {
    const keys = Object.keys(value);
    if (keys.length > this.maxKeys || 'then' in value) throw GIVE_UP;
    if (keys.length === 0 && Symbol.toStringTag in value) throw GIVE_UP;
    const copy: Record<string, unknown> = {};
    if (this.classes !== undefined && prototype !== Object.prototype && prototype !== null)
      (this.classes.noted ??= new Map()).set(copy, Object.getOwnPropertyDescriptor(prototype, 'constructor')?.value);
    for (const key of keys) {
      if (DANGEROUS_NAMES.has(key) || NO_DATA.has(key)) throw GIVE_UP;
      const item = prototype === Object.prototype ? Reflect.get(value, key) : ownValue(value, key);
      if (item === undefined) continue;
      this.spend(1, 8 + this.sizeOf(key));
      const part = this.copy(item, level);
      if (key in copy) setOwnField(copy, key, part);
      else copy[key] = part;
    }
    return copy;
  }

  /** A date, or dates, as data may write them. What is none is given up. */
  date(value: unknown, level: number): unknown {
    if (typeof value === 'string' || typeof value === 'number') {
      this.copy(value, level);
      return dateFrom(value) ?? giveUp();
    }
    if (value === null || types.isDate(value)) return this.copy(value, level);
    if (!Array.isArray(value)) throw GIVE_UP;
    const items = itemsOf(value);
    this.enterArray(items, level + 1);
    return items.map((item) => (item === undefined || Array.isArray(item) ? giveUp() : this.date(item, level + 1)));
  }

  /** Looks at the names of an object that has more of them, or fewer, than fields were found. */
  otherNames(data: object, { description, taken, filling }: KnownNames, level: number, found: number): void {
    const { fillable, fields } = description;
    const keys = Object.keys(data);
    let own = 0;
    for (const key of keys) {
      if (taken.includes(key) || (fillable.has(key) && ownValue(data, key) !== undefined)) own += 1;
      else if (!fillable.has(key)) this.#otherName({ data, description, level, filling }, key);
    }
    // Hidden fields were found, too: the interpreter does not see them.
    if (own !== found) throw GIVE_UP;
    // A field that is judged by what the constructor has set may have the path of an unknown one.
    if (keys.length > own && fields.some((field) => !fillable.has(field.inputName))) throw GIVE_UP;
  }

  #otherName({ data, description, level, filling }: Named, key: string): void {
    if (DANGEROUS_NAMES.has(key) || NO_DATA.has(key)) throw GIVE_UP;
    // What is left out of the message itself is not looked at.
    if (this.drop && level === 1 && filling?.filled.isLookedAt !== true) return;
    const value = ownValue(data, key);
    if (value === undefined) return;
    this.spend(1, 8 + this.sizeOf(key));
    const copy = this.copy(value, level);
    if (filling !== undefined) setOwnField((filling.others ??= {}), key, copy);
    else if (!this.drop) this.questions.push(new Question(NO_FIELDS, 0, data, { description, key, value: copy }));
  }

  /** Puts a question about fields of the instance: those that have a bit in `which`. */
  ask(fields: readonly AskedField[], which: number, instance: object): void {
    this.questions.push(new Question(fields, which, instance, undefined));
  }

  /** Has an instance filled when nothing can be given up any more. */
  fillLater(filled: FilledClass, instance: object, { data, given, tag }: Copied): Filling {
    const { classes, drop: drops, readsCopies: isCopy } = this;
    const filling = {
      filled,
      data,
      given,
      others: undefined,
      classes,
      drops,
      tag,
      isCopy,
      isChecked: true,
      isShown: false,
      read: undefined,
    };
    this.questions.push(new Question(NO_FIELDS, 0, instance, filling));
    return filling;
  }

  /** Whether user code is to fill something. */
  get isFilling(): boolean {
    return this.questions.some(({ about }) => isFilling(about));
  }

  /** The questions since `from` are about parts of the field, or of its item. */
  within(from: number, key: string, isSecret: boolean, item?: number | MapKey): void {
    for (let at = from; at < this.questions.length; at += 1) {
      const question = this.questions[at];
      if (question === undefined) continue;
      question.trail ??= [];
      if (item !== undefined) question.trail.push(item);
      question.trail.push(key);
      if (!isSecret) continue;
      question.isSecret = true;
      // What calls the parts of a secret is one, too.
      question.trail = question.trail.map((label) => (isMapKey(label) ? keyShown(label.mapKey, true) : label));
    }
  }

  /**
   * Withdraws the questions about parts of a field that is asked about itself; unknown names stay, and what is to be
   * filled.
   */
  withdraw(from: number): void {
    if (this.questions.length === from) return;
    const kept = this.questions.splice(from).filter(({ about }) => about !== undefined);
    for (const { about } of kept) if (isFilling(about)) about.isChecked = false;
    this.questions.push(...kept);
  }

  /** Reads a marked field: a message of its own, with a budget of its own, which takes declared fields only. */
  marked(read: Read, data: object, key: string, isSecret: boolean): object {
    const { nodes, bytes, drop } = this;
    const from = this.questions.length;
    this.nodes = 0;
    this.bytes = 0;
    this.drop = true;
    const message = read(data, 1, this);
    this.nodes = nodes;
    this.bytes = bytes;
    this.drop = drop;
    this.within(from, key, isSecret);
    return message;
  }
}

/** Reads safe copies: nothing is counted, and what no class describes is taken as it is. */
export class CopyReader extends Reader {
  override readonly readsCopies = true;

  constructor(drop: boolean, classes: Classes | undefined) {
    super({ maxNodes: Infinity, maxBytes: Infinity, maxDepth: Infinity, maxKeys: Infinity, maxItems: Infinity });
    this.drop = drop;
    this.classes = classes;
  }

  override spend(): void {
    // What it was copied from has been counted.
  }

  override sizeOf(): number {
    return 0;
  }

  override copy(value: unknown): unknown {
    return value;
  }

  override noteClasses(): Classes | undefined {
    return this.classes;
  }
}

/** Gives up, in an expression. */
export function giveUp(): never {
  throw GIVE_UP;
}

/** An own value, listed or not, without running a getter. */
export function ownValue(data: object, key: string): unknown {
  const found = Object.getOwnPropertyDescriptor(data, key);
  if (found?.get !== undefined || found?.set !== undefined) throw GIVE_UP;
  return found?.value;
}

/** The value of an own listed field, without running a getter. */
export function listedValue(data: object, key: string): unknown {
  const found = Object.getOwnPropertyDescriptor(data, key);
  if (found?.enumerable !== true) return undefined;
  if (found.get !== undefined || found.set !== undefined) throw GIVE_UP;
  return found.value;
}

/** The array itself if it can be read directly, otherwise what its descriptors say. */
export function itemsOf(array: readonly unknown[]): readonly unknown[] {
  if (Object.getPrototypeOf(array) === Array.prototype) return array;
  return Array.from({ length: array.length }, (_, at) => ownValue(array, String(at)));
}
