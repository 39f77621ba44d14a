// Lines, indented. Whatever does not fit the width is broken the way formatters break it.

const WIDTH = 120;

export class Printer {
  readonly #lines: string[] = [];
  #depth = 0;

  line(text = ''): void {
    this.#lines.push(text === '' ? '' : `${'  '.repeat(this.#depth)}${text}`);
  }

  /** Lines of `body` between `open` and `close`, one step in. */
  block(open: string, close: string, body: () => void): void {
    this.line(open);
    this.#depth++;
    body();
    this.#depth--;
    this.line(close);
  }

  /** `{ a, b }` on one line if it fits, else one item a line. */
  list(open: string, items: readonly string[], close: string): void {
    const flat = `${open} ${items.join(', ')} ${close}`;
    if (this.fits(flat)) this.line(flat);
    else this.block(open, close, () => items.forEach((item) => this.line(`${item},`)));
  }

  /** `name: [a, b],` likewise. */
  array(name: string, items: readonly string[]): void {
    const flat = `${name}: [${items.join(', ')}],`;
    if (this.fits(flat)) this.line(flat);
    else this.block(`${name}: [`, '],', () => items.forEach((item) => this.line(`${item},`)));
  }

  /** `Type<A, { b; c }>` likewise: an item that is a list is the members of a type. */
  typeArguments(open: string, items: readonly (string | readonly string[])[], close: string): void {
    const flat = `${open}${items.map(flatType).join(', ')}${close}`;
    if (this.fits(flat)) return this.line(flat);
    this.block(open, close, () =>
      items.forEach((item, at) => {
        // Type arguments take no comma at the end.
        const comma = at === items.length - 1 ? '' : ',';
        if (typeof item === 'string' || this.fits(flatType(item) + comma)) return this.line(flatType(item) + comma);
        this.block('{', `}${comma}`, () => item.forEach((member) => this.line(`${member};`)));
      }),
    );
  }

  /** `name: (parameters): returns => body,` */
  arrow(name: string, parameters: readonly string[], returns: string, body: string): void {
    const head = `${name}: (${parameters.join(', ')}): ${returns} =>`;
    if (this.fits(`${head} ${body},`)) return this.line(`${head} ${body},`);
    if (this.fits(head)) {
      this.line(head);
      this.#depth++;
      this.line(`${body},`);
      this.#depth--;
      return;
    }
    this.block(`${name}: (`, `): ${returns} => ${body},`, () => parameters.forEach((item) => this.line(`${item},`)));
  }

  fits(text: string): boolean {
    return this.#depth * 2 + text.length <= WIDTH;
  }

  /** With a newline at the end. */
  text(): string {
    return `${this.#lines.join('\n')}\n`;
  }
}

function flatType(item: string | readonly string[]): string {
  return typeof item === 'string' ? item : `{ ${item.join('; ')} }`;
}
