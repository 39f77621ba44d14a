// The sources as syntax trees: what the tests of the structure ask.

import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { ts } from 'ts-morph';

const root = fileURLToPath(new URL('../../', import.meta.url));

export interface Source {
  /** Relative to the repository. */
  readonly path: string;
  readonly text: string;
  readonly tree: ts.SourceFile;
}

export const sources: readonly Source[] = ['src', 'codegen'].flatMap((folder) =>
  readdirSync(`${root}${folder}`, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .toSorted()
    .map((name) => read(`${folder}/${name}`)),
);

function read(path: string): Source {
  const text = readFileSync(`${root}${path}`, 'utf8');
  return { path, text, tree: ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true) };
}

/** Where a file's imports and re-exports lead: a path in the repository, or the name of a package. */
export function importsOf({ path, tree }: Source): readonly string[] {
  return [...nodesIn(tree)].flatMap((node) => {
    const specifier = specifierOf(node);
    if (specifier === undefined) return [];
    if (!specifier.startsWith('.')) return [specifier];
    return [new URL(specifier, `file:///${path}`).pathname.slice(1)];
  });
}

function specifierOf(node: ts.Node): string | undefined {
  const written =
    ts.isImportDeclaration(node) || ts.isExportDeclaration(node)
      ? node.moduleSpecifier
      : ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword
        ? node.arguments[0]
        : ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)
          ? node.argument.literal
          : undefined;
  return written !== undefined && ts.isStringLiteral(written) ? written.text : undefined;
}

export function* nodesIn(node: ts.Node): Generator<ts.Node> {
  yield node;
  for (const child of node.getChildren()) yield* nodesIn(child);
}

/** The nearest function or method with a name. */
export function nameAround(node: ts.Node): string {
  for (let at = node.parent; at !== undefined; at = at.parent) {
    if (ts.isFunctionDeclaration(at) || ts.isMethodDeclaration(at) || isNamedFunction(at)) {
      return at.name?.getText() ?? 'a function without a name';
    }
  }
  return 'the file';
}

function isNamedFunction(node: ts.Node): node is ts.VariableDeclaration {
  return ts.isVariableDeclaration(node) && node.initializer !== undefined && ts.isArrowFunction(node.initializer);
}
