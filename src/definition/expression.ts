// What stands in `${…}`: paths, literals, `! && || == != < <= > >=` and parentheses, as plain data.
//
// X1. There are no calls, no arithmetic and no assignments: an expression only looks at what it is given.
// X2. An expression is JSON: it survives a restart, and nothing of it is code.
// X3. Reading takes time in proportion to the text. Length and nesting are limited, so recursion is bounded.

/** Compares two values. */
export type Comparison = '==' | '!=' | '<' | '<=' | '>' | '>=';

/** An expression, taken apart. */
export type ExpressionNode =
  | { readonly kind: 'literal'; readonly value: string | number | boolean | null }
  | { readonly kind: 'path'; readonly parts: readonly (string | number)[] }
  | { readonly kind: 'not'; readonly of: ExpressionNode }
  | { readonly kind: 'all' | 'any'; readonly of: readonly ExpressionNode[] }
  | {
      readonly kind: 'compare';
      readonly operator: Comparison;
      readonly left: ExpressionNode;
      readonly right: ExpressionNode;
    };

/** An expression with the text it was read from. */
export interface Expression {
  readonly source: string;
  readonly root: ExpressionNode;
}

/** Every path of the expression, from left to right. */
export function pathsOf(node: ExpressionNode): (readonly (string | number)[])[] {
  switch (node.kind) {
    case 'literal':
      return [];
    case 'path':
      return [node.parts];
    case 'not':
      return pathsOf(node.of);
    case 'all':
    case 'any':
      return node.of.flatMap(pathsOf);
    case 'compare':
      return [...pathsOf(node.left), ...pathsOf(node.right)];
  }
}
