// Faults in rows N of the ledger: observers.

import type { Mutation } from './mutation.ts';

export const OBSERVERS: readonly Mutation[] = [
  {
    row: 'N1',
    file: 'src/observe/interest.ts',
    right: "if (event.type === 'run.ended') return event.status === 'failed';",
    wrong: "if (event.type === 'run.ended') return false;",
  },
  {
    row: 'N1',
    file: 'src/observe/interest.ts',
    right: 'if (observer.onEvent !== undefined) calls.push(() => observer.onEvent?.(event));',
    wrong: 'if (calls[0] === undefined) calls.push(() => observer.onEvent?.(event));',
  },
  {
    row: 'N1',
    file: 'src/observe/live-event.ts',
    right: "return severityOf(this.error, 'error');",
    wrong: "return severityOf(undefined, 'error');",
  },
  {
    row: 'N2',
    file: 'src/observe/observers.ts',
    right: 'return () => this.#remove(registration);',
    wrong: 'return () => undefined;',
  },
  {
    row: 'N2',
    file: 'src/observe/observers.ts',
    right: 'for (const event of past) registration.take(run, event);',
    wrong: 'void past;',
  },
  {
    row: 'N3',
    file: 'src/observe/observers.ts',
    right: '({ priority }) => priority < registration.priority',
    wrong: '({ priority }) => priority <= registration.priority',
  },
  {
    row: 'N4',
    file: 'src/observe/observers.ts',
    right: 'if (events !== undefined && !events.includes(event.type)) return false;',
    wrong: 'void events;',
  },
  {
    row: 'N4',
    file: 'src/observe/observers.ts',
    right: 'if (!this.#nodes.some((pattern) => fitsGlob(node, pattern))) return false;',
    wrong: 'void [node, fitsGlob];',
  },
  {
    row: 'N4',
    file: 'src/observe/observers.ts',
    right: 'return this.#options.tags === undefined || this.#options.tags.every((tag) => tags.includes(tag));',
    wrong: 'return this.#options.tags === undefined || this.#options.tags.some((tag) => tags.includes(tag));',
  },
  {
    row: 'N4',
    file: 'src/observe/observers.ts',
    right: '      return when(event);',
    wrong: '      return true;',
  },
  {
    row: 'N5',
    file: 'src/observe/chained.ts',
    right: 'if (result instanceof Promise) return goOn(result, calls.slice(at + 1), failures);',
    wrong: 'if (result instanceof Promise) continue;',
  },
  {
    row: 'N6',
    file: 'src/observe/observers.ts',
    right: 'if (this.#failures > 1) return;',
    wrong: 'if (this.#failures > 0) return;',
  },
  {
    row: 'N6',
    file: 'src/observe/live-event.ts',
    right: 'return this.once(() => copyOfValue(this.of.value));',
    wrong: 'return this.of.value;',
  },
  {
    row: 'N7',
    file: 'src/observe/observers.ts',
    right: "this.#isAwaited = options.mode !== 'background' && options.scope !== 'all';",
    wrong: 'this.#isAwaited = true;',
  },
  {
    row: 'N7',
    file: 'src/observe/gate.ts',
    right: 'return this.#awaited > 0;',
    wrong: 'return false;',
  },
  {
    row: 'N7',
    file: 'src/observe/gate.ts',
    right: 'if (this.#pending === 0) callback();',
    wrong: 'if (this.#pending >= 0) callback();',
  },
  {
    row: 'N9',
    file: 'src/observe/live-event.ts',
    right: 'return this.of.run.tags;',
    wrong: 'return [];',
  },
  {
    row: 'N9',
    file: 'src/observe/live-event.ts',
    right: 'return this.of.key;',
    wrong: 'return this.of.node.name;',
  },
  {
    row: 'N9',
    file: 'src/observe/live-event.ts',
    right: 'this.attempt = attempt;',
    wrong: 'this.attempt = 1;',
  },
  {
    row: 'N9',
    file: 'src/observe/live-event.ts',
    right: 'super(of, of.attempt, of.endSeq, of.endedAt);',
    wrong: 'super(of, of.attempt, of.endSeq, of.startedAt);',
  },
  {
    row: 'N9',
    file: 'src/run/run-event.ts',
    right: 'return { ...ofStep(run, step, notice.attempt), seq: run.seq, ...notice };',
    wrong: 'return { ...ofStep(run, step, 1), ...notice, attempt: 1, seq: run.seq };',
  },
  {
    row: 'N10',
    file: 'src/engines/memory/emissions.ts',
    right: 'this.emit(run, detached(emitted(run, viewStep(step), notice)));',
    wrong: 'void [detached, emitted, notice];',
  },
  {
    row: 'N10',
    file: 'src/engines/memory/run.ts',
    right: 'const past = this.past();',
    wrong: 'const past: RunEvent[] = [];',
  },
  {
    row: 'N10',
    file: 'src/engines/event-buffer.ts',
    right: 'else if (this.#events.length > BUFFER) this.#dropOldest();',
    wrong: 'else if (this.#events.length > BUFFER) this.#events.shift();',
  },
  {
    row: 'N10',
    file: 'src/engines/event-buffer.ts',
    right: 'if (isFull) this.#held.hold(true);',
    wrong: 'if (!isFull) this.#held.hold(true);',
  },
];
