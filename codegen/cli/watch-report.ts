// The lines that `onward generate --watch` prints.
//
// WATCH-REPORT-1. The screen is never cleared. Each line has its time; each problem is shown in full, and once.
// WATCH-REPORT-2. While there are errors the last good wiring stays, and the line says since when.

import type { Analysis } from '../generate.ts';
import type { Model } from '../model/model.ts';
import { countsText } from '../outcome.ts';
import { shortPath, type Problem } from '../problem.ts';
import { visible, visibleLines } from '../quote.ts';
import { ANY_JOB, momentOf } from '../words.ts';
import { paintWith, renderProblems } from './diagnostics.ts';
import type { Terminal } from './terminal.ts';

export interface Change {
  /** Files that have come, gone or hold another text; none where it is a link, or a file that says how to read them. */
  readonly files: readonly string[];
  /** Nothing has changed but the wiring itself. */
  readonly isOutput?: true;
  /** When it was looked at, in milliseconds. */
  readonly start: number;
}

interface News {
  readonly counts: string;
  readonly graph: ReadonlySet<string>;
}

export class WatchReport {
  readonly #terminal: Terminal;
  readonly #paint: ReturnType<typeof paintWith>;
  #isFirst = true;
  /** The last good wiring: the parts of its graph, and since when. */
  #good: { readonly model: Model; readonly parts: ReadonlySet<string>; readonly at: string } | undefined;
  #isBad = false;
  /** Problems that were shown and are still there. */
  #shown: ReadonlySet<string> = new Set();

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
    this.#paint = paintWith(terminal.hasColors);
  }

  good(found: Analysis, isWritten: boolean, change: Change): void {
    const { cwd } = this.#terminal;
    const wiring = isWritten ? 'written' : 'unchanged';
    const counts = countsText(found.counts);
    const { model } = found;
    const before = this.#good;
    const graph = before?.model === model ? before.parts : partsOf(model);
    const parts = this.#isFirst
      ? [counts, `${shortPath(found.output, cwd)} ${wiring}`]
      : [...this.#news(found, change, { counts, graph }), `wiring ${wiring}`];
    const took = `(${Math.round(this.#terminal.now() - change.start)} ms)`;
    const rest = this.#isFirst ? [watchingText(found.size)] : [];
    const mark = this.#isFirst || this.#isBad ? this.#paint('green', '✓') : '~';
    this.#line(mark, [...parts, took, ...rest]);
    this.#problems(found.problems);
    this.#good = { model, parts: graph, at: this.#time() };
    this.#isFirst = false;
    this.#isBad = false;
  }

  /** The sources have errors. */
  bad({ problems, size }: Analysis, change: Change): void {
    const errors = problems.filter(({ severity }) => severity === 'error').length;
    const facts = [`${errors} error${errors === 1 ? '' : 's'}`, this.#kept()];
    const files = filesText(change.files, this.#terminal.cwd);
    this.#line(this.#paint('red', '✗'), this.#isFirst ? [...facts, watchingText(size)] : [files, ...facts]);
    this.#problems(problems);
    this.#isFirst = false;
    this.#isBad = true;
  }

  /** The project cannot be read, or the wiring not be written. */
  error(text: string): void {
    this.#line(this.#paint('red', '✗'), [`error ${visibleLines(text)}`, this.#kept()]);
    this.#isFirst = false;
    this.#isBad = true;
  }

  polling(): void {
    this.#line('~', ['the system watches no more folders: everything is looked at once a second']);
  }

  #news({ output }: Analysis, { files, isOutput }: Change, { counts, graph }: News): string[] {
    const { cwd } = this.#terminal;
    if (isOutput === true) return [`${shortPath(output, cwd)} was lost or edited`];
    const names = filesText(files, cwd);
    if (files.length > MANY_FILES) return [names, counts];
    const changes = this.#good === undefined ? [counts] : graphChanges(this.#good.parts, graph);
    return [names, ...(this.#isBad ? ['fixed'] : []), ...changes];
  }

  #kept(): string {
    return this.#good === undefined ? 'the wiring is as it was' : `the last good wiring stays (${this.#good.at})`;
  }

  #problems(problems: readonly Problem[]): void {
    const fresh = problems.filter((problem) => !this.#shown.has(keyOf(problem)));
    this.#shown = new Set(problems.map(keyOf));
    if (fresh.length === 0) return;
    this.#terminal.out(`${renderProblems(fresh, this.#terminal.cwd, this.#terminal.hasColors)}\n`);
  }

  #line(mark: string, parts: readonly string[]): void {
    this.#terminal.out(`${this.#paint('gray', this.#time())}  ${mark} ${visible(parts.join(GAP))}\n`);
  }

  #time(): string {
    return this.#terminal.date().toTimeString().slice(0, '00:00:00'.length);
  }
}

function watchingText(size: number): string {
  return `watching ${size} file${size === 1 ? '' : 's'}, ^C ends`;
}

const GAP = '   ';
const MAX_FILES = 3;
/** As many at once are no edit. */
const MANY_FILES = 20;

/** `src/billing.ts`, `a.ts, b.ts`, `214 files at once (branch switched?)`. */
function filesText(files: readonly string[], cwd: string): string {
  if (files.length === 0) return 'the project';
  if (files.length <= MAX_FILES) return files.map((file) => shortPath(file, cwd)).join(', ');
  return `${files.length} files at once${files.length > MANY_FILES ? ' (branch switched?)' : ''}`;
}

/** A problem that has only moved is the same. */
function keyOf({ code, place, text }: Problem): string {
  return [code, place.file.path, text].join('\0');
}

const MAX_PARTS = 6;

/** `+ Billing.refund (job)`, `- edge Billing.charge → Mail.book (success)`; of many the first, and how many are left. */
function graphChanges(old: ReadonlySet<string>, now: ReadonlySet<string>): string[] {
  if (old === now) return [];
  const gone = [...old].filter((part) => !now.has(part)).map((part) => `- ${part}`);
  const come = [...now].filter((part) => !old.has(part)).map((part) => `+ ${part}`);
  const all = [...gone, ...come];
  const more = all.length - MAX_PARTS;
  return more > 0 ? [...all.slice(0, MAX_PARTS), `… and ${more} more`] : all;
}

function partsOf({ services }: Model): ReadonlySet<string> {
  const nodes = services.flatMap((service) => service.nodes);
  const edges = nodes.flatMap((node) => node.edges);
  return new Set([
    ...nodes.map(({ id, kind }) => `${id} (${kind})`),
    ...edges.map((edge) => `edge ${edge.from?.id ?? ANY_JOB} → ${edge.to.id} (${momentOf(edge)})`),
  ]);
}
