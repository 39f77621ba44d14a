// JSON on stdout: the same values, in letters that no terminal obeys.

/** With a newline at the end. */
export function printJson(value: unknown, indent?: number): string {
  const text = JSON.stringify(value, undefined, indent);
  return `${text.replace(/(?!\n)[\p{Cc}\p{Cf}\p{Co}\p{Cs}\u2028\u2029]/gu, escape)}\n`;
}

function escape(found: string): string {
  return Array.from(
    { length: found.length },
    (_, at) => `\\u${found.charCodeAt(at).toString(16).padStart(4, '0')}`,
  ).join('');
}
