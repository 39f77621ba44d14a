// The page on the graph: its samples compile, print what stands below them, and its table of codes is the table.

import { readFileSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { format } from 'node:util';
import { describe, expect, test, vi } from 'vitest';
import { StepCode } from 'onward';
import { projectOnDisk } from '../codegen/project-on-disk.ts';
import { compileStrictly } from '../codes/strictly.ts';
import { looseCode, samplesOf } from './sections.ts';

const page = readFileSync(fileURLToPath(new URL('../../docs/graph.md', import.meta.url)), 'utf8');
const samples = samplesOf(page);

describe.each(samples)('$title', ({ files, output }) => {
  test('prints what the page says', async () => {
    const lines: string[] = [];
    vi.spyOn(console, 'log').mockImplementation((...args: unknown[]) => void lines.push(`${format(...args)}\n`));
    const project = projectOnDisk(files);
    const generated = await project.onward('generate');
    expect(generated).toMatchObject({ code: 0, err: '' });
    await import(pathToFileURL(`${project.folder}/src/main.ts`).href);
    expect(lines.join('')).toBe(output);
  });
});

test('every sample compiles strictly', () => {
  const projects = Object.fromEntries(samples.map(({ files }, at) => [`sample-${at}`, files]));
  expect(compileStrictly('graph', projects)).toBe('');
});

test('all code of the page is a sample', () => {
  expect(samples.length).toBeGreaterThan(12);
  expect(looseCode(page)).toEqual([]);
});

test('the table of codes has every code, and no other', () => {
  const rows = [...page.matchAll(/^\| (−?\d+) \| `([A-Z_]+)` \|/gm)];
  const told = rows.map(([, code = '', name]) => [name, Number(code.replace('−', '-'))]);
  expect(told).toEqual(Object.entries(StepCode));
});
