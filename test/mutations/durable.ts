// Faults in row M12 of the ledger: runs that outlive their process.

import type { Mutation } from './mutation.ts';

export const DURABLE: readonly Mutation[] = [
  {
    row: 'M12',
    file: 'src/records/deaths.ts',
    right: 'return written(key, event.deaths === 0 ? others : { ...others, deaths: event.deaths });',
    wrong: 'return written(key, others);',
  },
  {
    row: 'M12',
    file: 'src/engines/store/deliveries.ts',
    right: 'trial?.waits();\n    return false;',
    wrong: 'return false;',
  },
  {
    row: 'M12',
    file: 'src/engines/store/deliveries.ts',
    right: 'return !isKept && !run.isGated && !this.#slots.isLimited({ node, isInline });',
    wrong: 'return !isKept && !run.isGated;',
  },
  {
    row: 'M12',
    file: 'src/records/task.ts',
    right: "at.via?.moment === 'success' && item < 0 && Object.is(message, at.targetValue)",
    wrong: "at.via?.moment === 'success' && item < 0",
  },
  {
    row: 'M12',
    file: 'src/engines/sqlite/record-rows.ts',
    right: 'if (text === null) on(SQL.deleteRecord).run(no, AREAS[area], key);',
    wrong: 'if (text === null) return;',
  },
  {
    row: 'M12',
    file: 'src/engines/sqlite/recent-changes.ts',
    right: "if (changes.at(-1)?.['before'] !== -no) return undefined;",
    wrong: 'if (changes.length === 0) return undefined;',
  },
  {
    row: 'M12',
    file: 'src/engines/sqlite/recent-changes.ts',
    right: 'if (row !== undefined && place > 0 && (isLong || place % MOST_CHANGES === 0)) this.#fold(row);',
    wrong: 'if (row !== undefined && place > 0 && place % MOST_CHANGES === 0) this.#fold(row);',
  },
  {
    row: 'M12',
    file: 'src/engines/sqlite/sqlite-store.ts',
    right: 'if (at === null) on(SQL.deleteTimer).run(no, toSqlText(key));',
    wrong: 'if (at === null || at > 0) on(SQL.deleteTimer).run(no, toSqlText(key));',
  },
  {
    row: 'M12',
    file: 'src/plans/saved.ts',
    right: 'for (const callback of success) signature.onSuccess(this.signature(callback));',
    wrong: 'for (const callback of success) signature.onError(this.signature(callback));',
  },
  {
    row: 'M12',
    file: 'src/engines/sqlite/owner.ts',
    right: "lock.exec('PRAGMA busy_timeout = 0; BEGIN IMMEDIATE');\n    if (",
    wrong: "lock.exec('PRAGMA busy_timeout = 0');\n    if (",
  },
  {
    row: 'M12',
    file: 'src/engines/store/store-engine.ts',
    right: 'if (this.#open > 0) this.#recovery.start();',
    wrong: 'if (this.#open > 1) this.#recovery.start();',
  },
  {
    row: 'M12',
    file: 'src/engines/store/recovery.ts',
    right: '...(observers.isEmpty && { exceptWaitingIn: hashOf(app.graph) }),',
    wrong: '...{ exceptWaitingIn: hashOf(app.graph) },',
  },
  {
    row: 'M12',
    file: 'src/engines/sqlite/faults.ts',
    right: "return 'the disk is full (free some room)';",
    wrong: 'return undefined;',
  },
  {
    row: 'M12',
    file: 'src/engines/store/recovery.ts',
    right: 'seat.draftOf(run).write([write]);',
    wrong: 'seat.draftOf(run).write([]);',
  },
  {
    row: 'M12',
    file: 'src/engines/store/retention.ts',
    right: 'void this.#removeSome(now - this.#keepForMs)',
    wrong: 'void this.#removeSome(now)',
  },
];
