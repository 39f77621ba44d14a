// Compiles message classes: from the descriptions of a class and of those nested in it to functions.
//
// COMPILE-1. The only place where text of a parser becomes code. Where that is forbidden
//            (`--disallow-code-generation-from-strings`), every class is interpreted.
// COMPILE-2. Readers of classes refer to each other by objects that are filled later: classes may contain themselves.
// COMPILE-3. A reader that knows of fewer validators than there are is not used any more.

import { debuglog, types } from 'node:util';
import { describeClass, Registered } from '../class-info.ts';
import { copyFields, copyOf, keepCopier } from '../copy.ts';
import { isFilled, type AnyClass, type ClassDescription } from '../description.ts';
import type { MessageClass } from '../../wiring/v1.ts';
import { emitCopy } from './emit-copy.ts';
import { emitReader, whyInterpreted, type ClassEmission } from './emit-class.ts';
import { emitCheck, emitFill, isFilledByCode } from './emit-filled.ts';
import { emitRoot } from './emit-nested.ts';
import type { FilledClass } from './filling.ts';
import { isMadeOfFields } from './prototypes.ts';
import { GIVE_UP, itemsOf, listedValue, ownValue, type Reader } from './reader.ts';
import { charactersIn, isMember } from './rule-code.ts';
import { identifier, KeptValues, SourceText } from './source-text.ts';
import { CannotCompile, type ClassReaders, type ReaderLinks, type Reading, type Variant } from './variant.ts';

/** `NODE_DEBUG=onward-messages` prints the code of each class, or why there is none. */
const print = debuglog('onward-messages');

/** What all compiled code may use by name. */
const SHARED: ReadonlyMap<string, unknown> = new Map<string, unknown>([
  ['GIVE_UP', GIVE_UP],
  ['isMadeOfFields', isMadeOfFields],
  ['isSetOrMap', (value: unknown): boolean => types.isSet(value) || types.isMap(value)],
  ['listedValue', listedValue],
  ['ownValue', ownValue],
  ['itemsOf', itemsOf],
  ['charactersIn', charactersIn],
  ['isMember', isMember],
  ['byteLength', (value: string): number => Buffer.byteLength(value)],
  ['copyOf', copyOf],
  ['copyFields', copyFields],
]);

/** A class in one variant: its readers, and the other classes that they refer to. */
interface Compiled {
  readonly messageClass: AnyClass;
  readonly readers: ClassReaders;
  readonly uses: Set<Compiled>;
  /** Undefined while it is being compiled. */
  registered: Registered | undefined;
}

/** What reads messages, and the validators that it knows of. */
export interface CompiledClass {
  /** Reads a message; undefined if the data is not made of fields. Each class has a function of its own: V8 then knows its data. */
  readonly read: (data: object, reader: Reader) => object | undefined;
  readonly registered: Registered;
}

const compiledOf = new WeakMap<ClassDescription, Map<string, Compiled>>();

/** The readers of a class, or why its messages are interpreted. */
export function compile(messageClass: MessageClass, variant: Variant): CompiledClass | string {
  const compiler = new Compiler();
  try {
    if (!isFilled(messageClass)) throw new CannotCompile('it is a built-in class');
    return compiler.compile(messageClass, variant);
  } catch (error) {
    compiler.forget();
    const reason = reasonOf(error);
    print('%s is interpreted: %s', messageClass.name, reason);
    return reason;
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof CannotCompile) return error.message;
  return error instanceof EvalError
    ? 'code generation from strings is forbidden'
    : `reading the class threw ${String(error)}`;
}

/** Compiles one class and what is nested in it. */
class Compiler implements ReaderLinks {
  readonly #made: (readonly [Map<string, Compiled>, string])[] = [];
  /** The class whose code is being emitted. */
  #current: Compiled | undefined;

  compile(messageClass: AnyClass, variant: Variant): CompiledClass {
    const root = this.#compiled(messageClass, variant);
    for (const [ofClass, key] of this.#made) {
      const each = ofClass.get(key);
      if (each !== undefined) each.registered = registeredOf(each);
    }
    return { read: rootReader(root), registered: root.registered ?? registeredOf(root) };
  }

  /** Nothing that was made on the way to an error is kept: it may refer to what there is not. */
  forget(from = 0): void {
    for (const [ofClass, key] of this.#made.splice(from)) ofClass.delete(key);
  }

  tryTo(emit: () => void): boolean {
    const from = this.#made.length;
    const around = this.#current;
    try {
      emit();
      return true;
    } catch (error) {
      if (!(error instanceof CannotCompile)) throw error;
      this.forget(from);
      this.#current = around;
      return false;
    }
  }

  readerOf(messageClass: AnyClass, kept: KeptValues, variant: Variant = {}): string {
    return kept.name(this.readersOf(messageClass, variant), messageClass.name);
  }

  readersOf(messageClass: AnyClass, variant: Variant): ClassReaders {
    const isDeclared = variant.tag !== undefined && describeClass(messageClass).fillable.has(variant.tag.field);
    return this.#compiled(messageClass, isDeclared ? {} : variant).readers;
  }

  #compiled(messageClass: AnyClass, variant: Variant): Compiled {
    const description = describeClass(messageClass);
    const ofClass = compiledOf.get(description) ?? new Map<string, Compiled>();
    compiledOf.set(description, ofClass);
    const key = variant.tag === undefined ? '' : `${variant.tag.keep ? 'keep' : 'drop'} ${variant.tag.field}`;
    const known = variant.marked === undefined ? ofClass.get(key) : undefined;
    const isUsable = known !== undefined && known.registered?.isCurrent() !== false;
    const compiled = isUsable ? known : newCompiled(messageClass);
    this.#current?.uses.add(compiled);
    if (isUsable) return compiled;
    if (variant.marked === undefined) {
      ofClass.set(key, compiled);
      this.#made.push([ofClass, key]);
    }
    const around = this.#current;
    this.#current = compiled;
    this.#emit(compiled, description, variant);
    this.#current = around;
    return compiled;
  }

  #emit({ readers }: Compiled, description: ClassDescription, variant: Variant): void {
    const { name, messageClass } = description;
    const reason = whyInterpreted(description, variant);
    if (reason !== undefined) throw new CannotCompile(`${name}: ${reason}`);
    const kept = new KeptValues(SHARED.keys());
    const of: ClassEmission = { description, variant, links: this, kept };
    const title = identifier(name);
    const filled = isFilledByCode(description) ? filledClass(of, title) : undefined;
    const made = (reading: Reading): ClassReaders['plain'] => {
      const called = reading === 'plain' ? `read${title}` : `read${title}Instance`;
      return emitted(called, kept, (text) => emitReader(text, called, { ...of, ...(filled && { filled }) }, reading));
    };
    readers.plain = made('plain');
    // Most classes never meet an instance.
    readers.other = (...given) => (readers.other = made('other'))(...given);
    if (variant.tag !== undefined || variant.marked !== undefined) return;
    const copy = `copy${title}`;
    keepCopier(
      messageClass.prototype,
      emitted(copy, kept, (text) => emitCopy(text, copy, of)),
    );
  }
}

function filledClass(of: ClassEmission, title: string): FilledClass {
  const { description, variant, kept } = of;
  if (variant.marked !== undefined)
    throw new CannotCompile(`${description.name}: it has marked fields, and is filled by code`);
  const [fill, check] = [`fill${title}`, `check${title}`];
  return {
    description,
    tag: variant.tag,
    isLookedAt: description.open || description.fields.some(({ transforms }) => transforms.length > 0),
    fill: emitted(fill, kept, (text) => emitFill(text, fill, of)),
    check: emitted(check, kept, (text) => emitCheck(text, check, of)),
  };
}

function emitted<F>(name: string, kept: KeptValues, emit: (text: SourceText) => void): F {
  const text = new SourceText();
  emit(text);
  return run(text, name, kept);
}

function rootReader({ messageClass, readers }: Compiled): CompiledClass['read'] {
  const kept = new KeptValues(SHARED.keys());
  const name = `readMessage${identifier(messageClass.name)}`;
  const known = kept.name(readers, messageClass.name);
  return emitted(name, kept, (text) => emitRoot(text, name, known));
}

function newCompiled(messageClass: AnyClass): Compiled {
  const notYet = (): never => {
    throw GIVE_UP;
  };
  return { messageClass, readers: { plain: notYet, other: notYet }, uses: new Set(), registered: undefined };
}

/** The validators of a class and of all that its readers refer to. */
function registeredOf(root: Compiled): Registered {
  const all = new Set([root]);
  for (const { uses } of all) for (const used of uses) all.add(used);
  return new Registered([...all].map(({ messageClass }) => messageClass));
}

/** The function of this name that the text declares. */
function run<F>(text: SourceText, name: string, kept: KeptValues): F {
  const source = `"use strict";\n${text.toString()}\nreturn ${name};\n//# sourceURL=onward/${name}.js`;
  print('%s', source);
  const given = [...SHARED, ...kept.entries];
  const make: unknown = Reflect.construct(Function, [...given.map(([known]) => known), source]);
  return functionMade<F>(
    make,
    given.map(([, value]) => value),
  );
}

/** The border to compiled code: its type is what it was emitted for. */
function functionMade<F>(make: unknown, given: readonly unknown[]): F {
  return (typeof make === 'function' ? Reflect.apply(make, undefined, [...given]) : undefined) as F;
}
