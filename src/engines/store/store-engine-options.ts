// How a store engine goes about its work: for engines that are a store engine with a store of theirs, and for tests.
//
// STORE-ENGINE-OPTIONS-1. Nothing of this decides how a run ends, but for `deaths`: a body that kills its process has
//     failed at some point.

import type { Sharing } from './shared/sharing.ts';

export interface StoreEngineOptions {
  /** Events that are decided in one commit. @default 256 */
  readonly most?: number;
  /** How often in a row a process may die with a body, until its step fails. @default any number */
  readonly deaths?: number;
  /** The most that one value or message takes as text, in bytes. @default Infinity */
  readonly maxPayloadBytes?: number;
  /** How long runs that are over stay in the store. @default Infinity */
  readonly keepForMs?: number;
  /** How many runs that only wait are kept in memory beside the store. @default 1,000 */
  readonly mostWaiting?: number;
  /** Other processes work with the store as well, and this is how. @default the store has one process */
  readonly sharing?: Sharing;
  /** Makes texts that leave the process unreadable. @default they are sent as they are */
  readonly sealing?: Sealing | undefined;
  /** What happens between a commit and what follows from it. @default it takes place, once */
  readonly delivering?: Delivering;
}

/** Stands between what was decided and what is done: tests let it go wrong. */
export interface Delivering {
  /** A task is to begin, an event to be decided, or a timer to be set. It may get lost: `redispatch` finds it. */
  dispatch(go: () => void): void;
  /** A body or a timer reports an event. It may come late, and twice. */
  report(go: () => void): void;
  /** Whether a task is performed whose attempt is over already. */
  readonly performsAgain: boolean;
}

/** Keeps secret what is in no text of a store: messages between processes, and what keys are made of. */
export interface Sealing {
  /** @param place what the text is bound to. */
  seal(text: string, place: string): string;
  /** What the calls of a run are hashed with. It is kept with the run, so that it stays when keys are replaced. */
  saltOf(runId: string): string;
  /** @throws if it was sealed with another key, or at another place. */
  unseal(text: string, place: string): string;
}
