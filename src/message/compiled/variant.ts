// In which ways the objects of one class may have to be read, and what the readers of several classes know of each other.

import type { MessageClass } from '../../wiring/v1.ts';
import type { AnyClass } from '../description.ts';
import type { Read } from './reader.ts';
import type { KeptValues } from './source-text.ts';

/** How an object of a class is given. */
export interface Variant {
  /** It has a tag by which its class was chosen, and which is no field of it. */
  readonly tag?: { readonly field: string; readonly keep: boolean };
  /** Its marked fields, each with its class, or with `true` for a value that is taken as it is. */
  readonly marked?: Readonly<Record<string, MessageClass | true>>;
}

/** `plain`: an object literal, read directly. `other`: an instance, or without a prototype, read by descriptors. */
export type Reading = 'plain' | 'other';

/** The readers of one class in one variant. */
export interface ClassReaders {
  plain: Read;
  other: Read;
}

/** Finds the readers of other classes. */
export interface ReaderLinks {
  /** The name by which code refers to the readers of a class. */
  readerOf(messageClass: AnyClass, kept: KeptValues, variant?: Variant): string;
  readersOf(messageClass: AnyClass, variant: Variant): ClassReaders;
  /** False if a class that is used has no readers. */
  tryTo(emit: () => void): boolean;
}

/** Why there is no compiled reader. */
export class CannotCompile extends Error {}
