// `onward explain src/onward.gen.ts:57`: what of the user's code a line of the wiring was written for. The compiler
// reports a value that does not fit at such a line.
//
// L1. The wiring is not parsed: what the model would be printed as is looked for in its lines.

import { resolve } from 'node:path';
import { OnwardError } from '../../src/errors/onward-error.ts';
import { propertyKey, quote, visible } from '../emit/quote.ts';
import { analyse } from '../generate.ts';
import type { EdgeModel, Model, NodeModel, Place } from '../model/model.ts';
import { readWiring } from '../write/write-wiring.ts';
import type { Arguments } from './arguments.ts';
import { momentOf, watchedBy } from './edge-words.ts';
import { plainPlace } from './diagnostics.ts';
import { printJson } from './print-json.ts';
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

/** @throws {OnwardError} ONW6030 if the file is not the project's wiring, or nothing of the user's stands at the line. */
export function explainLine(terminal: Terminal, given: Arguments, { file, line }: WiringLine): number {
  const { output, model } = analyse(resolve(terminal.cwd, given.project));
  const wiring = resolve(terminal.cwd, file) === resolve(output) ? readWiring(output) : undefined;
  if (wiring === undefined) {
    throw new OnwardError('ONW6030', `explain takes a code, or a line of the wiring such as src/onward.gen.ts:57`);
  }
  const subject = subjectOf(elementAt(wiring.split('\n'), line - 1), model);
  if (subject === undefined) {
    throw new OnwardError(
      'ONW6030',
      `line ${line} of the wiring is about no node or edge of your sources; is it up to date?`,
    );
  }
  const place = plainPlace(subject.place, terminal.cwd);
  if (given.json) terminal.out(printJson({ ok: true, about: subject.about, ...place }));
  else terminal.out(`${visible(place.file)}:${place.line}:${place.column}: ${subject.about}\n`);
  return 0;
}

/** The lines of the node or the edge that the line belongs to, or the line itself outside of both. */
function elementAt(lines: readonly string[], at: number): string {
  const isInside = (text: string | undefined): boolean =>
    text?.startsWith('     ') === true || text === '    },' || text?.startsWith('    } satisfies ') === true;
  let start = at;
  while (start > 0 && isInside(lines[start])) start--;
  let end = start + 1;
  while (end < lines.length && isInside(lines[end])) end++;
  return lines.slice(start, end).join('\n');
}

interface Subject {
  readonly about: string;
  readonly place: Place;
}

function subjectOf(element: string, { services }: Model): Subject | undefined {
  const nodes = services.flatMap((service) => service.nodes);
  const node = nodes.find((found) => isAboutNode(element, found));
  if (node !== undefined) return { about: `the node ${node.id}`, place: node.place };
  const edge = nodes.flatMap((found) => found.edges).find((found) => isAboutEdge(element, found));
  if (edge !== undefined) {
    return { about: `the edge on ${momentOf(edge)} from ${watchedBy(edge)} to ${edge.to.id}`, place: edge.place };
  }
  const service = services.find(({ name }) => element.startsWith(`  readonly ${propertyKey(name)}: `));
  return service && { about: `the service ${service.name}`, place: service.place };
}

function isAboutNode(element: string, { id }: NodeModel): boolean {
  const key = propertyKey(id);
  return element.startsWith(`    ${key}: {`) || element.startsWith(`  readonly ${key}: `);
}

function isAboutEdge(element: string, { on, from, to, decorator, join }: EdgeModel): boolean {
  const source = join === undefined ? [] : [`source: ${quote(join.source)}`];
  const facts = [...source, `on: ${quote(on)},`, `from: ${quote(from?.id ?? '*')},`, `to: ${quote(to.id)},`];
  return facts.every((fact) => element.includes(fact)) && new RegExp(`\\bdecorator: ${decorator}\\b`).test(element);
}
