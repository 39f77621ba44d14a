// Reads a page of docs/codes as a test does: its title, and the files and commands of its two sections.

import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export interface Section {
  /** By path. */
  readonly files: Readonly<Record<string, string>>;
  /** What is typed after the `$`. */
  readonly commands: readonly string[];
}

export interface Page {
  readonly code: string;
  readonly title: string;
  /** What stands before the example. */
  readonly meaning: string;
  readonly example: Section;
  /** Its files lie over those of the example. */
  readonly fix: Section;
  /** Why there is no example that can be run. */
  readonly withoutExample: string | undefined;
}

const FOLDER = fileURLToPath(new URL('../../docs/codes', import.meta.url));

export function readPages(): Page[] {
  return readdirSync(FOLDER)
    .toSorted()
    .map((name) => readPage(name.replace(/\.md$/, '')));
}

function readPage(code: string): Page {
  const text = readFileSync(`${FOLDER}/${code}.md`, 'utf8');
  const parts = /^# (?<title>.+)\n\n(?<meaning>[^]+?)\n\n## Example\n(?<example>[^]+?)\n## Fix\n(?<fix>[^]+)$/.exec(
    text,
  );
  const { title = '', meaning = '', example = '', fix = '' } = parts?.groups ?? {};
  return {
    code,
    title,
    meaning,
    example: readSection(example),
    fix: readSection(fix),
    withoutExample: /^No example: (.+)$/m.exec(example)?.[1],
  };
}

function readSection(text: string): Section {
  const files: Record<string, string> = {};
  const commands: string[] = [];
  for (const { groups } of text.matchAll(/^```(?<language>\w+)(?: (?<file>\S+))?\n(?<body>[^]*?)^```$/gm)) {
    const { language, file, body = '' } = groups ?? {};
    if (file !== undefined) files[file] = body;
    else if (language === 'console') commands.push(...[...body.matchAll(/^\$ (.+)$/gm)].map((found) => found[1] ?? ''));
  }
  return { files, commands };
}
