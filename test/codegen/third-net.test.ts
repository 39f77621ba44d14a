// The third net: whatever small fault is made in an annotated source, `onward check` or the compiler of the user catches it.
// A wiring that is only out of date is the weakest catch, and comes last.
//
// Under SOAK every mutant is tried and the list is printed; otherwise a sample of them.

import { cpSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import ts from 'typescript-5.9';
import { describe, expect, it } from 'vitest';
import { analyse } from '../../codegen/generate.ts';
import { mutantsOf, type Mutant } from './mutants.ts';
import { tsconfig, workspace, type Workspace } from './cases/workspace.ts';

const EXAMPLES = ['bakery', 'roastery', 'photo-lab'] as const;
const IS_SOAK = process.env['SOAK'] === '1';
/** One in so many. */
const STRIDE = IS_SOAK ? 1 : 9;
const root = fileURLToPath(new URL('../../examples', import.meta.url));

const OPTIONS: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
  strict: true,
  experimentalDecorators: true,
  skipLibCheck: true,
  noEmit: true,
  allowImportingTsExtensions: true,
  types: ['node'],
};

type Catch = 'check' | 'tsc' | 'stale' | 'nothing';

/** One program that is changed file by file. */
class Bench {
  readonly #project: Workspace;
  readonly #sources = new Map<string, ts.SourceFile | undefined>();
  #program: ts.Program | undefined;

  constructor(name: string) {
    this.#project = workspace({ 'tsconfig.json': tsconfig({ allowImportingTsExtensions: true }) });
    cpSync(`${root}/${name}/src`, `${this.#project.folder}/src`, { recursive: true });
  }

  get files(): string[] {
    return readdirSync(`${this.#project.folder}/src`).filter((file) => file !== 'onward.gen.ts');
  }

  read(file: string): string {
    return this.#project.read(`src/${file}`);
  }

  problems(): readonly string[] {
    return analyse(`${this.#project.folder}/tsconfig.json`).problems.map(({ code, text }) => `${code}: ${text}`);
  }

  /** How a change is caught, with the wiring that `generate` would write of it. */
  judge({ file, text }: Pick<Mutant, 'file' | 'text'>): Catch {
    const before = this.read(file);
    const wiring = this.read('onward.gen.ts');
    this.#project.write(`src/${file}`, text);
    try {
      const found = analyse(`${this.#project.folder}/tsconfig.json`);
      if (found.problems.some(({ severity }) => severity !== 'info')) return 'check';
      this.#project.write('src/onward.gen.ts', found.text ?? wiring);
      if (this.errors([file, 'onward.gen.ts']) > 0) return 'tsc';
      return found.text === wiring ? 'nothing' : 'stale';
    } finally {
      this.#project.write(`src/${file}`, before);
      this.#project.write('src/onward.gen.ts', wiring);
      this.forget([file, 'onward.gen.ts']);
    }
  }

  errors(changed: readonly string[] = []): number {
    this.forget(changed);
    const host = ts.createCompilerHost(OPTIONS);
    host.getSourceFile = (path, options) => {
      if (!this.#sources.has(path)) {
        const text = host.readFile(path);
        this.#sources.set(path, text === undefined ? undefined : ts.createSourceFile(path, text, options, true));
      }
      return this.#sources.get(path);
    };
    const { folder } = this.#project;
    const roots = [...this.files, 'onward.gen.ts'].map((file) => `${folder}/src/${file}`);
    const before = this.#program === undefined ? {} : { oldProgram: this.#program };
    this.#program = ts.createProgram({ rootNames: roots, options: OPTIONS, host, ...before });
    const own = this.#program.getSourceFiles().filter((source) => source.fileName.startsWith(`${folder}/src/`));
    return own.reduce(
      (sum, source) =>
        sum +
        (this.#program?.getSyntacticDiagnostics(source).length ?? 0) +
        (this.#program?.getSemanticDiagnostics(source).length ?? 0),
      0,
    );
  }

  forget(files: readonly string[]): void {
    for (const file of files) this.#sources.delete(`${this.#project.folder}/src/${file}`);
  }
}

describe.each(EXAMPLES)('the example %s', (name) => {
  it('is right as it stands, and every mutant of it is caught', { timeout: 900_000 }, () => {
    const bench = new Bench(name);
    expect(bench.problems()).toEqual([]);
    expect(bench.errors()).toBe(0);
    const texts = bench.files.map((file) => bench.read(file));
    const mutants = bench.files.flatMap((file) => mutantsOf(file, bench.read(file), texts));
    expect(mutants.length).toBeGreaterThan(20);
    const tried = mutants.filter((_, at) => at % STRIDE === 0);
    const judged = tried.map((mutant) => ({ name: mutant.name, by: bench.judge(mutant) }));
    if (IS_SOAK) console.log(judged.map((item) => `${name}: ${item.by}: ${item.name}`).join('\n'));
    expect(judged.filter(({ by }) => by === 'nothing').map((item) => item.name)).toEqual([]);
    // Most faults are named where they are made.
    expect(judged.filter(({ by }) => by === 'stale').length).toBeLessThanOrEqual(judged.length / 3);
  });
});

it('right variants are not refused', () => {
  const bench = new Bench('bakery');
  for (const file of bench.files) {
    const text = bench.read(file);
    for (const variant of [
      `// a comment\n${text}`,
      text.replaceAll(/ {2}@(\w+)\(/g, '  // Annotated.\n  @$1('),
      text.replaceAll(/(?<!from )'(\w+)'/g, '`$1`'),
      `${text}\nexport const unused = 1;\n`,
    ]) {
      expect({ file, by: bench.judge({ file, text: variant }) }).toEqual({ file, by: 'nothing' });
    }
  }
});
