// Lines, indented. What does not fit the width is broken the way formatters break it.
//
// PRINTER-1. Everything is printed once. How a line breaks can depend on names, which are settled when all is printed:
//            until then both forms of such a line are kept.
// PRINTER-2. Every line knows what of the user's code it is written for.

import type { EdgeModel, NodeModel, ServiceModel } from '../model/model.ts';
import type { Names, Referent } from './names.ts';

const WIDTH = 120;

/** What of the user's code a line is written for. */
export type Subject =
  | { readonly kind: 'service'; readonly service: ServiceModel }
  | { readonly kind: 'node'; readonly node: NodeModel }
  | { readonly kind: 'edge'; readonly edge: EdgeModel };

export interface PrintedLine {
  readonly text: string;
  /** Absent for a line that is written for no part of the graph, such as an import. */
  readonly subject: Subject | undefined;
}

interface Line extends PrintedLine {
  readonly depth: number;
}

/** Two forms of one text: the first if `width` fits in one line. */
interface Choice {
  readonly depth: number;
  readonly width: string;
  readonly flat: readonly Part[];
  readonly broken: readonly Part[];
}

type Part = Line | Choice;

export class Printer {
  /** What the names in its lines stand for. */
  readonly used = new Set<Referent>();
  readonly #names: Names;
  #parts: Part[] = [];
  #depth: number;
  #subject: Subject | undefined;

  constructor(names: Names, depth = 0) {
    this.#names = names;
    this.#depth = depth;
  }

  line(text = ''): void {
    this.#names.note(text, this.used);
    this.#parts.push({ text, depth: this.#depth, subject: this.#subject });
  }

  /** Everything that `body` prints is written for the subject. */
  about(subject: Subject, body: () => void): void {
    const outer = this.#subject;
    this.#subject = subject;
    body();
    this.#subject = outer;
  }

  /** Lines of `body` between `open` and `close`, one step in. */
  block(open: string, close: string, body: () => void): void {
    this.open(open);
    body();
    this.close(close);
  }

  /** What follows is one step in. */
  open(text: string): void {
    this.line(text);
    this.#depth++;
  }

  close(text: string): void {
    this.#depth--;
    this.line(text);
  }

  get depth(): number {
    return this.#depth;
  }

  /** `{ a, b }` on one line if it fits, else one item a line. */
  list(open: string, items: readonly string[], close: string): void {
    this.#flatOr(`${open} ${items.join(', ')} ${close}`, () =>
      this.block(open, close, () => items.forEach((item) => this.line(`${item},`))),
    );
  }

  /** `name: [a, b],` likewise. */
  array(name: string, items: readonly string[]): void {
    this.#flatOr(`${name}: [${items.join(', ')}],`, () =>
      this.block(`${name}: [`, '],', () => items.forEach((item) => this.line(`${item},`))),
    );
  }

  /** `Type<A, { b; c }>` likewise: an item that is an array is the members of a type. */
  typeArguments(open: string, items: readonly (string | readonly string[])[], close: string): void {
    this.#flatOr(`${open}${items.map(flatType).join(', ')}${close}`, () =>
      this.block(open, close, () =>
        items.forEach((item, at) => {
          // Type arguments take no comma at the end.
          const comma = at === items.length - 1 ? '' : ',';
          if (typeof item === 'string') return this.line(item + comma);
          this.#flatOr(flatType(item) + comma, () =>
            this.block('{', `}${comma}`, () => item.forEach((member) => this.line(`${member};`))),
          );
        }),
      ),
    );
  }

  /** `name: (parameters): returns => body,` */
  arrow(name: string, parameters: readonly string[], returns: string, body: string): void {
    const head = `${name}: (${parameters.join(', ')}): ${returns} =>`;
    this.#flatOr(`${head} ${body},`, () =>
      this.#choose(
        head,
        () => {
          this.line(head);
          this.#indent(() => this.line(`${body},`));
        },
        () =>
          this.block(`${name}: (`, `): ${returns} => ${body},`, () =>
            parameters.forEach((item) => this.line(`${item},`)),
          ),
      ),
    );
  }

  /** The names are settled. */
  text(): string {
    return this.lines()
      .map((line) => `${line.text}\n`)
      .join('');
  }

  /** Every line in its final form. The names are settled. */
  lines(): PrintedLine[] {
    const lines: PrintedLine[] = [];
    this.#layOut(this.#parts, lines);
    return lines;
  }

  #layOut(parts: readonly Part[], lines: PrintedLine[]): void {
    for (const part of parts) {
      if ('text' in part) {
        const { text, depth, subject } = part;
        lines.push({ text: text === '' ? '' : INDENT.repeat(depth) + this.#names.resolve(text), subject });
        continue;
      }
      const isFlat = INDENT.length * part.depth + this.#names.resolve(part.width).length <= WIDTH;
      this.#layOut(isFlat ? part.flat : part.broken, lines);
    }
  }

  #indent(body: () => void): void {
    this.#depth++;
    body();
    this.#depth--;
  }

  #flatOr(flat: string, broken: () => void): void {
    this.#choose(flat, () => this.line(flat), broken);
  }

  #choose(width: string, flat: () => void, broken: () => void): void {
    const room = WIDTH - INDENT.length * this.#depth;
    const least = this.#names.leastWidth(width);
    // However short the names will be.
    if (least > room) return broken();
    // There is no name in it.
    if (least === width.length) return flat();
    this.#parts.push({ depth: this.#depth, width, flat: this.#partsOf(flat), broken: this.#partsOf(broken) });
  }

  #partsOf(body: () => void): Part[] {
    const outer = this.#parts;
    const parts: Part[] = [];
    this.#parts = parts;
    body();
    this.#parts = outer;
    return parts;
  }
}

const INDENT = '  ';

function flatType(item: string | readonly string[]): string {
  return typeof item === 'string' ? item : `{ ${item.join('; ')} }`;
}
