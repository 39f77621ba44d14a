// The text of compiled code: its lines, and the values that it refers to by name.
//
// SOURCE-TEXT-1. Nothing of a class stands in the text but quoted names, numbers, and identifiers made here. Everything else
//                is passed in as a value.

/** Lines of code, indented by what is open around them. */
export class SourceText {
  readonly #lines: string[] = [];
  #depth = 0;

  line(text: string): void {
    this.#lines.push('  '.repeat(this.#depth) + text);
  }

  /** A block: its head, what is inside, its end. */
  block(head: string, inside: () => void, end = '}'): void {
    this.line(head);
    this.#depth += 1;
    inside();
    this.#depth -= 1;
    this.line(end);
  }

  /** Two blocks, of which one is taken. */
  either(condition: string, first: () => void, second: () => void): void {
    this.block(`if (${condition}) {`, first, '} else {');
    this.#depth += 1;
    second();
    this.#depth -= 1;
    this.line('}');
  }

  toString(): string {
    return this.#lines.join('\n');
  }
}

/** Values that compiled code refers to, each by a name of its own. */
export class KeptValues {
  readonly #names = new Map<unknown, string>();
  readonly #taken: Set<string>;

  constructor(taken: Iterable<string>) {
    this.#taken = new Set(taken);
  }

  get entries(): readonly (readonly [string, unknown])[] {
    return [...this.#names].map(([value, name]) => [name, value] as const);
  }

  /** The name of a value, made of the hint. */
  name(value: unknown, hint: string): string {
    const known = this.#names.get(value);
    if (known !== undefined) return known;
    const stem = `${identifier(hint)}$`;
    let name = stem;
    for (let number = 2; this.#taken.has(name); number += 1) name = `${stem}${number}`;
    this.#taken.add(name);
    this.#names.set(value, name);
    return name;
  }
}

/** The text as an identifier: what may not stand in one is left out. */
export function identifier(text: string): string {
  const ascii = text.replace(/\W/g, '');
  return /^[a-zA-Z_]/.test(ascii) ? ascii : `_${ascii}`;
}

/** An own field of the object as code: `message.id`, `message["a b"]`. */
export function member(object: string, name: string): string {
  return /^[a-zA-Z_]\w*$/.test(name) ? `${object}.${name}` : `${object}[${quotedName(name)}]`;
}

/** A string literal, on one line in any engine. */
export function quotedName(text: string): string {
  return JSON.stringify(text).replace(/[\u2028\u2029]/g, (character) => `\\u${character.charCodeAt(0).toString(16)}`);
}
