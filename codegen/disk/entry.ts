// What the generator found, kept for the next one: in `node_modules/.cache/onward`, one file for each tsconfig.
//
// ENTRY-1. An entry says: with these answers of the disk, this version of us finds that. It is used if all of them are the
//          same now, and only then: no branch switch, no equal time and no half of a write makes it lie.
// ENTRY-2. It is replaced as a whole, and begins with the digest of the rest: a torn one is none.
// ENTRY-3. Nothing depends on it. Where it cannot be read, written or found, the sources are read.
// ENTRY-4. Loading this file loads neither the generator nor the compiler.

import { mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Outcome } from '../outcome.ts';
import { packageRoot } from '../package-root.ts';
import type { Place, Problem } from '../problem.ts';
import { unpackRecords, type KeptRecords } from '../read/kept-records.ts';
import { clearLeftovers, replaceFile } from '../write/replace-file.ts';
import { digestOf, givesSame, readText, type Answers } from './disk.ts';

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
  const path = entryPath(tsconfig);
  if (path === undefined) return undefined;
  try {
    return read(readFileSync(path), tsconfig);
  } catch {
    return undefined;
  }
}

function read(bytes: Buffer, tsconfig: string): Outcome | undefined {
  const [first, second] = [bytes.indexOf(10), bytes.indexOf(10, bytes.indexOf(10) + 1)];
  if (second < 0 || bytes.toString('latin1', 0, first) !== digestOf(bytes.subarray(first + 1))) return undefined;
  const { maker, answers, outcome, problems, hasText } = headOf(bytes.toString('utf8', first + 1, second));
  if (maker !== ownDigest() || outcome.tsconfig !== tsconfig) return undefined;
  if (!givesSame(answers, outcome.root, outcome.output.replaceAll('\\', '/'))) return undefined;
  const found = { ...outcome, problems: placed(problems) };
  return hasText ? { ...found, text: bytes.toString('utf8', second + 1) } : found;
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
  const path = recordsPath(tsconfig);
  if (path === undefined) return undefined;
  try {
    const bytes = readFileSync(path);
    const [first, second] = [bytes.indexOf(10), bytes.indexOf(10, bytes.indexOf(10) + 1)];
    const isWhole = second > 0 && bytes.toString('latin1', 0, first) === digestOf(bytes.subarray(first + 1));
    if (!isWhole || bytes.toString('utf8', first + 1, second) !== readerOf(compiler)) return undefined;
    return unpackRecords(bytes.toString('utf8', second + 1));
  } catch {
    return undefined;
  }
}

/** @param records as they were packed. */
export function keepRecords(tsconfig: string, compiler: string, records: string): void {
  const path = recordsPath(tsconfig);
  if (path === undefined) return;
  try {
    const body = `${readerOf(compiler)}\n${records}`;
    mkdirSync(dirname(path), { recursive: true });
    clearLeftovers(path);
    replaceFile(path, `${digestOf(body)}\n${body}`);
  } catch {
    // As above.
  }
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
  const body = `${JSON.stringify(head)}\n${text ?? ''}`;
  try {
    mkdirSync(dirname(path), { recursive: true });
    clearLeftovers(path);
    replaceFile(path, `${digestOf(body)}\n${body}`);
  } catch {
    // A folder that cannot be written: the next one reads the sources.
  }
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
    if (statSync(modules, { throwIfNoEntry: false })?.isDirectory() === true) return join(modules, '.cache', 'onward');
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
