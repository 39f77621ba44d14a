// The one way from data to a message. Everything that a body receives comes from here.
//
// PARSER-1. The result is a new instance of the class whose fields class-validator accepts. Nothing is converted but a date,
//           with `@Type(() => Date)`: from an ISO 8601 string with a zone, or from milliseconds.
// PARSER-2. A refusal is data, with every issue and its path. Nothing is thrown for it.
// PARSER-3. The given data is never changed. The user's validators and transforms run once.
// PARSER-4. No data, however large, deep or odd, overflows the stack, reaches a prototype or keeps the process busy:
//           limits apply before any other code sees it.
// PARSER-5. A class that has had a few messages is compiled. The interpreter takes the first ones, those that come while
//           the compiler is loaded, classes that cannot be compiled, and any data that a compiled reader gives up; its
//           answers are the same.

import { debuglog } from 'node:util';
import { describeThrown } from '../values/describe.ts';
import { DEFAULT_LIMITS, type MessageLimits } from '../values/sanitize.ts';
import type { MessageClass } from '../wiring/v1.ts';
import type { compiledParse } from './compiled/compiled-parse.ts';
import { interpret, type ParserOptions, type ParserSettings } from './interpreter.ts';
import type { ValidatorTimeout } from './pending.ts';
import { Refusal } from './refusal.ts';

export type { ParserOptions } from './interpreter.ts';
export type { ValidatorTimeout } from './pending.ts';

/**
 * Makes a message of data: an instance of the class, or a `Refusal`. A promise only where a validator of the class gave
 * one.
 *
 * A field that is undefined counts as missing and leaves the default of the class. `@IsOptional` accepts null, undefined
 * and a missing field alike, as class-validator does; null stays null.
 *
 * @throws {OnwardError} what is wrong with the class, or in its code: ONW2009 if it cannot be instantiated, ONW2010 if a
 *   validator or a transform threw, ONW2011 if a validator has not answered in time. A promise is rejected with it.
 */
export type Parse = (data: unknown) => object | Promise<object>;

export interface MessageParser {
  /** The parser of one class: looked up once, called for every message. */
  of(messageClass: MessageClass, options?: ParserOptions): Parse;
  /**
   * As the parser of the class does, but a refusal is thrown, or rejects the promise: ONW2001 to ONW2008.
   *
   * @param accepted throws what stands for a refusal. @default throws its error
   */
  build(
    messageClass: MessageClass,
    data: unknown,
    options?: ParserOptions,
    accepted?: (parsed: object) => object,
  ): object | Promise<object>;
}

/** A parser with the given limits; what is not given is as in `DEFAULT_LIMITS`. @param timeout none: it waits for ever. */
export function createParser(limits: Partial<MessageLimits> = {}, timeout?: ValidatorTimeout): MessageParser {
  return new Parser({ limits: { ...DEFAULT_LIMITS, ...limits }, timeout });
}

class Parser implements MessageParser {
  readonly #settings: ParserSettings;
  readonly #ways = new WeakMap<MessageClass, Way[]>();
  #last: Way | undefined;

  constructor(settings: ParserSettings) {
    this.#settings = settings;
  }

  of(messageClass: MessageClass, options: ParserOptions = NO_OPTIONS): Parse {
    return this.#wayOf(messageClass, options).parse;
  }

  build(
    messageClass: MessageClass,
    data: unknown,
    options: ParserOptions = NO_OPTIONS,
    accepted = orThrow,
  ): object | Promise<object> {
    const parsed = this.#wayOf(messageClass, options).parse(data);
    return parsed instanceof Promise ? parsed.then(accepted) : accepted(parsed);
  }

  #wayOf(messageClass: MessageClass, options: ParserOptions): Way {
    if (this.#last?.isFor(messageClass, options) === true) return this.#last;
    const ways = this.#ways.get(messageClass) ?? [];
    let way = ways.find((each) => each.isFor(messageClass, options));
    if (way === undefined) {
      way = new Way(messageClass, options, this.#settings);
      ways.push(way);
      this.#ways.set(messageClass, ways);
    }
    this.#last = way;
    return way;
  }
}

const NO_OPTIONS: ParserOptions = {};

/** The message, or the error of its refusal. */
function orThrow(parsed: object): object {
  if (parsed instanceof Refusal) throw parsed.error;
  return parsed;
}

let compiler: typeof compiledParse | undefined;
let loading: Promise<void> | undefined;

/** Loads what compiles classes, once. Until it is there, messages are interpreted. */
export function loadCompiler(): Promise<void> {
  loading ??= import('./compiled/compiled-parse.ts').then(
    (loaded) => {
      compiler = loaded.compiledParse;
    },
    (error: unknown) => debuglog('onward-messages')('messages are interpreted: %s', describeThrown(error)),
  );
  return loading;
}

/** Messages of a class that are interpreted before its reader is compiled: most classes of a program see few. */
const INTERPRETED_FIRST = 2;

/** How data becomes messages of one class with the same options. */
class Way {
  readonly #messageClass: MessageClass;
  readonly #options: ParserOptions;
  readonly #settings: ParserSettings;
  #compiled: Parse | undefined;
  #seen = 0;

  constructor(messageClass: MessageClass, options: ParserOptions, settings: ParserSettings) {
    this.#messageClass = messageClass;
    this.#options = options;
    this.#settings = settings;
  }

  isFor(messageClass: MessageClass, { unknownFields, marked }: ParserOptions): boolean {
    const own = this.#options;
    if (messageClass !== this.#messageClass || unknownFields !== own.unknownFields) return false;
    return marked === own.marked || sameMarks(marked ?? {}, own.marked ?? {});
  }

  readonly parse: Parse = (data) => {
    if (this.#compiled !== undefined) return this.#compiled(data);
    if (this.#seen++ < INTERPRETED_FIRST) return this.#interpret(data);
    if (compiler === undefined) void loadCompiler();
    this.#compiled = compiler?.(this.#messageClass, this.#options, this.#settings, this.#interpret);
    return (this.#compiled ?? this.#interpret)(data);
  };

  readonly #interpret: Parse = (data) => interpret(this.#messageClass, data, this.#options, this.#settings);
}

function sameMarks(one: NonNullable<ParserOptions['marked']>, other: NonNullable<ParserOptions['marked']>): boolean {
  const names = Object.keys(one);
  return names.length === Object.keys(other).length && names.every((name) => one[name] === other[name]);
}
