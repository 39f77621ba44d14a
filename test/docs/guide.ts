// Reads and runs a guide as its test does: every sample prints what stands below it, and all of them compile.

import { readFileSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { format } from 'node:util';
import { describe, expect, test, vi } from 'vitest';
import { projectOnDisk } from '../codegen/project-on-disk.ts';
import { compileStrictly } from '../codes/strictly.ts';
import { inFolder } from '../support/folders.ts';
import { looseCode, type Sample, samplesOf } from './sections.ts';

/** Declares the tests of `docs/<name>.md`, which has at least so many samples. */
export function testGuide(name: string, least: number): string {
  const page = readFileSync(fileURLToPath(new URL(`../../docs/${name}.md`, import.meta.url)), 'utf8');
  const samples = testSamples(name, page);

  test('all code of the page is a sample', () => {
    expect(samples.length).toBeGreaterThanOrEqual(least);
    expect(looseCode(page)).toEqual([]);
  });

  return page;
}

/** Declares the tests of the samples of a page; the name is that of the folder in which they are compiled. */
export function testSamples(name: string, page: string): readonly Sample[] {
  const samples = samplesOf(page);

  describe.each(samples)('$title', ({ files, output }) => {
    test('prints what the page says', async () => {
      const lines: string[] = [];
      vi.spyOn(console, 'log').mockImplementation((...args: unknown[]) => void lines.push(`${format(...args)}\n`));
      const project = projectOnDisk(files);
      const generated = await project.onward('generate');
      expect(generated).toMatchObject({ code: 0, err: '' });
      const main = pathToFileURL(`${project.folder}/src/main.ts`).href;
      await inFolder(project.folder, () => import(main));
      expect(lines.join('')).toBe(output);
    });
  });

  test('every sample compiles strictly', () => {
    const projects = Object.fromEntries(samples.map(({ files }, at) => [`sample-${at}`, files]));
    expect(compileStrictly(projects)).toBe('');
  });

  return samples;
}
