// A `when` that cannot be read in the source is left to what the annotation records.

import { describe, expect, it } from 'vitest';
import { tsconfig, workspace } from './workspace.ts';

const WORDS = {
  'node_modules/words/package.json': JSON.stringify({
    name: 'words',
    type: 'module',
    exports: { types: './index.d.ts', default: './index.js' },
  }),
  'node_modules/words/index.d.ts': `export declare const Way: { readonly air: 'air'; readonly sea: 'sea' };
export type Way = (typeof Way)[keyof typeof Way];
export declare class Sunk extends Error {}
`,
  'node_modules/words/index.js': "export const Way = { air: 'air', sea: 'sea' };\nexport class Sunk extends Error {}\n",
};

function main(services: string): string {
  return `import { createRuntime } from 'onward';
import { graph } from './onward.gen.js';
import { Post } from './post.js';
const runtime = createRuntime(graph, { services: ${services} });
const { status } = await (await runtime.start('Post.send')).report();
console.log(status);
`;
}

describe('PC08: a `when` that names a constant of another kind', () => {
  it('of a declaration file, of a frozen object, of a class', async () => {
    const post = workspace({
      ...WORDS,
      'tsconfig.json': tsconfig(),
      'src/main.ts': main('{ Post: new Post() }'),
      'src/post.ts': `import { Job, OnSuccess } from 'onward';
import { Way } from 'words';
const SIZES = Object.freeze({ small: 'small', large: 'large' } as const);
export class Labels { static readonly plain = 'plain' as const; }
export class Post {
  @Job() send(): Way { return 'air'; }
  @OnSuccess('send', { when: Way.air }) fly(): 'small' | 'large' { return 'small'; }
  @OnSuccess('fly', { when: SIZES.small }) squeeze(): 'plain' | 'gift' { return 'plain'; }
  @OnSuccess('squeeze', { when: Labels.plain }) label(): void { console.log('flown, squeezed and labelled'); }
}
`,
    });
    expect((await post.onward('generate')).code).toBe(0);
    expect(post.tsc()).toBe('');
    expect(post.tsx('src/main.ts')).toBe('flown, squeezed and labelled\ncompleted\n');
    expect((await post.onward('list')).out).toMatchInlineSnapshot(`
      "Post.send     job
      Post.fly      handler
        on success of Post.send (when Way.air)
      Post.squeeze  handler
        on success of Post.fly (when "small")
      Post.label    handler
        on success of Post.squeeze (when Labels.plain)
      "
    `);
  });

  it('and in every other form: one project with a service for each', async () => {
    const success = [
      ['ListEntry', "const WAYS = ['air', 'sea'] as const;", 'WAYS[0]', 'flown'],
      ['Variable', "let way: 'air' | 'sea' = 'air';", 'way', 'flown'],
      ['Destructured', 'const { air } = Way;', 'air', 'flown'],
      ['Called', "const way = (): 'air' => 'air';", 'way()', 'flown'],
      ['Predicate', 'const is = (way: Way) => (other: Way) => way === other;', "is('air')", 'flown'],
      ['Chosen', '', "Date.now() > 0 ? 'air' : 'sea'", 'flown'],
      ['Parts', "const A = 'a';", '`${A}ir` as const', 'flown'],
      ['Computed', "const KEY = 'air';", 'Way[KEY]', 'flown'],
      // Without a `when` the edge is taken, and `otherwise` stands for itself.
      ['LeftOut', '', "Date.now() > 0 ? undefined : 'sea'", 'flown swum'],
      ['Other', "let way: 'air' | 'sea' = 'sea';", 'way', 'swum'],
    ] as const;
    const error = [
      ['OfPackage', '', 'Sunk', 'new Sunk()', 'caught'],
      ['Listed', 'const ALL = [Sunk, TypeError].filter(Boolean);', 'ALL as never', 'new Sunk()', 'caught'],
      ['Language', '', 'TypeError', 'new TypeError()', 'caught'],
      ['ChosenError', '', 'Date.now() > 0 ? TypeError : RangeError', 'new TypeError()', 'caught'],
      ['OtherError', '', 'Date.now() > 0 ? TypeError : RangeError', 'new RangeError()', ''],
    ] as const;
    const head =
      "import { Job, OnError, OnSuccess } from 'onward';\nimport { Sunk, Way } from 'words';\nvoid [Job, OnError, OnSuccess, Sunk, Way];\n";
    const names = [...success, ...error].map(([name]) => name);
    const post = workspace({
      ...WORDS,
      'tsconfig.json': tsconfig(),
      'src/main.ts': `import { createRuntime } from 'onward';
import { graph } from './onward.gen.js';
import { said } from './said.js';
${names.map((name) => `import { ${name} } from './${name}.js';\n`).join('')}
const runtime = createRuntime(graph, { services: { ${names.map((name) => `${name}: new ${name}()`).join(', ')} } });
${names.map((name) => `await (await runtime.start('${name}.send')).report();\nconsole.log('${name}', said.splice(0).join(' '));\n`).join('')}`,
      'src/said.ts': 'export const said: string[] = [];\n',
      ...Object.fromEntries(
        success.map(([name, before, when]) => [
          `src/${name}.ts`,
          `${head}import { said } from './said.js';
${before}
export class ${name} {
  @Job() send(): Way { return 'air'; }
  @OnSuccess('send', { when: ${when} }) fly(): void { said.push('flown'); }
  @OnSuccess('send', { otherwise: true }) swim(): void { said.push('swum'); }
}
`,
        ]),
      ),
      ...Object.fromEntries(
        error.map(([name, before, when, thrown]) => [
          `src/${name}.ts`,
          `${head}import { said } from './said.js';
${before}
export class ${name} {
  @Job() send(): void { throw ${thrown}; }
  @OnError('send', { when: ${when} }) catch(): void { said.push('caught'); }
  @OnError('send', { when: SyntaxError }) miss(): void { said.push('missed'); }
}
`,
        ]),
      ),
    });
    expect((await post.onward('generate')).err).toBe('');
    expect(post.tsc()).toBe('');
    const all = [
      ...success.map(([name, , , said]) => [name, said]),
      ...error.map(([name, , , , said]) => [name, said]),
    ];
    expect(post.tsx('src/main.ts')).toBe(all.map((line) => `${line.join(' ')}\n`).join(''));
  });

  it('only a node that is exhaustive asks for what can be read', () => {
    const post = workspace({
      ...WORDS,
      'tsconfig.json': tsconfig(),
      'src/post.ts': `import { Job, OnSuccess } from 'onward';
import { Way } from 'words';
export class Post {
  @Job({ exhaustive: true }) send(): 'air' | 'sea' { return 'air'; }
  @OnSuccess('send', { when: Way.air }) fly(): void {}
  @OnSuccess('send', { when: 'sea' }) swim(): void {}
}
`,
    });
    expect(post.counts()).toBe(
      '1 services, 3 nodes, 2 edges\nONW1131: `when` cannot be read at build time, and Post.send is exhaustive; write the literal, or name a constant',
    );
  });
});
