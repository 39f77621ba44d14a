// The table of codes is closed: what is reported has a meaning and a page, and what has a page is reported.

import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { CODES } from '../../src/errors/codes.ts';
import { readPages } from './page.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const pages = readPages();
const known = Object.keys(CODES);
const sources = ['src', 'codegen'].flatMap((folder) =>
  readdirSync(`${root}${folder}`, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.endsWith('errors/codes.ts'))
    .map((name) => readFileSync(`${root}${folder}/${name}`, 'utf8')),
);

describe('every code', () => {
  it('has a page, and there is no other page', () => {
    expect(pages.map((page) => page.code).toSorted()).toEqual(known.toSorted());
  });

  it('is reported somewhere', () => {
    const reported = new Set(sources.flatMap((text) => text.match(/(?<=')ONW\d{4}(?=')/g) ?? []));
    expect(known.filter((code) => !reported.has(code))).toEqual([]);
  });

  it('that the sources name is in the table', () => {
    const named = new Set(sources.flatMap((text) => text.match(/ONW\d{4}/g) ?? []));
    expect([...named].filter((code) => !known.includes(code))).toEqual([]);
  });
});

describe('every page', () => {
  it('begins with the meaning that the table gives', () => {
    const titles = pages.map((page) => page.title);
    expect(titles).toEqual(pages.map(({ code }) => `${code}: ${Reflect.get(CODES, code)}`));
  });

  it('says what the code means in a few short lines, and what to do', () => {
    for (const { code, meaning, withoutExample, example, fix } of pages) {
      expect({ code, length: meaning.length }).toMatchObject({ length: expect.toSatisfy((n) => n > 60 && n < 500) });
      if (withoutExample !== undefined) continue;
      expect({
        code,
        files: Object.keys({ ...example.files, ...fix.files }).length + fix.commands.length,
      }).not.toMatchObject({ files: 0 });
    }
  });

  it('has an example that is run, but for the few whose fault nobody can cause', () => {
    expect(pages.filter((page) => page.withoutExample !== undefined).map((page) => page.code)).toEqual([
      'ONW3070', // a full disk
      'ONW3071', // a process that dies again and again
      'ONW3072', // a handle that is older than what is kept
      'ONW4002', // a network file system
      'ONW4004', // a version that does not exist yet
      'ONW4006', // a full disk
      'ONW4011', // a server that is set up so
      'ONW4013', // a server
      'ONW6040', // what a repository has
      'ONW6070', // our own bugs
    ]);
  });

  it('holds lines of at most 120 characters', () => {
    const long = pages.filter(({ code }) =>
      readFileSync(`${root}docs/codes/${code}.md`, 'utf8')
        .split('\n')
        .some((line) => line.length > 120),
    );
    expect(long.map((page) => page.code)).toEqual([]);
  });
});
