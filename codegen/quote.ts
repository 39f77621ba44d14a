// The only two ways for a user's string into the wiring, as a quoted literal and as a checked name; and the one way into
// what a person reads, with every character that a terminal or an editor obeys escaped.
//
// QUOTE-1. A quoted literal never ends early and never breaks a line, for any string.
// QUOTE-2. A name is printed bare only if it is an identifier and not a reserved word.

const RESERVED = new Set(
  (
    'arguments await break case catch class const continue debugger default delete do else enum eval export extends ' +
    'false finally for function if implements import in instanceof interface let new null package private protected ' +
    'public return static super switch this throw true try typeof undefined var void while with yield'
  ).split(' '),
);
// Words with a meaning of their own in a type.
const TYPE_WORDS = new Set(
  (
    'any asserts bigint boolean infer intrinsic is keyof never number object readonly string symbol undefined unique ' +
    'unknown'
  ).split(' '),
);
// Most names, and quick to see.
const ASCII_IDENTIFIER = /^[A-Za-z_$][\w$]*$/;
const IDENTIFIER = /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u;
// Compilers and Nodes differ in what they know of the higher planes and of the blocks that still grow; a quoted name
// is the same with all of them.
const UNSETTLED =
  /[\u{10000}-\u{10FFFF}\u0860-\u08FF\u0C5C-\u0C5F\u0CDC\u0CDD\u1C80-\u1CBF\u1DF0-\u1DFF\u2C2F\u2C5F\u31B8-\u31BF\u9FEB-\u9FFF\uA7AE-\uA7FF\uAB66-\uAB6F]/u;
// What could end a line, hide, or reorder text in an editor; the fillers of Hangul are letters that nobody sees.
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\u2028\u2029\u115F\u1160\u3164\uFFA0]/gu;

/** Nothing in it is ever escaped: most names. */
const PLAIN = /^[\w.$ -]*$/;

export function quote(text: string): string {
  // The quotation mark that needs fewer escapes, as formatters choose it.
  if (PLAIN.test(text)) return `'${text}'`;
  const mark = text.includes("'") && count(text, "'") > count(text, '"') ? '"' : "'";
  const escaped = text.replaceAll('\\', '\\\\').replaceAll(mark, `\\${mark}`).replace(UNPRINTABLE, escape);
  return `${mark}${escaped}${mark}`;
}

function count(text: string, letter: string): number {
  return text.split(letter).length - 1;
}

function escape(found: string): string {
  const units = Array.from({ length: found.length }, (_, at) => found.charCodeAt(at));
  return units.map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`).join('');
}

/** Whether a string can be declared as a name. */
export function isIdentifier(text: string): boolean {
  return isBare(text) && !RESERVED.has(text);
}

/** Whether a string can be declared as a name, and means itself in a type. */
export function isTypeName(text: string): boolean {
  return isIdentifier(text) && !TYPE_WORDS.has(text);
}

function isBare(text: string): boolean {
  return ASCII_IDENTIFIER.test(text) || (IDENTIFIER.test(text) && !UNSETTLED.test(text));
}

/** The parts of a string that a name can be made of. */
export function wordsOf(text: string): string[] {
  return text
    .replace(/[^\p{ID_Continue}]/gu, ' ')
    .replace(new RegExp(UNSETTLED, 'gu'), ' ')
    .split(' ')
    .filter((word) => word !== '');
}

/** The key of a property. */
export function propertyKey(name: string): string {
  // `__proto__` as a bare or quoted key sets the prototype instead.
  if (name === '__proto__') return "['__proto__']";
  return isBare(name) ? name : quote(name);
}

/** `mail.book` or `mail['a name']`. */
export function member(object: string, name: string): string {
  return isBare(name) ? `${object}.${name}` : `${object}[${quote(name)}]`;
}

/** A string on one line, with nothing that a terminal or an editor obeys: for paths in comments, and for people. */
export function visible(text: string): string {
  return text.replace(UNPRINTABLE, escape);
}

/** The same for a text of several lines. */
export function visibleLines(text: string): string {
  return text.split('\n').map(visible).join('\n');
}

/** The same with one `?` for each such character, so that the marks below a line stay in place. */
export function masked(text: string): string {
  return text.replaceAll('\t', ' ').replace(UNPRINTABLE, (found) => '?'.repeat(found.length));
}

/** Longer words are cut where they are shown. */
const MAX_SHOWN = 60;

/** A word of the user's in quotes, as a person can read it. */
export function showWord(word: string): string {
  const letters = [...word];
  return visible(JSON.stringify(letters.length > MAX_SHOWN ? `${letters.slice(0, MAX_SHOWN).join('')}…` : word));
}
