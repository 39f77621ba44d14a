// The inbox of a file: commands that other processes leave for its owner, and what it has answered.
//
// INBOX-1. Looking for commands costs the owner next to nothing: SQLite counts what others have committed.
// INBOX-2. A command stays until it is answered: one that came while nobody had the file is done by the next owner.
// INBOX-3. Answers that nobody has fetched are gone after an hour.

import type { Inbox, InboxItem } from '../store/store.ts';
import type { Database } from './driver.ts';
import { pragma } from './schema.ts';
import { SQL, type Prepare } from './statements.ts';

const AT_ONCE = 100;
const NO_LIMIT = -1;
const KEPT_MS = 3_600_000;

export class SqliteInbox implements Inbox {
  readonly #with: <T>(work: (on: Prepare, db: Database) => T) => T;
  #seen: number | undefined;

  constructor(use: <T>(work: (on: Prepare, db: Database) => T) => T) {
    this.#with = use;
  }

  // ── of the owner ──

  take(): readonly InboxItem[] {
    return this.#with((on, db) => {
      const version = pragma(db, 'data_version');
      if (version === this.#seen) return [];
      const rows = on(SQL.unanswered).all(AT_ONCE);
      // What did not fit is looked for again.
      this.#seen = rows.length < AT_ONCE ? version : undefined;
      return rows.map(({ no, command }) => ({ no: Number(no), command: () => String(command) }));
    });
  }

  answer(no: number, text: string): void {
    this.#with((on) => {
      on(SQL.setAnswer).run(text, no);
      on(SQL.deleteAnswers).run(Date.now() - KEPT_MS);
    });
  }

  drop(no: number): void {
    this.#with((on) => on(SQL.deleteCommand).run(no));
  }

  // ── of everybody else ──

  /** @returns its number. */
  put(command: string): number {
    return this.#with((on) => {
      return Number(on(SQL.putCommand).run(Date.now(), command).lastInsertRowid);
    });
  }

  /** All that wait for an answer, the oldest first. */
  unanswered(): readonly string[] {
    return this.#with((on) =>
      on(SQL.unanswered)
        .all(NO_LIMIT)
        .map(({ command }) => String(command)),
    );
  }

  /** Undefined while there is none. An answer is there once. */
  answerTo(no: number): string | undefined {
    return this.#with((on) => {
      const answer = on(SQL.answer).get(no)?.['answer'];
      if (typeof answer !== 'string') return undefined;
      on(SQL.deleteCommand).run(no);
      return answer;
    });
  }
}
