// The one door through which data becomes a message. Everything the runtime hands to a body passes it.
//
// M1. What comes out is a new instance of the class, whose fields class-validator accepts; nothing is converted.
// M2. A refusal lists every issue with its path, or 50 and a count.
// M3. The data that went in is never changed, and nothing of it runs twice.

import type { MessageClass } from '../wiring/v1.ts';

export interface DoorOptions {
  /** What to do with fields the class does not declare. @default 'refuse' */
  readonly unknownFields?: 'refuse' | 'drop';
  /** Fields filled by a mark: with a class they are built as one, with `true` they are taken as they are. */
  readonly marked?: Readonly<Record<string, MessageClass | true>>;
}

export interface MessageDoor {
  /**
   * Builds and validates a message. A promise only where the class has asynchronous validators.
   *
   * @throws {OnwardError} ONW2001 if there is no object to build from, ONW2003 with one issue per bad field,
   *   ONW2010 if a validator or a transform threw.
   */
  build(messageClass: MessageClass, data: unknown, options?: DoorOptions): object | Promise<object>;
}
