// What the generator asked the disk, and whether the disk gives the same answers now: what a kept result hangs on.

import { mkdirSync, renameSync, rmSync, statSync, symlinkSync, unlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { givesSame, RecordingDisk } from '../../codegen/disk/disk.ts';
import { temporaryFolder } from '../support/folders.ts';

interface Asked {
  readonly root: string;
  readonly disk: RecordingDisk;
  isSame(): boolean;
}

/** A folder of which everything was asked once. */
function asked(): Asked {
  const root = temporaryFolder('disk');
  const output = `${root}/src/onward.gen.ts`;
  mkdirSync(`${root}/src/deep`, { recursive: true });
  writeFileSync(`${root}/src/a.ts`, 'one');
  writeFileSync(`${root}/src/deep/b.ts`, 'two');
  symlinkSync(`${root}/src/deep`, `${root}/link`);
  const disk = new RecordingDisk(root);
  disk.output = output;
  disk.read(`${root}/src/a.ts`);
  disk.read(`${root}/none.json`);
  disk.isFile(`${root}/src/deep/b.ts`);
  disk.isFile(`${root}/src/deep/a.js`);
  disk.isFolder(`${root}/src`);
  disk.isFolder(`${root}/lib`);
  disk.realPath(`${root}/link`);
  disk.list(`${root}/src`);
  const answers = disk.answers();
  return { root, disk, isSame: () => givesSame(answers, root, output) };
}

describe('what was asked once', () => {
  it('is the same while nothing has changed, whatever the times say, and whether or not the wiring is written', () => {
    const { root, disk, isSame } = asked();
    utimesSync(`${root}/src/a.ts`, 0, 0);
    writeFileSync(`${root}/src/onward.gen.ts`, 'text');
    writeFileSync(`${root}/src/notes.txt`, 'no source');
    expect(isSame()).toBe(true);
    expect(disk.differences()).toEqual({ texts: [], isStructural: false });
  });

  it.each<[string, (root: string) => void]>([
    ['a byte of a text, with its size and its times', changeQuietly],
    ['a text that is gone', (root) => unlinkSync(`${root}/src/a.ts`)],
    ['a text that could not be read', (root) => writeFileSync(`${root}/none.json`, '{}')],
    ['a file that is gone', (root) => unlinkSync(`${root}/src/deep/b.ts`)],
    ['a file that was not there', (root) => writeFileSync(`${root}/src/deep/a.js`, '')],
    ['a folder that was not there', (root) => mkdirSync(`${root}/lib`)],
    ['a folder that is a file now', replaceFolder],
    ['where a link leads', relink],
    ['a new source in a folder', (root) => writeFileSync(`${root}/src/new.ts`, '')],
    ['a renamed folder', (root) => renameSync(`${root}/src/deep`, `${root}/src/other`)],
  ])('is another with %s', (_, change) => {
    const { root, disk, isSame } = asked();
    change(root);
    expect(isSame()).toBe(false);
    const { texts, isStructural } = disk.differences();
    expect(isStructural || texts.length > 0).toBe(true);
  });

  it('is asked again about one file where only that is named', () => {
    const { root, disk } = asked();
    writeFileSync(`${root}/src/a.ts`, 'other');
    expect(disk.differences([`${root}/src/deep/b.ts`]).texts).toEqual([]);
    expect(disk.differences([`${root}/src/a.ts`]).texts).toEqual([`${root}/src/a.ts`]);
    disk.forgetTexts([`${root}/src/a.ts`]);
    expect(disk.read(`${root}/src/a.ts`)).toBe('other');
  });

  it('has one answer for as long as it is asked, also where the file has changed in between', () => {
    const { root, disk } = asked();
    writeFileSync(`${root}/src/a.ts`, 'other');
    expect(disk.read(`${root}/src/a.ts`)).toBe('one');
  });
});

function changeQuietly(root: string): void {
  const path = `${root}/src/a.ts`;
  const { atime, mtime } = statSync(path);
  writeFileSync(path, 'eno');
  utimesSync(path, atime, mtime);
}

function replaceFolder(root: string): void {
  rmSync(`${root}/src`, { recursive: true });
  writeFileSync(`${root}/src`, '');
}

function relink(root: string): void {
  unlinkSync(`${root}/link`);
  symlinkSync(`${root}/src`, `${root}/link`);
}
