// One source file in, one record out.
//
// READ-FILE-1. No parents, no JSDoc, no type checker: one pass over the statements, and a walk only where a class hides deeper.
// READ-FILE-2. No text crashes it: what is nested deeper than the parser's stack is a problem like any other.

import type { ts } from 'ts-morph';
import type { TypeScript } from './compiler.ts';
import {
  ASSIGNED,
  type Body,
  type ClassRecord,
  type DeclarationRecord,
  type EntryRecord,
  type ExportRecord,
  type FileRecord,
  type ImportRecord,
  type ValueRecord,
} from './file-record.ts';
import { readClass } from './read-class.ts';
import { readMembers, readType } from './read-type.ts';
import {
  readFunction,
  readPath,
  readPropertyName,
  readValue,
  shared,
  spanOf,
  trimmed,
  type Reading,
} from './read-value.ts';
import { span, type Span } from './span.ts';
import { syntaxOf } from './syntax.ts';

/** What an exported class without a name is called inside its file; nothing else can have this name. */
const ANONYMOUS = 'default';

/** What is found on the way through the statements. */
interface Findings {
  readonly imports: ImportRecord[];
  readonly exports: ExportRecord[];
  readonly declarations: DeclarationRecord[];
  readonly classes: ClassRecord[];
  /** Within `declare namespace` the word `export` may be left out. */
  readonly isAmbient?: boolean;
}

export function readFile(compiler: TypeScript, path: string, text: string): FileRecord {
  try {
    return readText(compiler, path, text);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    const tooDeep = {
      at: span(0, 1),
      text: 'The file is nested too deeply to be read; split its longest expression.',
    } as const;
    const nothing = { imports: [], exports: [], declarations: [], classes: [] };
    return { path, text, syntaxErrors: [tooDeep], ...nothing };
  }
}

function readText(compiler: TypeScript, path: string, text: string): FileRecord {
  const source = compiler.createSourceFile(path, text, {
    languageVersion: compiler.ScriptTarget.ESNext,
    jsDocParsingMode: compiler.JSDocParsingMode.ParseNone,
  });
  const reading: Reading = { ts: syntaxOf(compiler), source };
  const found: Findings = { imports: [], exports: [], declarations: [], classes: [] };
  const seen = new Set<ts.Node>();
  for (const statement of source.statements) readStatement(reading, statement, found, seen);
  if ((text.match(/\bclass\b(?!-)/g)?.length ?? 0) > seen.size) readHiddenClasses(reading, source, found, seen);
  return {
    path,
    text,
    syntaxErrors: syntaxErrorsOf(compiler, source),
    imports: trimmed(found.imports),
    exports: trimmed(found.exports),
    declarations: trimmed(found.declarations),
    classes: trimmed(found.classes),
  };
}

function readStatement(reading: Reading, node: ts.Statement, found: Findings, seen: Set<ts.Node>): void {
  const { ts } = reading;
  if (ts.isImportDeclaration(node)) return readImport(reading, node, found);
  if (ts.isExportDeclaration(node)) return readExport(reading, node, found);
  if (ts.isImportEqualsDeclaration(node)) return readImportEquals(reading, node, found);
  if (ts.isExportAssignment(node)) {
    return readAssignment(reading, node, found);
  }
  if (ts.isVariableStatement(node)) return readVariables(reading, node, found);
  if (ts.isClassDeclaration(node)) {
    seen.add(node);
    found.classes.push(readClass(reading, node, true));
    return declare(reading, node, { kind: 'class' }, found);
  }
  if (ts.isInterfaceDeclaration(node)) {
    // One that extends another is more than its braces say; it may be the mark on a text.
    const bases = (node.heritageClauses ?? []).flatMap(({ types }) => types.map((base) => readType(reading, base)));
    const read = readMembers(reading, node.members, spanOf(reading, node.name));
    const type = bases.length === 0 || read.kind !== 'other' ? read : { ...read, fields: [] };
    return declare(reading, node, { kind: 'interface', type, ...(bases.length > 0 && { bases }) }, found);
  }
  if (ts.isTypeAliasDeclaration(node)) {
    const type = node.typeParameters === undefined ? { type: readType(reading, node.type) } : {};
    return declare(reading, node, { kind: 'alias', ...type }, found);
  }
  if (ts.isEnumDeclaration(node))
    return declare(reading, node, { kind: 'enum', value: readEnum(reading, node) }, found);
  if (ts.isFunctionDeclaration(node)) {
    const value = node.body === undefined ? {} : { value: readFunction(reading, node, node.body) };
    return declare(reading, node, { kind: 'function', at: spanOf(reading, node), ...value }, found);
  }
  if (ts.isModuleDeclaration(node)) {
    return declare(reading, node, { kind: 'namespace', body: readNamespace(reading, node, found, seen) }, found);
  }
}

/** Its classes are those of the file, too: an annotation in one needs a word. */
function readNamespace(reading: Reading, node: ts.ModuleDeclaration, found: Findings, seen: Set<ts.Node>): Body {
  const { ts } = reading;
  const isAmbient =
    found.isAmbient === true ||
    reading.source.isDeclarationFile ||
    (node.modifiers ?? []).some((word) => word.kind === ts.SyntaxKind.DeclareKeyword);
  const own: Findings = { imports: [], exports: [], declarations: [], classes: [], isAmbient };
  const { body } = node;
  if (body === undefined) return own;
  if (ts.isModuleBlock(body)) {
    for (const statement of body.statements) readStatement(reading, statement, own, seen);
  } else if (ts.isModuleDeclaration(body)) {
    // `namespace Letters.Drafts` exports the inner one.
    const name = body.name.text;
    own.declarations.push({ name, kind: 'namespace', body: readNamespace(reading, body, own, seen) });
    own.exports.push({ exported: name, local: name, kind: 'namespace' });
  }
  if (isAmbient && own.exports.length === 0) {
    // Without the word `export` everything in there is exported.
    own.exports.push(...own.declarations.map(({ name, kind }) => ({ exported: name, local: name, kind })));
  }
  const inner = own.classes.filter((item) => !item.isTopLevel);
  const classes = own.classes.flatMap((item) => (item.isTopLevel ? { ...item, isTopLevel: false } : []));
  found.classes.push(...classes, ...inner);
  const { imports, exports, declarations } = own;
  return { imports, exports, declarations, classes };
}

/** `export default name`, or `export = name`, which a default import meets as well. */
function readAssignment({ ts }: Reading, node: ts.ExportAssignment, found: Findings): void {
  if (!ts.isIdentifier(node.expression)) return;
  const local = node.expression.text;
  found.exports.push({ exported: 'default', local });
  if (node.isExportEquals === true) found.exports.push({ exported: ASSIGNED, local });
}

type Named = ts.DeclarationStatement & { readonly name?: ts.ModuleName | ts.Identifier };

function declare(reading: Reading, node: Named, facts: Omit<DeclarationRecord, 'name'>, found: Findings): void {
  const isDefaultExport = isExported(reading, node) && isDefault(reading, node);
  const written = node.name !== undefined && reading.ts.isIdentifier(node.name) ? node.name.text : undefined;
  const name = written ?? (isDefaultExport ? ANONYMOUS : undefined);
  if (name === undefined) return;
  found.declarations.push({ name, ...facts });
  if (!isExported(reading, node)) return;
  found.exports.push({ exported: isDefaultExport ? 'default' : name, local: name, kind: facts.kind });
}

function readVariables(reading: Reading, node: ts.VariableStatement, found: Findings): void {
  const { ts } = reading;
  const isConst = (node.declarationList.flags & ts.NodeFlags.Const) !== 0;
  for (const variable of node.declarationList.declarations) {
    if (!ts.isIdentifier(variable.name)) continue;
    const name = variable.name.text;
    const value = isConst && variable.initializer !== undefined ? readValue(reading, variable.initializer) : undefined;
    const at = spanOf(reading, variable);
    found.declarations.push({ name, kind: 'const', at, ...(value !== undefined && { value }) });
    if (isExported(reading, node)) found.exports.push({ exported: name, local: name, kind: 'const' });
  }
}

/** A member without a value is one more than the last, except in `declare enum`. */
function readEnum(reading: Reading, node: ts.EnumDeclaration): ValueRecord {
  const { ts } = reading;
  const isDeclared = (node.modifiers ?? []).some(({ kind }) => kind === ts.SyntaxKind.DeclareKeyword);
  const entries: EntryRecord[] = [];
  let next = isDeclared ? undefined : 0;
  for (const { name, initializer } of node.members) {
    const key = readPropertyName(ts, name);
    const at = spanOf(reading, name);
    const value = initializer === undefined ? countedValue(next, at) : readValue(reading, initializer);
    next = !isDeclared && value?.kind === 'literal' && typeof value.value === 'number' ? value.value + 1 : undefined;
    if (key !== undefined && value !== undefined) entries.push({ key, at, value });
  }
  const isOpen = entries.length < node.members.length;
  return { kind: 'object', entries, spreads: [], isOpen, at: spanOf(reading, node.name) };
}

function countedValue(value: number | undefined, at: Span): ValueRecord | undefined {
  return value === undefined ? undefined : { kind: 'literal', value, at };
}

function readImport({ ts }: Reading, node: ts.ImportDeclaration, found: Findings): void {
  if (!ts.isStringLiteral(node.moduleSpecifier)) return;
  const from = shared(node.moduleSpecifier.text);
  const clause = node.importClause;
  const ofType = clause?.phaseModifier === ts.SyntaxKind.TypeKeyword ? { isTypeOnly: true as const } : {};
  if (clause?.name !== undefined) found.imports.push({ local: clause.name.text, imported: 'default', from, ...ofType });
  const bindings = clause?.namedBindings;
  const isForNoName = bindings !== undefined && ts.isNamedImports(bindings) && bindings.elements.length === 0;
  if (clause === undefined || isForNoName) found.imports.push({ local: '', imported: '', from, ...ofType });
  if (bindings === undefined) return;
  if (ts.isNamespaceImport(bindings)) {
    found.imports.push({ local: bindings.name.text, imported: '*', from, ...ofType });
    return;
  }
  for (const { name, propertyName, isTypeOnly } of bindings.elements) {
    const own = isTypeOnly ? { isTypeOnly: true as const } : ofType;
    found.imports.push({ local: shared(name.text), imported: shared((propertyName ?? name).text), from, ...own });
  }
}

/** `import dsl = require('onward')`, and `import Job = dsl.Job`. */
function readImportEquals(reading: Reading, node: ts.ImportEqualsDeclaration, found: Findings): void {
  const { ts } = reading;
  const { moduleReference } = node;
  const local = node.name.text;
  if (isExported(reading, node)) found.exports.push({ exported: local, local });
  if (!ts.isExternalModuleReference(moduleReference)) {
    const alias = readPath(ts, moduleReference);
    if (alias !== undefined) found.declarations.push({ name: local, kind: 'namespace', alias });
    return;
  }
  if (!ts.isStringLiteralLike(moduleReference.expression)) return;
  const from = moduleReference.expression.text;
  found.imports.push({ local, imported: '*', from, isRequired: true });
}

function readExport({ ts }: Reading, node: ts.ExportDeclaration, found: Findings): void {
  const specifier = node.moduleSpecifier;
  const from = specifier !== undefined && ts.isStringLiteral(specifier) ? specifier.text : undefined;
  const clause = node.exportClause;
  if (clause === undefined) {
    if (from !== undefined) found.exports.push({ exported: '*', local: '*', from });
    return;
  }
  if (ts.isNamespaceExport(clause)) {
    if (from !== undefined) found.exports.push({ exported: clause.name.text, local: '*', from });
    return;
  }
  const isForNoName = clause.elements.length === 0 && !node.isTypeOnly;
  if (isForNoName && from !== undefined) found.imports.push({ local: '', imported: '', from });
  for (const { name, propertyName, isTypeOnly } of clause.elements) {
    found.exports.push({
      exported: name.text,
      local: (propertyName ?? name).text,
      ...(from !== undefined && { from }),
      ...((node.isTypeOnly || isTypeOnly) && { isTypeOnly: true }),
    });
  }
}

/** Classes in functions, expressions and namespaces: nobody can import them, but an annotation in one needs a word. */
function readHiddenClasses(reading: Reading, source: ts.SourceFile, found: Findings, seen: Set<ts.Node>): void {
  const { ts } = reading;
  // A stack of our own: thousands of texts joined with `+` are thousands of levels.
  const open: ts.Node[] = [source];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (ts.isClassLike(node) && !seen.has(node)) found.classes.push(readClass(reading, node, false));
    const children: ts.Node[] = [];
    ts.forEachChild(node, (child) => void children.push(child));
    open.push(...children.toReversed());
  }
}

function isExported({ ts }: Reading, node: ts.Node): boolean {
  return (
    ts.canHaveModifiers(node) && (node.modifiers ?? []).some((found) => found.kind === ts.SyntaxKind.ExportKeyword)
  );
}

function isDefault({ ts }: Reading, node: ts.Node): boolean {
  return (
    ts.canHaveModifiers(node) && (node.modifiers ?? []).some((found) => found.kind === ts.SyntaxKind.DefaultKeyword)
  );
}

function syntaxErrorsOf(compiler: TypeScript, source: ts.SourceFile): FileRecord['syntaxErrors'] {
  return parseDiagnosticsOf(source).map(({ start, length, messageText }) => ({
    at: span(start, start + length),
    text: compiler.flattenDiagnosticMessageText(messageText, ' '),
  }));
}

/** The parser leaves its complaints on the file, in a field that its types do not show. */
function parseDiagnosticsOf(source: ts.SourceFile): readonly ts.DiagnosticWithLocation[] {
  return (source as { readonly parseDiagnostics?: readonly ts.DiagnosticWithLocation[] }).parseDiagnostics ?? [];
}
