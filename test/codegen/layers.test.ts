// The arrows between the parts.

import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));

function importsIn(folder: string): { readonly file: string; readonly from: string }[] {
  const names = readdirSync(`${root}${folder}`, { recursive: true, encoding: 'utf8' });
  return names
    .filter((name) => name.endsWith('.ts'))
    .flatMap((name) => {
      const text = readFileSync(`${root}${folder}/${name}`, 'utf8');
      const found = text.matchAll(/(?:\bfrom|\bimport|\brequire\([^)]*\)|\()\s*'([^']+)'/g);
      return [...found].map((match) => ({ file: `${folder}/${name}`, from: match[1] ?? '' }));
    });
}

it('knows ts-morph in codegen/project.ts and codegen/read only', () => {
  const users = new Set(importsIn('codegen').flatMap(({ file, from }) => (from === 'ts-morph' ? [file] : [])));
  expect([...users].filter((file) => file !== 'codegen/project.ts' && !file.startsWith('codegen/read/'))).toEqual([]);
  expect(users.size).toBeGreaterThan(1);
});

it('does not import codegen from src', () => {
  expect(importsIn('src').filter(({ from }) => from.includes('codegen') || from === 'ts-morph')).toEqual([]);
});

it('imports nothing of src but errors, what engines keep to, words for values, JSON, durations, patterns of schedules, the tables of options, what terminals take and the contract of the wiring into codegen, but for the commands about runs', () => {
  const ofRuns = /\/cli\/(runs|refused-runs|steer|pause|run-store|open-run-store|redis-runs|redis-address)\.ts$/;
  const others = importsIn('codegen').filter(({ file }) => !ofRuns.test(file));
  const taken = new Set(others.flatMap(({ from }) => /src\/.*/.exec(from) ?? []));
  expect([...taken].toSorted()).toEqual([
    'src/engines/capabilities.ts',
    'src/errors/codes.ts',
    'src/errors/nearest-name.ts',
    'src/errors/onward-error.ts',
    'src/graph/duration.ts',
    'src/observe/ready/terminal.ts',
    'src/schedule/calendar.ts',
    'src/values/describe.ts',
    'src/values/json.ts',
    'src/values/option-rules.ts',
    'src/wiring/v1.ts',
  ]);
});

it('has no arrow back: from what all rooms use to the command line, each room imports earlier ones only', () => {
  const rooms = ['read', 'model', 'check', 'emit', 'write', 'diff', 'cli'];
  const roomOf = (path: string): number => rooms.indexOf(path.split('/').at(-2) ?? '');
  // The two files of the generator itself put the rooms together.
  const own = importsIn('codegen').filter(
    ({ file, from }) => from.startsWith('.') && !/\/(generate|index)\.ts$/.test(file),
  );
  const back = own.filter(({ file, from }) => {
    const [at, to] = [roomOf(file), roomOf(from.startsWith('./') ? file : from)];
    return at >= 0 && to > at;
  });
  expect(back).toEqual([]);
  expect(importsIn('codegen').filter(({ file, from }) => from.includes('cli/') && roomOf(file) !== 6)).toEqual([]);
});
