// The packed package in an empty project: what a newcomer has after the first two commands of the README.

import { beforeAll, describe, expect, test } from 'vitest';
import { installed, packed, type Place, type Project, type Result } from './project.ts';

let place: Place;
let project: Project;

beforeAll(async () => {
  place = await packed();
  project = await installed(place, 'kitchen');
}, 300_000);

/** What happens in the fixture's kitchen, in the order of the alphabet. */
const WORK = `Kitchen.cook attempt 2
ONW2003
anything object
careful: 2
count 2
failed
file T1, Kitchen.file
note T3: Error: there is no flour left
returned 2
ring
serve 2 hot at T1
sorry: there is no flour left
split 2
`;

interface Case {
  readonly title: string;
  /** Lines of the file, from the annotation to the last of the method. */
  readonly from: number;
  readonly to: number;
}

/** The regions between the `wrong:` lines of the fixture. */
function cases(source: string): readonly Case[] {
  const lines = source.split('\n');
  const starts = lines.flatMap((line, at) => {
    const title = /^ {2}\/\/ wrong: (.*)$/.exec(line)?.[1];
    return title === undefined ? [] : [{ title, at }];
  });
  return starts.map(({ title, at }, index) => ({
    title,
    from: at + 2,
    to: starts[index + 1]?.at ?? lines.length - 2,
  }));
}

/** Lines of a file with an error, of `tsc` or of `onward`. */
function errorLines(file: string, { stdout, stderr }: Result): readonly number[] {
  return `${stdout}\n${stderr}`.split('\n').flatMap((line) => {
    const [, path, at] = /^(.+?)[(:](\d+)[,:]\d+\)?(?: -|:) error/.exec(line) ?? [];
    return path === file ? [Number(at)] : [];
  });
}

function refused(all: readonly Case[], lines: readonly number[]): readonly string[] {
  return all.filter(({ from, to }) => lines.some((line) => line >= from && line <= to)).map(({ title }) => title);
}

/** What types cannot see: an unmarked parameter that could be marked with `@Message()`. */
const ONLY_MARKS_TELL = ['the value is no order', 'nothing is returned that could be the message'];

const tsc = (): Promise<Result> => project.bin('tsc', '--noEmit');

describe('wrong callbacks', () => {
  test('fail at their decorators before there is a wiring', async () => {
    project.add('src/wrong.ts');
    project.remove('src/main.ts');
    project.remove('src/start.ts');
    const all = cases(project.read('src/wrong.ts'));
    const result = await tsc();
    expect(all).toHaveLength(30);
    expect(errorLines('src/kitchen.ts', result)).toEqual([]);
    expect(refused(all, errorLines('src/wrong.ts', result))).toEqual(
      all.map(({ title }) => title).filter((title) => !ONLY_MARKS_TELL.includes(title)),
    );
    project.add('src/main.ts');
    project.add('src/start.ts');
    project.remove('src/wrong.ts');
  });

  test('fail at their decorators after the right ones have been generated', async () => {
    expect(await project.bin('onward', 'generate')).toMatchObject({ code: 0 });
    const wiring = project.read('src/onward.gen.ts');
    project.add('src/wrong.ts');
    const all = cases(project.read('src/wrong.ts'));
    const generated = await project.bin('onward', 'generate');
    expect(generated.code).toBe(1);
    expect(project.read('src/onward.gen.ts')).toBe(wiring);
    expect(refused(all, errorLines('src/wrong.ts', await tsc()))).toHaveLength(all.length - ONLY_MARKS_TELL.length);
    project.remove('src/wrong.ts');
  });

  test('fail at their decorators after they have been generated, those that can be', async () => {
    project.add('src/wrong.ts');
    const source = project.read('src/wrong.ts');
    const told = refused(cases(source), errorLines('src/wrong.ts', await project.bin('onward', 'generate')));
    const lines = source.split('\n');
    for (const { title, from, to } of cases(source)) {
      if (told.includes(title)) lines.fill('  //', from - 2, to);
    }
    project.write('src/wrong.ts', lines.join('\n'));
    const left = cases(project.read('src/wrong.ts'));
    expect(left.length).toBeGreaterThan(15);
    const warned = await project.bin('onward', 'generate');
    expect(warned.code).toBe(0);
    // The generator sees the marks: it says which one is missing.
    expect(warned.stderr.match(/src\/wrong\.ts:.* warning ONW1104/g)).toHaveLength(ONLY_MARKS_TELL.length);
    const result = await tsc();
    expect(refused(left, errorLines('src/wrong.ts', result))).toEqual(
      left.map(({ title }) => title).filter((title) => !ONLY_MARKS_TELL.includes(title)),
    );
    // The wiring sees the marks: it is refused where the value goes.
    const wiring = project.read('src/onward.gen.ts').split('\n');
    const injected = errorLines('src/onward.gen.ts', result).map((line) => wiring[line - 1]?.trim());
    expect(injected).toContain('inject: (value: Dish): Order => value,');
    expect(injected).toContain('inject: (value: void): Order => value,');
    project.remove('src/wrong.ts');
    expect(await project.bin('onward', 'generate')).toMatchObject({ code: 0 });
  });
});

test('a changed return type breaks tsc although nobody regenerated', async () => {
  expect(await tsc()).toMatchObject({ code: 0, stdout: '' });
  const source = project.read('src/kitchen.ts');
  project.write(
    'src/kitchen.ts',
    source
      .replace('Promise<Dish> {', 'Promise<Menu> {')
      .replace("return { no: order.plates, state: 'hot' }", "return { title: '' }"),
  );
  const result = await tsc();
  project.write('src/kitchen.ts', source);
  expect(result.code).not.toBe(0);
  expect(errorLines('src/kitchen.ts', result)).not.toEqual([]);
  expect(errorLines('src/onward.gen.ts', result)).not.toEqual([]);
});

test('a new project compiles, and its JavaScript runs', async () => {
  expect(await project.bin('tsc')).toMatchObject({ code: 0, stdout: '' });
  expect(await project.node('dist/start.js')).toEqual({ code: 0, stdout: WORK, stderr: '' });
  expect(await project.bin('onward', 'check')).toMatchObject({ code: 0 });
});

test('it runs under tsx', async () => {
  expect(await project.bin('tsx', 'src/start.ts')).toEqual({ code: 0, stdout: WORK, stderr: '' });
});

test('it runs in Vitest', async () => {
  const result = await project.bin('vitest', 'run');
  expect(result.stdout).toContain('1 passed');
  expect(result.code).toBe(0);
});

describe('ts-morph', () => {
  test('of the oldest version that is asked for gives the same wiring', async () => {
    const wiring = project.read('src/onward.gen.ts');
    await project.install('ts-morph@27.0.0');
    project.remove('src/onward.gen.ts');
    expect(await project.bin('onward', 'generate')).toMatchObject({ code: 0, stderr: '' });
    expect(project.read('src/onward.gen.ts')).toBe(wiring);
  });

  test.each([
    ['older', '26.0.0'],
    ['newer', '29.0.0'],
    ['not numbered', 'next'],
  ])('that is %s is refused, with the command for the right one', async (_, version) => {
    const manifest = project.read('node_modules/ts-morph/package.json');
    project.write('node_modules/ts-morph/package.json', JSON.stringify({ ...JSON.parse(manifest), version }));
    const result = await project.bin('onward', 'check');
    project.write('node_modules/ts-morph/package.json', manifest);
    expect(result).toEqual({
      code: 2,
      stdout: '',
      stderr: `error ONW6011: reading your sources needs ts-morph 27 or 28, and ${version} is installed; install it with \`npm i -D ts-morph@28\`\n`,
    });
  });
});

describe('in production', () => {
  let production: Project;

  beforeAll(async () => {
    production = await installed(place, 'production', true);
  }, 120_000);

  test('there is neither ts-morph nor TypeScript', () => {
    const there = ['onward', 'reflect-metadata', 'class-validator', 'class-transformer'];
    const absent = ['ts-morph', '@ts-morph', 'typescript', 'tsx', 'vitest'];
    const isThere = (name: string) => production.has(`node_modules/${name}`);
    expect([...there, ...absent].filter(isThere)).toEqual(there);
  });

  test('the built program needs neither', async () => {
    for (const file of ['kitchen.js', 'main.js', 'onward.gen.js', 'start.js']) {
      production.write(file, project.read(`dist/${file}`));
    }
    expect(await production.node('start.js')).toEqual({ code: 0, stdout: WORK, stderr: '' });
  });

  test('the generator says what to install', async () => {
    const result = await production.bin('onward', 'generate');
    expect(result.code).toBe(2);
    expect(result.stderr).toContain('npm i -D ts-morph@28');
  });
});
