// The only two ways for the user's words into the wiring: as a quoted literal, and as a checked name.
//
// Q1. A quoted literal never ends early and never breaks a line, whatever it holds.
// Q2. A name is printed bare only if it is an identifier and no reserved word.

const RESERVED = new Set(
  (
    'arguments await break case catch class const continue debugger default delete do else enum eval export extends ' +
    'false finally for function if implements import in instanceof interface let new null package private protected ' +
    'public return static super switch this throw true try typeof undefined var void while with yield'
  ).split(' '),
);
const IDENTIFIER = /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u;
// Compilers differ in what they know of the newer planes of Unicode; a quoted name is safe with all of them.
const BARE = /^(?![^]*[\u{10000}-\u{10FFFF}])[\p{ID_Start}$_][\p{ID_Continue}$]*$/u;
// Whatever could end a line, hide, or reorder text in an editor.
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\u2028\u2029]/gu;

export function quote(text: string): string {
  // The mark that needs the fewer escapes, as formatters have it.
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

/** Whether a text can be declared as a name. */
export function isIdentifier(text: string): boolean {
  return IDENTIFIER.test(text) && !RESERVED.has(text);
}

/** The key of a property. */
export function propertyKey(name: string): string {
  // `__proto__` as a bare or quoted key sets the prototype instead.
  if (name === '__proto__') return "['__proto__']";
  return BARE.test(name) ? name : quote(name);
}

/** `mail.book` or `mail['a name']`. */
export function member(object: string, name: string): string {
  return BARE.test(name) ? `${object}.${name}` : `${object}[${quote(name)}]`;
}

/** A path for a comment: one line, whatever the file is called. */
export function commentText(path: string): string {
  return path.replace(UNPRINTABLE, escape);
}
