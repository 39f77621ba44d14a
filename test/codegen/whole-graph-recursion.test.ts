// Return types that lead back to themselves: reported exactly where the compilers cannot infer them.

import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { plainProblem } from '../../codegen/problem.ts';
import { analyse } from '../../codegen/generate.ts';
import { projectOnDisk } from './project-on-disk.ts';
import { linesOf, toldOf } from './whole-graph-project.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const COMPILERS = ['typescript-5.9/lib/tsc.js', 'typescript-6.0/lib/tsc.js', 'typescript/bin/tsc'];

const TSCONFIG = JSON.stringify({
  compilerOptions: {
    target: 'es2022',
    lib: ['es2023', 'dom'],
    module: 'nodenext',
    types: [],
    strict: true,
    noEmit: true,
    experimentalDecorators: true,
    skipLibCheck: true,
    paths: { onward: [`${root}dist/src/index.d.ts`] },
  },
  include: ['src'],
});

const HEAD = `import { IsString } from 'class-validator';
import { Handler, Job, type StepContext } from 'onward';
export class Node { @IsString() id!: string }
`;

/** What `$` calls is the service itself, or the next one. */
const BODIES: Readonly<Record<string, string>> = {
  plain: 'return await $;',
  unawaited: 'return $;',
  choice: 'return node.id === "" ? 1 : await $;',
  asserted: 'return (await $) as number;',
  compared: 'return (await $) === 1;',
  argument: 'return String(await $);',
  field: 'return { n: await $ };',
  text: 'return `${await $}`;',
  nested: 'try { if (node.id) return await $; } catch {} return 1;',
  variable: 'const n = await $; return n + 1;',
  letVariable: 'let n = await $; return n + 1;',
  variableOfVariable: 'const p = $; const n = await p; return n;',
  shorthand: 'const n = await $; return { n };',
  destructured: 'const { n } = await $; return n as number;',
  condition: 'const n = await $; return n > 3 ? "a" : "b";',
  unused: 'await $; return 1;',
  unusedVariable: 'const n = await $; void n; return 1;',
  typedVariable: 'const n: number = await $; return n;',
  assertedVariable: 'const n = (await $) as number; return n;',
  branch: 'const n = await $; if (n > 3) return 1; return 2;',
  emptied: 'return void (await $);',
  nameOfField: 'const id = await $; void id; return { id: node.id };',
  typedFunction: 'const f = async (): Promise<number> => await $; return f();',
  assigned: 'let n = 0; n = await $; return n;',
  nothing: 'if (node.id) await $;',
};

const CALL = (service: string): string => `context.call(${service}, 'walk', { id: node.id })`;

const SELF = Object.entries(BODIES).map(
  ([name, body]) =>
    `export class ${name} { @Job() async walk(node: Node, context: StepContext) { ${body.replaceAll('$', () => CALL(name))} } }\n`,
);

it('is reported for a body where three compilers say it, and for no other', () => {
  const { folder } = projectOnDisk({ 'src/a.ts': `${HEAD}${SELF.join('')}`, 'tsconfig.json': TSCONFIG });
  const names = Object.keys(BODIES);
  const reported = analyse(`${folder}/tsconfig.json`).problems.map((problem) => plainProblem(problem, folder));
  expect(new Set(reported.map((problem) => problem.code))).toEqual(new Set(['ONW1135']));
  const ours = reported.map((problem) => names[problem.line - 4]);
  for (const compiler of COMPILERS) {
    const lines = compile(compiler, folder).matchAll(/^src\/a\.ts\((\d+),\d+\): error TS7023: 'walk'/gm);
    expect([...lines].map(([, line]) => names[Number(line) - 4])).toEqual(ours);
  }
  expect(ours).toMatchInlineSnapshot(`
    [
      "plain",
      "unawaited",
      "choice",
      "asserted",
      "compared",
      "argument",
      "field",
      "nested",
      "variable",
      "letVariable",
      "variableOfVariable",
      "shorthand",
      "destructured",
      "condition",
    ]
  `);
}, 120_000);

function compile(compiler: string, folder: string): string {
  try {
    return execFileSync(process.execPath, [`${root}node_modules/${compiler}`, '-p', '.'], {
      cwd: folder,
      encoding: 'utf8',
    });
  } catch (error) {
    return error instanceof Error && 'stdout' in error ? String(error.stdout) : String(error);
  }
}

it('is reported once for all methods on the way, with the calls', () => {
  expect(
    toldOf(
      `import { Leaf } from './leaf.js';
export class Branch { id!: string }
export class Tree {
  @Handler()
  async walk(branch: Branch, context: StepContext) {
    return (await context.call(Leaf, 'grow', branch)) + 1;
  }
}
`,
      {
        'src/leaf.ts': `import { Handler, type StepContext } from 'onward';
import { type Branch, Tree } from './a.js';
export class Leaf {
  @Handler()
  async grow(branch: Branch, it: StepContext) {
    return (await it.call(Tree, 'walk', branch)) + 1;
  }
}
`,
      },
    ),
  ).toMatchInlineSnapshot(`
    "src/a.ts:6:9 - warning ONW1135: the return type of Tree.walk leads back to itself: Tree.walk -> Leaf.grow -> Tree.walk; write it out, as in \`walk(…): Promise<number>\`

    6   async walk(branch: Branch, context: StepContext) {
              ~~~~

      src/a.ts:7:19: Tree.walk returns what Leaf.grow returns
      7     return (await context.call(Leaf, 'grow', branch)) + 1;
                          ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~

      src/leaf.ts:6:19: Leaf.grow returns what Tree.walk returns
      6     return (await it.call(Tree, 'walk', branch)) + 1;
                          ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~
    "
  `);
});

it.each([
  [
    'one type on the way is written',
    `@Handler() async a(context: StepContext): Promise<number> { return context.call(S, 'b'); }`,
  ],
  ['the other one does not come back', `@Handler() async a(context: StepContext) { return 1; }`],
  ['a child is started, not called', `@Handler() async a(context: StepContext) { return context.spawn(S, 'b'); }`],
  [
    'it is no step context that is asked',
    `@Handler() async a(context: { call(...args: unknown[]): number }) { return context.call(S, 'b'); }`,
  ],
  [
    'what is called is no node',
    `@Handler() async a(context: StepContext) { return context.call(S, 'c'); } c() { return 1; }`,
  ],
])('is not reported where %s', (_, member) => {
  expect(
    linesOf(
      `export class S {\n  @Handler() async b(context: StepContext) { return context.call(S, 'a'); }\n  ${member}\n}\n`,
    ),
  ).toBe('');
});
