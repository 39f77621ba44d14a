// The world outside: a file that letters are written to. It takes a key, as payment providers and mail services do.

import { appendFileSync, existsSync, readFileSync } from 'node:fs';

export interface Letterbox {
  /** Posts a letter, once for each key. */
  post(key: string, letter: string): Promise<string>;
}

/** @param path one line for each letter, and one for each that came with a key that is known. */
export function letterboxIn(path: string): Letterbox {
  return {
    async post(key, letter) {
      await new Promise((resolve) => setTimeout(resolve, 20));
      const isKnown = lettersIn(path).some(([known]) => known === key);
      appendFileSync(path, `${key}\t${isKnown ? 'again: ' : ''}${letter}\n`);
      return letter;
    },
  };
}

export function lettersIn(path: string): readonly (readonly [key: string, letter: string])[] {
  if (!existsSync(path)) return [];
  const lines = readFileSync(path, 'utf8').trim().split('\n');
  return lines.map((line) => [line.slice(0, line.indexOf('\t')), line.slice(line.indexOf('\t') + 1)]);
}
