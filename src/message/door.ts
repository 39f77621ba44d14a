// The one door through which data becomes a message. Everything the runtime hands to a body passes it.
//
// M1. What comes out is a new instance of the class, whose fields class-validator accepts; nothing is converted, but
//     a date where the class says `@Type(() => Date)`: from ISO 8601 text with a zone, or from milliseconds.
// M2. A refusal lists every issue with its path, or 50 and a count.
// M3. The data that went in is never changed, and nothing of it runs. The user's validators and transforms run once.
// M4. No data, however large, deep or odd, overflows the stack, reaches a prototype or keeps the process busy:
//     it is scanned against limits before any other code sees it.

import type { MessageClass } from '../wiring/v1.ts';

export interface DoorOptions {
  /**
   * What to do with fields the class does not declare. Declared is what carries an annotation of class-validator,
   * class-transformer or Onward, and what a new instance has. A class that declares nothing takes every field.
   *
   * @default 'refuse'
   */
  readonly unknownFields?: 'refuse' | 'drop';
  /** Fields filled by a mark: with a class they are built as one, with `true` they are taken as they are, uncopied. */
  readonly marked?: Readonly<Record<string, MessageClass | true>>;
}

export interface MessageDoor {
  /**
   * Builds and validates a message. A promise only where a validator of the class gave one.
   *
   * A field that is undefined counts as missing and leaves the default of the class. `@IsOptional` accepts null,
   * undefined and a missing field alike, as class-validator does; null stays null.
   *
   * @throws {OnwardError} ONW2001 if there is no object to build from, ONW2003 with one issue per bad field,
   *   ONW2009 if the class cannot be instantiated, ONW2010 if a validator or a transform threw; and by the scan
   *   ONW2002 (a getter, or a proxy that threw), ONW2004 (a limit), ONW2005 (a cycle), ONW2007 (no data),
   *   ONW2008 (half a character).
   */
  build(messageClass: MessageClass, data: unknown, options?: DoorOptions): object | Promise<object>;
}
