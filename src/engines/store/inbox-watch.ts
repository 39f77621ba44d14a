// Looks for commands that other processes have left, has them performed, and answers.
//
// INBOX-WATCH-1. It looks in real time: a clock of tests has no say in what another process does.
// INBOX-WATCH-2. It keeps no process alive.
// INBOX-WATCH-3. A command that is not performed, or whose answer cannot be written, stays for the next process: each is one
//     that may be repeated.
// INBOX-WATCH-4. What cannot be read is dropped, with a line in the log: it keeps no command behind it waiting.
// INBOX-WATCH-5. What was left while no process had the store comes ahead of what this one starts.

import type { Log } from '../../execute/application.ts';
import { describeThrown } from '../../values/describe.ts';
import type { Inbox, InboxItem } from './store.ts';

const EVERY_MS = 200;

export class InboxWatch {
  readonly #inbox: Inbox | undefined;
  readonly #perform: (command: unknown) => Promise<unknown>;
  readonly #log: Log;
  /** What is being answered, by the number of the command. */
  readonly #under = new Map<number, Promise<void>>();
  #timer: NodeJS.Timeout | undefined;
  #left: Promise<void> | undefined;

  /** @param inbox of a store that has one. */
  constructor(inbox: Inbox | undefined, perform: (command: unknown) => Promise<unknown>, log: Log) {
    this.#inbox = inbox;
    this.#perform = perform;
    this.#log = log;
  }

  start(): void {
    if (this.#inbox === undefined || this.#timer !== undefined) return;
    this.#timer = setInterval(() => this.#look(), EVERY_MS).unref();
    this.#look();
    if (this.#under.size === 0) return;
    this.#left = Promise.all(this.#under.values()).then(() => {
      this.#left = undefined;
    });
  }

  /** INBOX-WATCH-5. Resolves when that is done; undefined if it is, and if there was none. */
  get left(): Promise<void> | undefined {
    return this.#left;
  }

  /** Takes no further command. Resolves when those that were taken are answered, or left to the next process. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    this.#timer = undefined;
    await Promise.all(this.#under.values());
  }

  #look(): void {
    try {
      for (const item of this.#inbox?.take() ?? []) if (!this.#under.has(item.no)) this.#take(item);
    } catch {
      // The engine says itself what is wrong with its store.
    }
  }

  #take({ no, command }: InboxItem): void {
    let read: unknown;
    try {
      read = JSON.parse(command());
    } catch (error) {
      // INBOX-WATCH-4.
      this.#inbox?.drop(no);
      const text = `a command in the inbox of the store cannot be read, and was dropped: ${describeThrown(error)}`;
      this.#log('warn', text, { code: 'ONW3004', command: no });
      return;
    }
    const answered = this.#answer(no, read).finally(() => this.#under.delete(no));
    this.#under.set(no, answered);
  }

  async #answer(no: number, command: unknown): Promise<void> {
    try {
      const answer = await this.#perform(command);
      this.#inbox?.answer(no, JSON.stringify(answer));
    } catch {
      // INBOX-WATCH-3.
    }
  }
}
