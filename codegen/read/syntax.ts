// What of the compiler its syntax trees are read with.
//
// SYNTAX-1. The compiler's own object has a getter for each of its two thousand exports. Trees are read with millions of
//           calls, so these are plain fields of a small object, each written out: an object made of a list of names costs
//           a run of `generate` 3 %.

import type { ts } from 'ts-morph';
import type { TypeScript } from './compiler.ts';

export type Syntax = ReturnType<typeof pick>;

const known = new WeakMap<TypeScript, Syntax>();

export function syntaxOf(compiler: TypeScript): Syntax {
  const before = known.get(compiler);
  if (before !== undefined) return before;
  const found = pick(compiler);
  known.set(compiler, found);
  return found;
}

function pick(compiler: TypeScript) {
  const { SyntaxKind, NodeFlags, forEachChild } = compiler;
  const typeKeywords = typeKeywordsOf(compiler);
  return {
    SyntaxKind,
    NodeFlags,
    forEachChild,
    typeKeywords,
    ...statementsOf(compiler),
    ...expressionsOf(compiler),
    ...typesOf(compiler),
  };
}

function statementsOf(compiler: TypeScript) {
  return {
    canHaveDecorators: compiler.canHaveDecorators,
    canHaveModifiers: compiler.canHaveModifiers,
    getDecorators: compiler.getDecorators,
    isBlock: compiler.isBlock,
    isClassDeclaration: compiler.isClassDeclaration,
    isClassLike: compiler.isClassLike,
    isConstructorDeclaration: compiler.isConstructorDeclaration,
    isEnumDeclaration: compiler.isEnumDeclaration,
    isExportAssignment: compiler.isExportAssignment,
    isExportDeclaration: compiler.isExportDeclaration,
    isExternalModuleReference: compiler.isExternalModuleReference,
    isFunctionDeclaration: compiler.isFunctionDeclaration,
    isFunctionLike: compiler.isFunctionLike,
    isGetAccessor: compiler.isGetAccessor,
    isImportDeclaration: compiler.isImportDeclaration,
    isImportEqualsDeclaration: compiler.isImportEqualsDeclaration,
    isInterfaceDeclaration: compiler.isInterfaceDeclaration,
    isMethodDeclaration: compiler.isMethodDeclaration,
    isModuleBlock: compiler.isModuleBlock,
    isModuleDeclaration: compiler.isModuleDeclaration,
    isNamedImports: compiler.isNamedImports,
    isNamespaceExport: compiler.isNamespaceExport,
    isNamespaceImport: compiler.isNamespaceImport,
    isParameterPropertyDeclaration: compiler.isParameterPropertyDeclaration,
    isPropertyDeclaration: compiler.isPropertyDeclaration,
    isReturnStatement: compiler.isReturnStatement,
    isSetAccessor: compiler.isSetAccessor,
    isTypeAliasDeclaration: compiler.isTypeAliasDeclaration,
    isVariableDeclaration: compiler.isVariableDeclaration,
    isVariableStatement: compiler.isVariableStatement,
  };
}

function expressionsOf(compiler: TypeScript) {
  return {
    isArrayLiteralExpression: compiler.isArrayLiteralExpression,
    isArrowFunction: compiler.isArrowFunction,
    isAsExpression: compiler.isAsExpression,
    isBigIntLiteral: compiler.isBigIntLiteral,
    isBindingElement: compiler.isBindingElement,
    isCallExpression: compiler.isCallExpression,
    isClassExpression: compiler.isClassExpression,
    isComputedPropertyName: compiler.isComputedPropertyName,
    isElementAccessExpression: compiler.isElementAccessExpression,
    isFunctionExpression: compiler.isFunctionExpression,
    isIdentifier: compiler.isIdentifier,
    isNonNullExpression: compiler.isNonNullExpression,
    isNumericLiteral: compiler.isNumericLiteral,
    isObjectLiteralExpression: compiler.isObjectLiteralExpression,
    isParenthesizedExpression: compiler.isParenthesizedExpression,
    isPrefixUnaryExpression: compiler.isPrefixUnaryExpression,
    isPrivateIdentifier: compiler.isPrivateIdentifier,
    isPropertyAccessExpression: compiler.isPropertyAccessExpression,
    isPropertyAssignment: compiler.isPropertyAssignment,
    isQualifiedName: compiler.isQualifiedName,
    isSatisfiesExpression: compiler.isSatisfiesExpression,
    isShorthandPropertyAssignment: compiler.isShorthandPropertyAssignment,
    isSpreadAssignment: compiler.isSpreadAssignment,
    isStringLiteral: compiler.isStringLiteral,
    isStringLiteralLike: compiler.isStringLiteralLike,
    isTypeAssertionExpression: compiler.isTypeAssertionExpression,
    isVoidExpression: compiler.isVoidExpression,
  };
}

function typesOf(compiler: TypeScript) {
  return {
    isArrayTypeNode: compiler.isArrayTypeNode,
    isExpressionWithTypeArguments: compiler.isExpressionWithTypeArguments,
    isIntersectionTypeNode: compiler.isIntersectionTypeNode,
    isLiteralTypeNode: compiler.isLiteralTypeNode,
    isParenthesizedTypeNode: compiler.isParenthesizedTypeNode,
    isPropertySignature: compiler.isPropertySignature,
    isTypeLiteralNode: compiler.isTypeLiteralNode,
    isTypeNode: compiler.isTypeNode,
    isTypeOperatorNode: compiler.isTypeOperatorNode,
    isTypeReferenceNode: compiler.isTypeReferenceNode,
    isUnionTypeNode: compiler.isUnionTypeNode,
  };
}

/** The types that are one word. */
function typeKeywordsOf({ SyntaxKind, tokenToString }: TypeScript): ReadonlyMap<ts.SyntaxKind, string> {
  const kinds = [
    SyntaxKind.StringKeyword,
    SyntaxKind.NumberKeyword,
    SyntaxKind.BooleanKeyword,
    SyntaxKind.BigIntKeyword,
    SyntaxKind.SymbolKeyword,
    SyntaxKind.ObjectKeyword,
    SyntaxKind.VoidKeyword,
    SyntaxKind.UndefinedKeyword,
    SyntaxKind.NeverKeyword,
    SyntaxKind.UnknownKeyword,
    SyntaxKind.AnyKeyword,
  ] as const;
  return new Map(kinds.map((kind) => [kind, tokenToString(kind) ?? '']));
}
