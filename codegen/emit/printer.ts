// Lines, indented. What does not fit the width is broken the way formatters break it.
//
// PRINTER-1. How a line breaks depends on its names. They are taken as they are expected to be; what has another name in
//            it once all are settled is printed again.
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

export class Printer {
  /** What the names in its lines stand for. */
  readonly used = new Set<Referent>();
  readonly lines: PrintedLine[] = [];
  readonly #names: Names;
  #depth: number;
  #subject: Subject | undefined;

  constructor(names: Names, depth = 0) {
    this.#names = names;
    this.#depth = depth;
  }

  line(text = ''): void {
    this.#names.note(text, this.used);
    const written = text === '' ? '' : INDENT.repeat(this.#depth) + this.#names.resolve(text);
    this.lines.push({ text: written, subject: this.#subject });
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
      this.#fits(head)
        ? this.#below(head, `${body},`)
        : this.block(`${name}: (`, `): ${returns} => ${body},`, () =>
            parameters.forEach((item) => this.line(`${item},`)),
          ),
    );
  }

  #below(head: string, body: string): void {
    this.open(head);
    this.line(body);
    this.#depth--;
  }

  #flatOr(flat: string, broken: () => void): void {
    const written = INDENT.repeat(this.#depth) + this.#names.resolve(flat);
    if (written.length > WIDTH) return broken();
    this.#names.note(flat, this.used);
    this.lines.push({ text: written, subject: this.#subject });
  }

  #fits(text: string): boolean {
    return INDENT.length * this.#depth + this.#names.resolve(text).length <= WIDTH;
  }
}

const INDENT = '  ';

function flatType(item: string | readonly string[]): string {
  return typeof item === 'string' ? item : `{ ${item.join('; ')} }`;
}
