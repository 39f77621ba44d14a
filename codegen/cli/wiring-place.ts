// `onward explain src/onward.gen.ts:57`: what of the user's code a line of the wiring was written for. The compiler
// reports a value that does not fit at such a line.
//
// L1. The wiring is not parsed: what the model would be printed as is looked for in its lines.

import { resolve } from 'node:path';
import { OnwardError } from '../../src/errors/onward-error.ts';
import { propertyKey, quote, visible } from '../quote.ts';
import { analyse, type Analysis } from '../generate.ts';
import type { EdgeModel, Model, NodeModel, Place } from '../model/model.ts';
import { readWiring } from '../write/write.ts';
import type { Arguments } from './arguments.ts';
import { momentOf, watchedBy } from '../words.ts';
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

/** @throws {OnwardError} ONW6030, with the nearest node, if the line is none of the wiring or nothing of the user's stands there. */
export function explainLine(terminal: Terminal, given: Arguments, { file, line }: WiringLine): number {
  const found = analyse(resolve(terminal.cwd, given.project));
  const { output, model } = found;
  const path = resolve(terminal.cwd, file);
  const wiring = path === resolve(output) ? readWiring(output) : undefined;
  if (wiring === undefined) throw notOfWiring(terminal, found, { path, file, line });
  const lines = wiring.split('\n');
  const subject = subjectOf(elementAt(lines, line - 1), model);
  if (subject === undefined) throw aboutNothing(found, lines, line);
  const place = plainPlace(subject.place, terminal.cwd);
  if (given.json) terminal.out(printJson({ ok: true, about: subject.about, ...place }));
  else terminal.out(`${visible(place.file)}:${place.line}:${place.column}: ${subject.about}\n`);
  return 0;
}

const EXPLAINS = 'explain takes a code such as ONW1101, or a line of the wiring about a service, a node or an edge';

/** A line of another file, most likely of the user's own. */
function notOfWiring(
  { cwd }: Terminal,
  { output, model }: Analysis,
  { path, file, line }: WiringLine & { readonly path: string },
): OnwardError {
  const wiring = resolve(output);
  const shown = wiring.startsWith(`${cwd}/`) ? wiring.slice(cwd.length + 1) : wiring;
  if (path === wiring) return new OnwardError('ONW6030', `there is no wiring yet; run \`npx onward generate\``);
  const places = model.services.flatMap(({ nodes }) =>
    nodes.map(({ id, place }) => ({ id, ...plainPlace(place, cwd) })),
  );
  const own = places.filter((place) => resolve(cwd, place.file) === path);
  const nearest = nearestTo(own, line, (place) => place.line);
  const hint =
    nearest === undefined ? 'it has no node' : `the nearest node in it is ${nearest.id}, in line ${nearest.line}`;
  const text = `${visible(file)} is not the wiring, which is ${visible(shown)}; ${visible(hint)}; ${EXPLAINS}`;
  return new OnwardError('ONW6030', text);
}

function aboutNothing({ model, text }: Analysis, lines: readonly string[], line: number): OnwardError {
  const isStale = text === undefined || lines.join('\n').replaceAll('\r\n', '\n') !== text;
  const fix = isStale ? '; the wiring is stale: run `npx onward generate`' : '';
  const hint = nearestSubject(lines, line, model) ?? 'nor is any other';
  return new OnwardError(
    'ONW6030',
    `line ${line} of the wiring is about no service, node or edge of yours; ${visible(hint)}; ${EXPLAINS}${fix}`,
  );
}

function nearestSubject(lines: readonly string[], line: number, model: Model): string | undefined {
  for (let far = 1; far < lines.length + line; far++) {
    for (const at of [line + far, line - far]) {
      if (at < 1 || at > lines.length) continue;
      const subject = subjectOf(elementAt(lines, at - 1), model);
      if (subject !== undefined) return `the nearest that is, line ${at}, is about ${subject.about}`;
    }
  }
  return undefined;
}

function nearestTo<T>(items: readonly T[], line: number, lineOf: (item: T) => number): T | undefined {
  const far = (item: T): number => Math.abs(lineOf(item) - line);
  return items.toSorted((a, b) => far(a) - far(b))[0];
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
