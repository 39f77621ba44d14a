// What was saved by name in a file: texts that are of no run.
//
// SAVED-1. Readers of the file see it too. What is set is on the disk when `set` returns.

import type { SavedTexts } from '../saved-texts.ts';
import { fromSqlText, toSqlText } from './driver.ts';
import { SQL, type Prepare } from './statements.ts';

type Use = <T>(work: (open: { readonly on: Prepare }) => T) => T;

interface Using {
  readonly read: Use;
  /** In a transaction. */
  readonly write: Use;
}

export function savedIn({ read, write }: Using): SavedTexts {
  return {
    get(key) {
      const text = read(({ on }) => on(SQL.saved).get(toSqlText(key))?.['text']);
      return typeof text === 'string' ? text : undefined;
    },
    keys: () =>
      read(({ on }) =>
        on(SQL.savedKeys)
          .all()
          .map(({ key }) => fromSqlText(String(key))),
      ),
    set(key, text) {
      write(({ on }) => {
        if (text === null) on(SQL.deleteSaved).run(toSqlText(key));
        else on(SQL.setSaved).run(toSqlText(key), text);
      });
    },
  };
}
