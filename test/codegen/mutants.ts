// Every small fault that a hand may make in an annotated source, one at a time: as a change of the text.

import ts from 'typescript-5.9';

/** A change of one file. */
export interface Mutant {
  readonly file: string;
  /** What is wrong, and where: `wrong method at src/mail.ts:12`. */
  readonly name: string;
  readonly text: string;
}

const TARGETING = /^(On[A-Z]\w*|from)$/;
const MARKS: ReadonlySet<string> = new Set(['ReturnValue', 'ErrorValue', 'Message']);
const OURS = /^(Job|Handler|Join|Service|On[A-Z]\w*)$/;

/** The mutants of a file, in the order of the source. `all` are the files of the program: what is used nowhere is left alone. */
export function mutantsOf(file: string, text: string, all: readonly string[]): Mutant[] {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.ES2022, true);
  const found: Mutant[] = [];
  const add = (kind: string, at: ts.Node, by: string, from = at.getStart()): void => {
    const line = source.getLineAndCharacterOfPosition(at.getStart()).line + 1;
    const changed = text.slice(0, from) + by + text.slice(at.end);
    found.push({ file, name: `${kind} at ${file}:${line}: ${at.getText().split('\n')[0]}`, text: changed });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isDecorator(node)) mutateDecorator(node, add);
    if (ts.isPropertyDeclaration(node) && isOfMessage(node) && isUsed(node.name.getText(), all)) {
      add('removed field', node, '');
    }
    if (ts.isMethodDeclaration(node) && isAnnotated(node)) mutateMethod(node, add);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

/** A field with an annotation. */
function isOfMessage(node: ts.PropertyDeclaration): boolean {
  return (ts.getDecorators(node) ?? []).length > 0;
}

type Add = (kind: string, at: ts.Node, by: string) => void;

function isUsed(name: string, all: readonly string[]): boolean {
  return all.join('\n').split(new RegExp(`\\b${name}\\b`)).length > 2;
}

function callOf(decorator: ts.Decorator): ts.CallExpression | undefined {
  return ts.isCallExpression(decorator.expression) ? decorator.expression : undefined;
}

function isAnnotated(node: ts.MethodDeclaration): boolean {
  return (ts.getDecorators(node) ?? []).some((item) => OURS.test(callOf(item)?.expression.getText() ?? ''));
}

function mutateDecorator(decorator: ts.Decorator, add: Add): void {
  const call = callOf(decorator);
  const name = call?.expression.getText() ?? '';
  if (call === undefined) return;
  if (MARKS.has(name)) add('removed mark', decorator, '');
  if (!OURS.test(name)) return;
  // Without @Handler a callback is still one.
  const isCallback =
    name === 'Handler' &&
    ts.canHaveDecorators(decorator.parent) &&
    (ts.getDecorators(decorator.parent) ?? []).length > 1;
  if (!isCallback) add('removed annotation', decorator, '');
  mutateCall(call, add);
}

function mutateCall(call: ts.CallExpression, add: Add): void {
  const isTarget = TARGETING.test(call.expression.getText());
  for (const given of call.arguments) {
    if (isTarget && ts.isStringLiteral(given)) add('wrong method', given, `'${given.text}Wrong'`);
    if (isTarget && ts.isArrowFunction(given)) add('wrong class', given, '() => Date');
    if (ts.isObjectLiteralExpression(given)) mutateOptions(given, add);
  }
}

function mutateOptions(options: ts.ObjectLiteralExpression, add: Add): void {
  for (const property of options.properties) {
    if (!ts.isPropertyAssignment(property)) continue;
    const { name, initializer } = property;
    add('wrong option or source', name, `${name.getText()}Wrong`);
    if (ts.isCallExpression(initializer)) mutateCall(initializer, add);
    if (name.getText() === 'when' && ts.isStringLiteral(initializer)) {
      add('wrong `when`', initializer, `'${initializer.text}Wrong'`);
    }
    if (name.getText() !== 'bind' || !ts.isObjectLiteralExpression(initializer)) continue;
    for (const bound of initializer.properties) {
      if (ts.isPropertyAssignment(bound)) add('wrong bind key', bound.name, `${bound.name.getText()}Wrong`);
    }
  }
}

function mutateMethod(method: ts.MethodDeclaration, add: Add): void {
  add('renamed method', method.name, `${method.name.getText()}Wrong`);
  for (const { type } of method.parameters) {
    if (type !== undefined) add('wrong type', type, 'Intl.Locale');
  }
}
