// Follows a page of docs as a newcomer does: writes its files, types its commands, compares what they print.
//
// W1. Commands and files are those of the page, in its order: page and test cannot differ.
// W2. Only two things are added: `onward` is installed from the packed tarball, and npm is quiet and runs no scripts.
// W3. `…` in the output of the page stands for any lines; a time such as `(212 ms)` for any time.

import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { plainEnvironment, type Place } from './project.ts';

const docs = fileURLToPath(new URL('../../docs/', import.meta.url));

interface Walk {
  readonly place: Place;
  /** Made if it is not there yet. */
  readonly folder: string;
  /** Blocks that are marked `commonjs` count in CommonJS only. @default 'module' */
  readonly modules?: 'module' | 'commonjs';
  /** The titles of the sections to follow. @default the whole page */
  readonly sections?: readonly string[];
}

interface Command {
  readonly line: string;
  readonly output: string;
}

/** Follows `docs/<name>.md`. Its first fault is an assertion that shows the command. */
export async function walk(name: string, { place, folder, modules = 'module', sections }: Walk): Promise<void> {
  mkdirSync(folder, { recursive: true });
  for (const { info, text } of blocksOf(name, sections)) {
    const [language = '', ...rest] = info.split(' ');
    const [path] = rest;
    if (rest.includes('commonjs') && modules !== 'commonjs') continue;
    if (language !== 'console') {
      if (path !== undefined) write(join(folder, path), text);
      continue;
    }
    for (const { line, output } of commandsOf(text)) {
      const result = await type(folder, withTarball(line, place.tarball));
      const told = `${result.stdout}${result.stderr}`;
      expect(result.failed, `${line}\n${told}`).toBe(rest.includes('fails'));
      if (output !== '') expect(timeless(told), line).toMatch(patternOf(timeless(output)));
    }
  }
}

function blocksOf(name: string, sections: readonly string[] | undefined): { info: string; text: string }[] {
  const parts = readFileSync(`${docs}${name}.md`, 'utf8').split(/^(?=## )/m);
  const titled = (part: string): boolean => sections?.includes(/^## (.*)$/m.exec(part)?.[1] ?? '') ?? true;
  const missing = sections?.filter((title) => !parts.some((part) => part.startsWith(`## ${title}\n`))) ?? [];
  expect(missing).toEqual([]);
  return [
    ...parts
      .filter(titled)
      .join('')
      .matchAll(/^```([^\n]*)\n([^]*?)^```$/gm),
  ].map(([, info = '', text = '']) => ({ info, text }));
}

function commandsOf(text: string): Command[] {
  return text
    .split(/^\$ /m)
    .slice(1)
    .map((part) => {
      const end = part.indexOf('\n');
      return { line: part.slice(0, end), output: part.slice(end + 1) };
    });
}

function withTarball(line: string, tarball: string): string {
  // Nobody is there to say yes.
  if (line.startsWith('npx @')) return line.replace('npx', 'npx --yes');
  if (!line.startsWith('npm install ')) return line;
  const quiet = '--ignore-scripts --no-audit --no-fund --prefer-offline';
  return `${line.replace(/ onward(?= |$)/, ` '${tarball}'`)} ${quiet}`;
}

function timeless(text: string): string {
  return text.replaceAll(/\(\d+ ms\)/g, '(… ms)').trim();
}

function patternOf(output: string): RegExp {
  const lines = output
    .split('\n')
    .map((line) => (line === '…' ? '[^]*' : line.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&')));
  return new RegExp(`^${lines.join('\n')}$`);
}

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

function type(
  cwd: string,
  line: string,
): Promise<{ readonly failed: boolean; readonly stdout: string; readonly stderr: string }> {
  return new Promise((resolve) => {
    execFile('sh', ['-c', line], { cwd, env: plainEnvironment() }, (error, stdout, stderr) => {
      resolve({ failed: error !== null, stdout, stderr });
    });
  });
}
