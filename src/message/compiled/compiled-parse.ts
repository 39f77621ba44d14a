// Makes messages of data with the compiled readers of a class, and hands on what they give up.
//
// COMPILED-PARSE-1. A message that is read while another one of the same kind is being read (by a constructor) is
//                   interpreted: the reader is busy.
// COMPILED-PARSE-2. A class with a validator that came later is compiled again.

import type { MessageClass } from '../../wiring/v1.ts';
import type { ParserOptions, ParserSettings } from '../interpreter.ts';
import { compile, type CompiledClass } from './compile.ts';
import { answerTo } from './questions.ts';
import { COUNT_EXACTLY, Reader } from './reader.ts';
import type { Variant } from './variant.ts';

type Parse = (data: unknown) => object | Promise<object>;

/** Has the names that all objects have: none, unless somebody has added one to their prototype. */
const EMPTY = {};

/** The parser of a class; `interpret` itself if the class cannot be compiled. */
export function compiledParse(
  messageClass: MessageClass,
  { unknownFields, marked }: ParserOptions,
  settings: ParserSettings,
  interpret: Parse,
): Parse {
  const reading = new Reading(messageClass, marked === undefined ? {} : { marked }, {
    reader: new Reader(settings.limits),
    drops: unknownFields === 'drop',
  });
  if (!reading.isCompiled) return interpret;
  const { name } = messageClass;
  return (data) => {
    const message = typeof data === 'object' && data !== null ? reading.read(data) : undefined;
    if (message === undefined) return interpret(data);
    const questions = reading.reader.takeQuestions();
    return questions.length === 0 ? message : answerTo(questions, message, name, settings);
  };
}

/** How one reader works. */
interface ReadingOptions {
  readonly reader: Reader;
  /** Fields that the class does not have are left out. */
  readonly drops: boolean;
}

class Reading {
  readonly reader: Reader;
  readonly #messageClass: MessageClass;
  readonly #variant: Variant;
  readonly #drops: boolean;
  #compiled: CompiledClass | string;
  #isBusy = false;

  constructor(messageClass: MessageClass, variant: Variant, { reader, drops }: ReadingOptions) {
    this.#messageClass = messageClass;
    this.#variant = variant;
    this.#compiled = compile(messageClass, variant);
    this.reader = reader;
    this.#drops = drops;
  }

  get isCompiled(): boolean {
    return typeof this.#compiled !== 'string';
  }

  /** An instance, perhaps with questions left; undefined if the interpreter has to take the data. */
  read(data: object): object | undefined {
    const compiled = this.#current();
    if (typeof compiled === 'string' || this.#isBusy) return undefined;
    this.#isBusy = true;
    try {
      return this.#readOnce(compiled, data, false);
    } catch (error) {
      return error === COUNT_EXACTLY ? this.#readExactly(compiled, data) : undefined;
    } finally {
      this.#isBusy = false;
    }
  }

  #current(): CompiledClass | string {
    const compiled = this.#compiled;
    if (typeof compiled === 'string' || compiled.registered.isCurrent()) return compiled;
    return (this.#compiled = compile(this.#messageClass, this.#variant));
  }

  #readExactly(compiled: CompiledClass, data: object): object | undefined {
    try {
      return this.#readOnce(compiled, data, true);
    } catch {
      // What it threw, the interpreter meets again.
      return undefined;
    }
  }

  #readOnce({ read }: CompiledClass, data: object, exact: boolean): object | undefined {
    // A name that all objects have would be read as a field of each.
    for (const _ in EMPTY) return undefined;
    this.reader.begin(this.#drops, exact);
    return read(data, this.reader);
  }
}
