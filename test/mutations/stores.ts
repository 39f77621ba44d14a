// Faults in the last rows of the ledger: values that are kept, stores of one's own, and runs that many processes perform.

import type { Mutation } from './mutation.ts';

export const STORES: readonly Mutation[] = [
  {
    row: 'Beyond-values',
    file: 'src/values/codec.ts',
    right: 'if (prototype !== undefined) return decodeFields(Object.create(prototype), fields, classes);',
    wrong: 'if (prototype !== undefined) return decodeFields({}, fields, classes);',
  },
  {
    row: 'Beyond-values',
    file: 'src/values/serialized-error.ts',
    right: 'if (prototype !== undefined) Object.setPrototypeOf(error, prototype);',
    wrong: '',
  },
  {
    row: 'Beyond-values',
    file: 'codegen/model/classes.ts',
    right: 'if (named?.class !== undefined) this.#found.push(named);\n      else if',
    wrong: 'if (named?.class !== undefined) continue;\n      else if',
  },
  {
    row: 'Beyond-values',
    file: 'src/execute/kept-classes.ts',
    right: 'nested: nestedClasses,',
    wrong: 'nested: () => [],',
  },
  {
    row: 'Beyond-stores',
    file: 'src/engines/store/closing.ts',
    right: 'while (fault === undefined && !time.isOver && !deliveries.isAtRest) {',
    wrong: 'while (fault === undefined && !time.isOver) {',
  },
  {
    row: 'Beyond-stores',
    file: 'src/engines/store/deliveries.ts',
    right: 'if (reason !== undefined) body?.abort(reason);',
    wrong: '',
  },
  {
    row: 'Beyond-stores',
    file: 'src/engines/store/closing.ts',
    right: 'else resolve(turns.fault);',
    wrong: 'else callOff = clock.after(graceMs, look);',
  },
  {
    row: 'Beyond-stores',
    file: 'src/engines/store/run/payloads.ts',
    right: 'return text.length * 3 <= maxBytes || Buffer.byteLength(text) <= maxBytes;',
    wrong: 'return text.length * 3 <= maxBytes || maxBytes > 0;',
  },
  {
    row: 'Beyond-people',
    file: 'src/engines/store/store-engine.ts',
    right: 'this.#inbox?.start();',
    wrong: '',
  },
  {
    row: 'Beyond-people',
    file: 'src/engines/store/inbox-watch.ts',
    right: 'this.#inbox?.drop(no);',
    wrong: '',
  },
  {
    row: 'Beyond-people',
    file: 'codegen/cli/runs.ts',
    right: 'given.showsValues && !isEncrypted',
    wrong: 'given.showsValues',
  },
  {
    row: 'Beyond-machines',
    file: 'src/engines/bullmq/redis-scripts.ts',
    right: "if tonumber(head[1] or '0') ~= tonumber(ARGV[from]) then return 0 end",
    wrong: '',
  },
  {
    row: 'Beyond-machines',
    file: 'src/engines/store/shared/sharing.ts',
    right: '    draft.write([next.holder]);',
    wrong: '',
  },
  {
    row: 'Beyond-machines',
    file: 'src/engines/store/shared/sharing.ts',
    right: '!(await sharing.hasJob(id, task))',
    wrong: 'await sharing.hasJob(id, task)',
  },
  {
    row: 'Beyond-machines',
    file: 'src/engines/store/run/run-steps.ts',
    right: 'Math.max(0, summary.seq - seq)',
    wrong: 'Number.MAX_SAFE_INTEGER',
  },
  {
    row: 'Beyond-machines',
    file: 'src/engines/store/shared/sharing.ts',
    right: 'if (!isOver && !hasOtherGraph) {',
    wrong: 'if (!isOver) {',
  },
  {
    row: 'Beyond-machines',
    file: 'src/engines/bullmq/job-queues.ts',
    right: 'await paused.putAside(job, token);',
    wrong: 'await job.moveToDelayed(Date.now() + 10, token);',
  },
  {
    row: 'Beyond-machines',
    file: 'src/engines/bullmq/redis-server.ts',
    right: "if (mustKeep) throw new OnwardError('ONW4011',",
    wrong: "if (mustKeep && text === '') throw new OnwardError('ONW4011',",
  },
  {
    row: 'Beyond-machines',
    file: 'src/execute/described-graph.ts',
    right: 'return withHash(compileGraph(graph), hash);',
    wrong: "return hash === '' ? withHash(compileGraph(graph), hash) : compileGraph(graph);",
  },
  {
    row: 'Beyond-machines',
    file: 'src/engines/bullmq/index.ts',
    right: 'if (core.app.isClient === true) return;',
    wrong: 'if (core.app.isClient !== true) return;',
  },
  {
    row: 'Beyond-machines',
    file: 'src/engines/bullmq/index.ts',
    right: 'this.#queues.groups ??= told.groups;',
    wrong: '',
  },
  {
    row: 'Beyond-machines',
    file: 'src/engines/bullmq/worker-watch.ts',
    right: 'if (isThere) return;',
    wrong: 'return;',
  },
  {
    row: 'Beyond-machines',
    file: 'codegen/check/client.ts',
    right: 'if (record !== undefined) ways.set(next, [...way, record]);',
    wrong: '',
  },
  {
    row: 'Beyond-machines',
    file: 'codegen/model/classes.ts',
    right: 'if (isTypeOnly === true || from === undefined) continue;',
    wrong: 'if (isTypeOnly === true || from === undefined || !/^[.#]/.test(from)) continue;',
  },
  {
    row: 'Beyond-machines',
    file: 'codegen/check/engine.ts',
    right: 'if (scope.sources.program.isOwn(file.path)) owners.set(owner, file);',
    wrong: 'if (owner === declared.class) owners.set(owner, file);',
  },
  {
    row: 'Beyond-machines',
    file: 'src/engines/capabilities.ts',
    right: "processes: 'many', countsCalls: false }",
    wrong: "processes: 'many', countsCalls: true }",
  },
  {
    row: 'Beyond-machines',
    file: 'codegen/model/classes.ts',
    right: 'classes.push({ declared, isClosed: held.isClosed });',
    wrong: 'if (!held.isClosed) classes.push({ declared, isClosed: false });',
  },
];
