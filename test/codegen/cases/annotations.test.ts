// Annotations under other names, out of functions and out of objects: followed, or reported where they stand.

import { describe, expect, it } from 'vitest';
import { tsconfig, workspace, type Files } from './workspace.ts';

const MILL = `import { IsString } from 'class-validator';
import { Job } from 'onward';
import { SlowJob } from './annotations.js';
export class Grain { @IsString() sort!: string; }
export class Mill {
  @SlowJob() grind({ sort }: Grain): string { return sort + ' flour'; }
  @Job() sweep(): void { console.log('swept'); }
}
`;
const MAIN = `import { createRuntime } from 'onward';
import { Mill } from './mill.js';
import { graph } from './onward.gen.js';
const runtime = createRuntime(graph, { services: { Mill: new Mill() } });
console.log(await (await runtime.start('Mill.grind', { sort: 'rye' })).value());
console.log((await (await runtime.start('Mill.sweep')).report()).status);
`;

function mill(annotations: string, files: Files = {}) {
  return workspace({ 'tsconfig.json': tsconfig(), 'src/annotations.ts': annotations, 'src/mill.ts': MILL, ...files });
}

describe('PC10: an annotation that a function of the project makes', () => {
  it('is the annotation that it returns', async () => {
    const annotations = `import { Job } from 'onward';
export const SlowJob = (): ReturnType<typeof Job> => Job({ retry: { attempts: 3 }, timeout: '20s' });
export function Audited() { return Job({ tags: ['audited'] }); }
`;
    const project = mill(annotations, { 'src/main.ts': MAIN });
    expect(project.counts()).toBe('1 services, 2 nodes, 0 edges');
    expect((await project.onward('generate')).err).toBe('');
    expect(project.tsc()).toBe('');
    expect(project.tsx('src/main.ts')).toBe('rye flour\nswept\ncompleted\n');
  });

  it.each([
    ['another name', "import { Job } from 'onward';\nexport const SlowJob = Job;\n", '@SlowJob()'],
    ['another name of a namespace', "import * as dsl from 'onward';\nexport const SlowJob = dsl.Job;\n", '@SlowJob()'],
    ['a constant', "import { Job } from 'onward';\nexport const SlowJob = Job({ timeout: '1s' });\n", '@SlowJob'],
    [
      'an entry of an object',
      "import { Job } from 'onward';\nexport const SlowJob = { Job, make: () => Job() };\n",
      '@SlowJob.Job()',
    ],
    [
      'a function in an object',
      "import { Job } from 'onward';\nexport const SlowJob = { Job, make() { return Job(); } };\n",
      '@SlowJob.make()',
    ],
    [
      'a function with a parameter',
      "import { Job } from 'onward';\nexport const SlowJob = (name: string, timeout = '1s') => Job({ name, timeout });\n",
      "@SlowJob('grind')",
    ],
    [
      'a function of a function',
      "import { Job } from 'onward';\nconst Named = (name: string) => Job({ name });\nexport function SlowJob() { return Named('grind'); }\n",
      '@SlowJob()',
    ],
    [
      'an edge',
      "import { OnSuccess } from 'onward';\nexport const SlowJob = () => OnSuccess('sweep', { when: () => true });\n",
      '@SlowJob()',
    ],
  ])('is followed: %s', async (_, annotations, written) => {
    const source = MILL.replace('@SlowJob()', written).replace('{ sort }: Grain', '').replace('sort +', "''+");
    const project = mill(annotations, { 'src/mill.ts': source });
    expect(project.counts()).toMatch(/^1 services, 2 nodes, [01] edges$/);
    await project.onward('generate');
    expect(project.read('src/onward.gen.ts')).toContain("'Mill.grind'");
  });

  it('marks and names of services are followed as well', async () => {
    const project = mill('', {
      'src/annotations.ts': `import { Job, ReturnValue, Service } from 'onward';
export const SlowJob = Job;
export const Value = () => ReturnValue();
export const Named = (name: string) => Service({ name });
`,
      'src/mill.ts': `import { OnSuccess } from 'onward';
import { Named, SlowJob, Value } from './annotations.js';
@Named('Windmill')
export class Mill {
  @SlowJob() grind(): string { return 'flour'; }
  @OnSuccess('grind') bake(@Value() flour: string): void { void flour; }
}
`,
    });
    expect(project.counts()).toBe('1 services, 2 nodes, 1 edges');
    await project.onward('generate');
    expect(project.read('src/onward.gen.ts')).toContain(
      "'Windmill.bake': HandlerType<undefined, Mill['bake'], { returnValue: string }>",
    );
  });

  it.each([
    [
      'several in one',
      "import { Job, OnSuccess } from 'onward';\nconst both = (...all: MethodDecorator[]): MethodDecorator => (...at) => all.forEach((one) => one(...at));\nexport const SlowJob = () => both(Job() as never, OnSuccess('sweep') as never);\n",
      '@SlowJob()',
    ],
    [
      'a choice',
      "import { Handler, Job } from 'onward';\nexport const SlowJob = () => (Date.now() > 0 ? Job() : Handler());\n",
      '@SlowJob()',
    ],
    [
      'more than a return',
      "import { Job } from 'onward';\nexport function SlowJob() { console.log('slow'); return Job(); }\n",
      '@SlowJob()',
    ],
    [
      'what is handed through',
      "import { Job } from 'onward';\nexport const SlowJob = (...given: Parameters<typeof Job>) => Job(...given);\n",
      '@SlowJob({})',
    ],
    ['a variable', "import { Job } from 'onward';\nexport let SlowJob = Job();\n", '@SlowJob'],
    ['an expression', "import { Job } from 'onward';\nexport const SlowJob = [Job()];\n", '@(SlowJob[0]!)'],
    [
      'without parentheses',
      "import { Job } from 'onward';\nexport const SlowJob = (..._: unknown[]) => Job();\n",
      '@(SlowJob as never)',
    ],
    ['a missing file', '', '@SlowJob()'],
  ])('is reported where it cannot be followed: %s', (_, annotations, written) => {
    const files =
      annotations === ''
        ? { 'src/mill.ts': MILL.replace('./annotations', './nothing') }
        : { 'src/mill.ts': MILL.replace('@SlowJob()', written) };
    const [counts, ...problems] = mill(annotations, files).counts().split('\n');
    expect(counts).toBe('1 services, 1 nodes, 0 edges');
    expect(problems).toEqual([expect.stringMatching(/^ONW1119: /)]);
  });

  it('a class whose every annotation is hidden does not vanish', async () => {
    const annotations = "import { Job } from 'onward';\nexport let SlowJob = () => Job();\n";
    const source = MILL.replace("  @Job() sweep(): void { console.log('swept'); }\n", '');
    const { code, err } = await mill(annotations, { 'src/mill.ts': source }).onward('generate');
    expect(code).toBe(1);
    expect(err).toMatchInlineSnapshot(`
      "src/mill.ts:6:3 - error ONW1119: @SlowJob has an annotation of onward in it that cannot be read at build time; write that annotation here, or let a function do nothing but return it, as in \`() => Job({ … })\`

      6   @SlowJob() grind({ sort }: Grain): string { return sort + ' flour'; }
          ~~~~~~~~~~

      Found 1 error; the wiring is unchanged.
      "
    `);
  });

  it('is reported out of a package that has declarations only', () => {
    const project = mill('', {
      'src/mill.ts': MILL.replace('./annotations.js', 'slow-jobs'),
      'node_modules/slow-jobs/package.json':
        '{ "name": "slow-jobs", "types": "./index.d.ts", "peerDependencies": { "onward": "*" } }',
      'node_modules/slow-jobs/index.d.ts':
        "export declare const SlowJob: () => import('onward').JobDecorator;\nexport declare const Other: () => MethodDecorator;\n",
    });
    expect(project.counts()).toContain('ONW1119: @SlowJob has an annotation of onward in it');
  });

  it('decorators that have nothing to do with us are left alone', () => {
    const project = mill(`import { Job } from 'onward';
// Not like Job().
export const SlowJob = (): MethodDecorator => () => undefined;
export const Job2 = Job;
`);
    expect(project.counts()).toBe('1 services, 1 nodes, 0 edges');
  });
});
