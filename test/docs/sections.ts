// Reads a page of docs as its test does: the sections that hold samples, each with its files and what it prints.

export interface Sample {
  readonly title: string;
  /** By path. */
  readonly files: Readonly<Record<string, string>>;
  /** What it prints; undefined if the page does not say so. */
  readonly output: string | undefined;
}

/** The program above the first section runs every sample that brings none of its own. */
export function samplesOf(page: string): Sample[] {
  const [intro = '', ...sections] = page.split(/^##+ /m);
  const program = blocksOf(intro).files;
  return sections.flatMap((section) => {
    const { files, output } = blocksOf(section);
    if (Object.keys(files).length === 0) return [];
    return [{ title: section.slice(0, section.indexOf('\n')), files: { ...program, ...files }, output }];
  });
}

/** Code without a path: nobody runs it. */
export function looseCode(page: string): string[] {
  return [...page.matchAll(/^```ts\n([^]*?)^```$/gm)].map(([, code]) => code ?? '');
}

function blocksOf(text: string): { readonly files: Record<string, string>; readonly output: string | undefined } {
  const files: Record<string, string> = {};
  for (const [, path = '', code = ''] of text.matchAll(/^```ts (\S+)\n([^]*?)^```$/gm)) files[path] = code;
  return { files, output: /^```text output\n([^]*?)^```$/m.exec(text)?.[1] };
}
