// What the generator found, kept for the next one: in `node_modules/.cache/onward`, one file for each tsconfig.
//
// ENTRY-1. An entry says: with these answers of the disk, this version of us finds that. It is used if all of them are the
//          same now, and only then: no branch switch, no equal time and no half of a write makes it lie.
// ENTRY-2. Where it cannot be read, written or found, the sources are read.
// ENTRY-3. Loading this file loads neither the generator nor the compiler.

import { readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Outcome } from '../outcome.ts';
import { packageRoot } from '../package-root.ts';
import type { Place, Problem } from '../problem.ts';
import { unpackRecords, type KeptRecords } from '../read/kept-records.ts';
import { digestOf, givesSame, isFolder, readText, type Answers } from './disk.ts';
import { keepFile, readKept } from './kept-file.ts';

/** Without the texts of the sources, which are what they were, and without that of the wiring, which comes last. */
interface Head {
  readonly maker: string;
  readonly answers: Answers;
  readonly outcome: Omit<Outcome, 'text' | 'problems'>;
  readonly problems: readonly KeptProblem[];
  readonly hasText: boolean;
}

interface KeptPlace {
  readonly path: string;
  readonly at: Place['at'];
}

interface KeptProblem extends Pick<Problem, 'code' | 'severity' | 'text'> {
  readonly place: KeptPlace;
  readonly related: readonly { readonly place: KeptPlace; readonly text: string }[];
}

/** What was found before, if everything that it was found from is the same. */
export function recall(tsconfig: string): Outcome | undefined {
  const lines = linesOf(entryPath(tsconfig));
  try {
    return lines === undefined ? undefined : read(lines, tsconfig);
  } catch {
    // Of another version.
    return undefined;
  }
}

function read({ first, others }: Lines, tsconfig: string): Outcome | undefined {
  const { maker, answers, outcome, problems, hasText } = headOf(first);
  if (maker !== ownDigest() || outcome.tsconfig !== tsconfig) return undefined;
  if (!givesSame(answers, outcome.root, outcome.output.replaceAll('\\', '/'))) return undefined;
  const found = { ...outcome, problems: placed(problems) };
  return hasText ? { ...found, text: others() } : found;
}

interface Lines {
  readonly first: string;
  readonly others: () => string;
}

/** Of a file that is kept. */
function linesOf(path: string | undefined): Lines | undefined {
  const bytes = path === undefined ? undefined : readKept(path);
  if (bytes === undefined) return undefined;
  const at = bytes.indexOf('\n');
  return { first: bytes.toString('utf8', 0, at), others: () => bytes.toString('utf8', at + 1) };
}

/** The border to what we have written ourselves: its digest was right. */
function headOf(text: string): Head {
  return JSON.parse(text) as Head;
}

/** Problems are shown with lines of their files, each read once. */
function placed(problems: readonly KeptProblem[]): Problem[] {
  const files = new Map<string, Place['file']>();
  const placeOf = ({ path, at }: KeptPlace): Place => {
    const file = files.get(path) ?? { path, text: readText(path) ?? '' };
    files.set(path, file);
    return { file, at };
  };
  return problems.map(({ place, related, ...problem }) => ({
    ...problem,
    place: placeOf(place),
    related: related.map((item) => ({ place: placeOf(item.place), text: item.text })),
  }));
}

/** What sources said when they were read last, with the same compiler and by the same version of us. */
export function recallRecords(tsconfig: string, compiler: string): KeptRecords | undefined {
  const lines = linesOf(recordsPath(tsconfig));
  return lines?.first === readerOf(compiler) ? unpackRecords(lines.others()) : undefined;
}

/** @param records as they were packed. */
export function keepRecords(tsconfig: string, compiler: string, records: string): void {
  const path = recordsPath(tsconfig);
  if (path !== undefined) keepFile(path, `${readerOf(compiler)}\n${records}`);
}

function readerOf(compiler: string): string {
  return `${ownDigest()} ${compiler}`;
}

function recordsPath(tsconfig: string): string | undefined {
  return entryPath(tsconfig)?.replace(/entry$/, 'records');
}

export function keep(found: Outcome, answers: Answers): void {
  const path = entryPath(found.tsconfig);
  if (path === undefined) return;
  const { text, problems, root, tsconfig, size, projectFolder, output, counts } = found;
  const outcome = { root, tsconfig, size, projectFolder, output, counts };
  const maker = ownDigest();
  const head: Head = { maker, answers, outcome, problems: problems.map(kept), hasText: text !== undefined };
  keepFile(path, `${JSON.stringify(head)}\n${text ?? ''}`);
}

function kept({ code, severity, text, place, related }: Problem): KeptProblem {
  const keptPlace = ({ file, at }: Place): KeptPlace => ({ path: file.path, at });
  return {
    code,
    severity,
    text,
    place: keptPlace(place),
    related: related.map((item) => ({ place: keptPlace(item.place), text: item.text })),
  };
}

/** Where what can be made again is kept: in the nearest `node_modules`, as tools do it. Without one nothing is kept. */
export function cacheFolder(tsconfig: string): string | undefined {
  // Our sources are under work: what they found before is not what they find now.
  if (import.meta.url.endsWith('.ts')) return undefined;
  for (let at = dirname(tsconfig); ; at = dirname(at)) {
    const modules = join(at, 'node_modules');
    if (isFolder(modules)) return join(modules, '.cache', 'onward');
    if (dirname(at) === at) return undefined;
  }
}

function entryPath(tsconfig: string): string | undefined {
  const folder = cacheFolder(tsconfig);
  return folder === undefined ? undefined : join(folder, `${digestOf(tsconfig).slice(0, 16)}.entry`);
}

/** Our own code, whatever its version says: it may be patched. */
function ownDigest(): string {
  const dist = join(packageRoot(), 'dist');
  const stamps: string[] = [];
  for (const file of readdirSync(dist, { recursive: true, encoding: 'utf8' })) {
    if (!file.endsWith('.js')) continue;
    const path = join(dist, file);
    const { size, mtimeMs, ctimeMs } = statSync(path);
    stamps.push(`${path} ${size} ${mtimeMs} ${ctimeMs}`);
  }
  return digestOf(stamps.sort().join('\n'));
}
