// Faults of what runs Onward at home: frameworks and their containers.

import type { Mutation } from './mutation.ts';

export const HOMES: readonly Mutation[] = [
  {
    row: 'Beyond-graph',
    file: 'src/run/advance.ts',
    right: 'return run.graphMet?.isHeld === true && (',
    wrong: 'return run.graphMet?.isHeld === false && (',
  },
  {
    row: 'Beyond-graph',
    file: 'src/engines/store/happenings.ts',
    right: 'return chain(this.#place.meetGraph(seat, run), () => this.#decide(seat, run, happening));',
    wrong: 'return this.#decide(seat, run, happening);',
  },
  {
    row: 'Beyond-graph',
    file: 'src/records/decide.ts',
    right: 'settings.graph === hash) return undefined;',
    wrong: 'settings.graph !== hash) return undefined;',
  },
  {
    row: 'Beyond-nest',
    file: 'src/nest/onward-module.ts',
    right: 'module.distance = -1;',
    wrong: 'module.distance = Number.MAX_VALUE;',
  },
  {
    row: 'Beyond-nest',
    file: 'src/nest/onward-module.ts',
    right: '...(hasFakes && { fakes: true }),',
    wrong: '',
  },
  {
    row: 'Beyond-nest',
    file: 'src/nest/onward-module.ts',
    right: 'if (same.length < 2) return;',
    wrong: 'if (same.length < 3) return;',
  },
  {
    row: 'Beyond-nest',
    file: 'src/nest/onward-module.ts',
    right: 'if (this.#settings.schedules !== false)',
    wrong: 'if (this.#settings.schedules === true)',
  },
  {
    row: 'Beyond-nest',
    file: 'src/nest/onward-module.ts',
    right: 'if (work === false) {',
    wrong: 'if (work !== true) {',
  },
  {
    row: 'Beyond-nest',
    file: 'src/nest/onward-module.ts',
    right: "const { work = keepsRuns && processes === 'one' }",
    wrong: "const { work = keepsRuns && processes === 'many' }",
  },
  {
    row: 'Beyond-nest',
    file: 'src/nest/services.ts',
    right: 'if (!first.isDependencyTreeStatic()) {',
    wrong: 'if (first.scope === Scope.REQUEST) {',
  },
  {
    row: 'Beyond-nest',
    file: 'src/nest/services.ts',
    right: 'if (others.length > 0) {',
    wrong: 'if (others.length > 1) {',
  },
  {
    row: 'Beyond-nest',
    file: 'src/nest/filter.ts',
    right: '...(issues.length > 0 && { issues })',
    wrong: '',
  },
  {
    row: 'Beyond-nest',
    file: 'src/nest/filter.ts',
    right: 'response.send({ statusCode, message: told });',
    wrong: 'response.send({ statusCode, message });',
  },
  {
    row: 'Beyond-diff',
    file: 'codegen/diff/compare.ts',
    right: 'edges.every((edge) => fills(edge, name))',
    wrong: 'edges.some((edge) => fills(edge, name))',
  },
  {
    row: 'Beyond-diff',
    file: 'codegen/diff/compare.ts',
    right: 'return (join ?? field ?? errorField) !== undefined;',
    wrong: 'return false;',
  },
  {
    row: 'Beyond-diff',
    file: 'codegen/diff/compare.ts',
    right: 'const isAsked = isRequired && !isFilled',
    wrong: 'const isAsked = !isRequired && !isFilled',
  },
  {
    row: 'Beyond-diff',
    file: 'codegen/diff/rename.ts',
    right: 'if (from !== undefined && to !== undefined) found.set(from, to);',
    wrong: 'if (from === to && to !== undefined) found.set(from, to);',
  },
];
