// Faults in the row of the ledger about the generator: what it keeps, and what it watches.

import type { Mutation } from './mutation.ts';

export const GENERATOR: readonly Mutation[] = [
  {
    row: 'Beyond-package',
    file: 'src/runtime/schedules.ts',
    right: "import { copyOf } from '../message/copy.ts';",
    wrong:
      "import { copyOf } from '../message/copy.ts';\nimport { openSchedule } from '../schedule/schedule.ts';\nObject.freeze(openSchedule);",
  },
  {
    row: 'Beyond-generate',
    file: 'codegen/disk/disk.ts',
    right: '  for (const path of answers.noFiles) if (isFile(long(path))) return false;\n',
    wrong: '',
  },
  {
    row: 'Beyond-generate',
    file: 'codegen/disk/disk.ts',
    right: 'if ((bytes === undefined ? null : digestOf(bytes)) !== answers.texts[path]) return false;',
    wrong: 'if (bytes === undefined && answers.texts[path] !== null) return false;',
  },
  {
    row: 'Beyond-generate',
    file: 'codegen/disk/disk.ts',
    right: '(link !== undefined && link !== realPathOf(path)) ||',
    wrong: '',
  },
  {
    row: 'Beyond-generate',
    file: 'codegen/disk/watch-folders.ts',
    right: "if (code !== 'ENOENT' && code !== 'ENOTDIR') this.#poll ??=",
    wrong: "if (code === 'ENOSPC') this.#poll ??=",
  },
  {
    row: 'Beyond-generate',
    file: 'codegen/disk/watch-folders.ts',
    right: '    clearInterval(this.#poll);\n',
    wrong: '',
  },
  {
    row: 'Beyond-generate',
    file: 'codegen/memory.ts',
    right: 'for (const path of result.files) if ((this.#changedAt.get(path) ?? 0) > result.at) return false;',
    wrong: 'void this.#changedAt;',
  },
  {
    row: 'Beyond-generate',
    file: 'codegen/model/edges.ts',
    right: 'node.edges.splice(0, node.edges.length, ...edges);',
    wrong: 'node.edges.push(...edges);',
  },
  {
    row: 'Beyond-generate',
    file: 'codegen/model/edges.ts',
    right: 'if (touched.has(service)) for (const item of from) found.add(item);',
    wrong: 'void [service, from];',
  },
  {
    row: 'Beyond-generate',
    file: 'codegen/disk/kept-file.ts',
    right: '=== digestOf(rest) ? rest : undefined',
    wrong: "=== '' ? undefined : rest",
  },
  {
    row: 'Beyond-generate',
    file: 'codegen/read/sources.ts',
    right: 'earlier.digest === disk.digest(path)',
    wrong: 'disk.digest(path) !== undefined',
  },
  {
    row: 'Beyond-generate',
    file: 'codegen/large-project.ts',
    right: 'return files >= LARGE;',
    wrong: 'return files < LARGE;',
  },
  {
    row: 'Beyond-generate',
    file: 'codegen/emit/wiring.ts',
    right: 'if (section.uses(isRenamed)) section.renew();',
    wrong: 'void [section, isRenamed];',
  },
];
