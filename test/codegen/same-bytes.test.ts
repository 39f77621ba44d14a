// One graph, one text: in any order of files, with any line ends, in any locale, on every Node.

import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { analyse } from '../../codegen/generate.ts';
import { projectOnDisk, type ProjectOnDisk } from './project-on-disk.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

// Names that locales sort and fold differently: dotless i, umlauts, accents of two kinds, digits, signs.
const FILES = [
  'I',
  'i2',
  'ı',
  'i10',
  'İ',
  'z',
  'Z',
  'ä',
  'a-b',
  'aB',
  'a_b',
  'caf\u00e9',
  'cafe\u0301',
  'ch',
  'cz',
  'ᲀ',
  '日本',
];

function source(name: string, at: number): string {
  const next = (at + 1) % FILES.length;
  return `import { IsString } from 'class-validator';
import { Job, OnError, OnSuccess, ReturnValue, Service } from 'onward';
import { Mail as Other, Desk as Next } from './${FILES[next]}.ts';

export class Mail {
  @ReturnValue() value?: Other;
  @IsString() text?: string;
}

@Service({ name: 'desk ${at} ${name}' })
export class Desk {
  @Job({
    name: '${name}',
  })
  send(mail: Mail): Other | undefined {
    return mail.value;
  }

  @OnSuccess(() => Next, 'send', { bind: { text: '${name}' } })
  @OnError('send')
  take(mail: Mail): void {
    void mail;
  }
}
`;
}

const SOURCES = Object.fromEntries(FILES.map((name, at) => [`src/${name}.ts`, source(name, at)]));

function tsconfig(order: readonly string[]): string {
  return JSON.stringify({
    compilerOptions: { module: 'nodenext', experimentalDecorators: true },
    files: order.map((name) => `src/${name}.ts`),
  });
}

function wiringOf(project: ProjectOnDisk): string {
  const { problems, text } = analyse(`${project.folder}/tsconfig.json`);
  expect(problems.map((problem) => problem.text)).toEqual([]);
  return text ?? '';
}

it('has the hash that every Node, every machine and every later version gives it', () => {
  const text = wiringOf(projectOnDisk({ ...SOURCES, 'tsconfig.json': tsconfig(FILES) }));
  expect(text.match(/^ {4}'desk [^']+': \{$/gm)?.length).toBe(FILES.length * 2);
  expect(createHash('sha256').update(text).digest('hex')).toMatchInlineSnapshot(
    `"e806644a8b91ab84e57b17aba9942567f4d2885738c113ccf05e89c6903cddf7"`,
  );
});

it('is the same in a hundred orders, with CRLF and LF, with and without a byte order mark', () => {
  const project = projectOnDisk({ ...SOURCES, 'tsconfig.json': tsconfig(FILES) });
  const expected = wiringOf(project);
  const variant = fc.record({
    order: fc.shuffledSubarray(FILES, { minLength: FILES.length }),
    hasCrlf: fc.array(fc.boolean(), { minLength: FILES.length, maxLength: FILES.length }),
    hasMark: fc.boolean(),
  });
  fc.assert(
    fc.property(variant, ({ order, hasCrlf, hasMark }) => {
      project.write('tsconfig.json', tsconfig(order));
      for (const [at, name] of FILES.entries()) {
        const text = source(name, at);
        project.write(
          `src/${name}.ts`,
          `${hasMark ? '\uFEFF' : ''}${hasCrlf[at] === true ? text.replaceAll('\n', '\r\n') : text}`,
        );
      }
      expect(wiringOf(project)).toBe(expected);
    }),
    { numRuns: 100 },
  );
});

it('is the same in every locale and time zone', () => {
  const project = projectOnDisk({ ...SOURCES, 'tsconfig.json': tsconfig(FILES) });
  const expected = wiringOf(project);
  for (const [locale, zone] of [
    ['C', 'UTC'],
    ['tr_TR.UTF-8', 'Asia/Kathmandu'],
    ['sv_SE.UTF-8', 'America/New_York'],
  ]) {
    const env = { ...process.env, LC_ALL: locale, LANG: locale, TZ: zone };
    // Not by its command, which leaves a folder for its socket.
    const argv = [
      '--import',
      `${root}node_modules/tsx/dist/loader.mjs`,
      `${root}codegen/cli/main.ts`,
      'generate',
      '--json',
    ];
    execFileSync(process.execPath, argv, { cwd: project.folder, env, timeout: 60_000 });
    expect(project.read('src/onward.gen.ts')).toBe(expected);
  }
});

it('asks no locale for an order or for the case of a letter', () => {
  const files = readdirSync(`${root}codegen`, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.ts'),
  );
  const found = files.filter((name) =>
    /locale|Intl\b/i.test(readFileSync(`${root}codegen/${name}`, 'utf8').replace(/^\s*(\/\/|\*|\/\*).*$/gm, '')),
  );
  expect(found).toEqual([]);
});
