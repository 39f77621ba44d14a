// `onward explain src/onward.gen.ts:57`: the user's code that a line of the wiring was written for. The compiler
// reports a value that does not fit at such a line.
//
// PLACE-1. The printer knows what it writes each line for: a wiring that is up to date is answered exactly.
// PLACE-2. The lines of a stale wiring are matched with those of the one that the annotations give now; the answer says so.
// PLACE-3. What the wiring is, and whether it is stale, is answered as `check` answers it.

import { existsSync, realpathSync } from 'node:fs';
import { resolve } from 'node:path';
import type { OnwardError } from '../../src/errors/onward-error.ts';
import type { PrintedLine, Subject } from '../emit/printer.ts';
import type { Analysis } from '../generate.ts';
import type { Place } from '../model/model.ts';
import { visible } from '../quote.ts';
import { describeEdge } from '../words.ts';
import { alignLines } from './align-lines.ts';
import { analysed } from './analysed.ts';
import { wrongUsage, type Arguments } from './arguments.ts';
import { plainPlace, shortPath } from '../problem.ts';
import { printJson } from './print-json.ts';
import { stalenessOf, type Staleness } from './staleness.ts';
import type { Terminal } from './terminal.ts';

export interface WiringLine {
  readonly file: string;
  /** Counts from 1. */
  readonly line: number;
}

/** A place as compilers print it: `src/onward.gen.ts:57:9`, `src/onward.gen.ts(57,9)`; undefined for anything else. */
export function wiringLineOf(text: string): WiringLine | undefined {
  const { file, line, bracketed } =
    /^(?<file>.+\.[cm]?ts)(?::(?<line>\d+)(?::\d+)?|\((?<bracketed>\d+),\d+\))$/.exec(text)?.groups ?? {};
  return file === undefined ? undefined : { file, line: Number(line ?? bracketed) };
}

/** @throws {OnwardError} ONW6030, with what is nearest, if the line is not about anything of the user's. */
export function explainLine(terminal: Terminal, given: Arguments, { file, line }: WiringLine): number {
  const found = analysed(terminal, given);
  if (!isSameFile(resolve(terminal.cwd, file), found.output)) {
    if (!existsSync(resolve(terminal.cwd, file)))
      throw wrongUsage(
        `there is no file ${visible(file)}; the wiring is ${visible(shortPath(found.output, terminal.cwd))}`,
      );
    throw notOfWiring(terminal, found, { file, line });
  }
  const { text, lines } = found.print();
  const stale = stalenessOf(terminal, given, { output: found.output, text });
  if (stale !== undefined && stale.onDisk === undefined) throw wrongUsage(stale.message);
  const subjects =
    stale?.onDisk === undefined ? lines.map(({ subject }) => subject) : alignedSubjects(stale.onDisk, lines);
  const subject = subjects[line - 1];
  if (subject === undefined) throw aboutNothing(subjects, line, stale);
  const [about, at] = [aboutText(subject), plainPlace(placeOf(subject), terminal.cwd)];
  if (given.json) terminal.out(printJson({ ok: true, about, ...at, ...(stale !== undefined && { stale: true }) }));
  else {
    terminal.out(`${visible(at.file)}:${at.line}:${at.column}: ${about}\n`);
    if (stale !== undefined) terminal.err(`${visible(stale.message)}\n`);
  }
  return 0;
}

/** Also where one path leads through a link. */
function isSameFile(one: string, other: string): boolean {
  if (one === resolve(other)) return true;
  try {
    return realpathSync(one) === realpathSync(other);
  } catch {
    return false;
  }
}

type Subjects = readonly (Subject | undefined)[];

/** By the lines of the wiring on disk. A checkout may have turned every line's end into CRLF. */
function alignedSubjects(onDisk: string, lines: readonly PrintedLine[]): Subjects {
  const old = onDisk.replaceAll('\r\n', '\n').split('\n');
  const aligned = alignLines(
    old,
    lines.map((line) => line.text),
  );
  return old.map((_, at) => lines[aligned.get(at) ?? -1]?.subject);
}

const EXPLAINS = 'explain takes a code such as ONW1101, or a line of the wiring about a service, a node or an edge';

/** The line is in another file, most likely one of the user's own. */
function notOfWiring({ cwd }: Terminal, { output, model }: Analysis, { file, line }: WiringLine): OnwardError {
  const path = resolve(cwd, file);
  const places = model.services.flatMap(({ nodes }) =>
    nodes.map(({ id, place }) => ({ id, ...plainPlace(place, cwd) })),
  );
  const own = places.filter((place) => resolve(cwd, place.file) === path);
  const nearest = nearestTo(own, line, (place) => place.line);
  const hint =
    nearest === undefined ? 'it has no node' : `the nearest node in it is ${nearest.id}, in line ${nearest.line}`;
  const text = `${visible(file)} is not the wiring, which is ${visible(shortPath(output, cwd))}; ${visible(hint)}; ${EXPLAINS}`;
  return wrongUsage(text);
}

function aboutNothing(subjects: Subjects, line: number, stale: Staleness | undefined): OnwardError {
  const lines = subjects.flatMap((subject, at) => (subject === undefined ? [] : [{ subject, line: at + 1 }]));
  const nearest = nearestTo(lines, line, (item) => item.line);
  const hint =
    nearest === undefined
      ? 'no line is'
      : `the nearest line that is, ${nearest.line}, is about ${aboutText(nearest.subject)}`;
  const text = `line ${line} of the wiring is not about a service, a node or an edge; ${visible(hint)}; ${EXPLAINS}`;
  return wrongUsage(stale === undefined ? text : `${text}; ${visible(stale.message)}`);
}

function nearestTo<T>(items: readonly T[], line: number, lineOf: (item: T) => number): T | undefined {
  const far = (item: T): number => Math.abs(lineOf(item) - line);
  return items.toSorted((a, b) => far(a) - far(b))[0];
}

function aboutText(subject: Subject): string {
  switch (subject.kind) {
    case 'service':
      return `the service ${subject.service.name}`;
    case 'node':
      return `the node ${subject.node.id}`;
    case 'edge':
      return `the edge to ${subject.edge.to.id} ${describeEdge(subject.edge)}`;
  }
}

/** Of an edge its annotation, of a node its method, of a service its class. */
function placeOf(subject: Subject): Place {
  switch (subject.kind) {
    case 'service':
      return subject.service.place;
    case 'node':
      return subject.node.place;
    case 'edge':
      return subject.edge.place;
  }
}
