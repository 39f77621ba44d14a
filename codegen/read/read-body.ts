// What a method does, as text: read again from its file, as records hold what the graph needs and no bodies.

import type { ts } from 'ts-morph';
import type { TypeScript } from './compiler.ts';
import type { FileRecord } from './file-record.ts';

/** Its parameters, its type and its body, without its name and its annotations. @param start of its name. */
export function readBody(
  compiler: TypeScript,
  { path, text }: Pick<FileRecord, 'path' | 'text'>,
  start: number,
): string | undefined {
  const source = compiler.createSourceFile(path, text, compiler.ScriptTarget.Latest, true);
  const method = methodAt(compiler, source, start);
  if (method?.body === undefined) return undefined;
  const parts = [...method.parameters, method.type, method.body];
  return parts.map((part) => part?.getText(source).replace(/\s+/g, ' ') ?? '').join(' ');
}

function methodAt(compiler: TypeScript, source: ts.SourceFile, start: number): ts.MethodDeclaration | undefined {
  let at: ts.Node | undefined = source;
  while (at !== undefined) {
    if (compiler.isMethodDeclaration(at) && at.name.getStart(source) === start) return at;
    at = compiler.forEachChild(at, (child) => (child.pos <= start && start < child.end ? child : undefined));
  }
  return undefined;
}
