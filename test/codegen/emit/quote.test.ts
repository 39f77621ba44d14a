import fc from 'fast-check';
import { ts } from 'ts-morph';
import { expect, it } from 'vitest';
import { visible, member, propertyKey, quote } from '../../../codegen/quote.ts';

const hostile = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc
    .array(
      fc.constantFrom(
        "'",
        '"',
        '\\',
        '\n',
        '\r',
        '\u2028',
        '\u202e',
        '\0',
        '${',
        '`',
        '*/',
        '</script>',
        '\ud800',
        '\uE0000\uE001',
        'a',
      ),
    )
    .map((parts) => parts.join('')),
);

function only(text: string): ts.Statement | undefined {
  const source = ts.createSourceFile('x.ts', text, ts.ScriptTarget.ESNext);
  return source.statements.length === 1 ? source.statements[0] : undefined;
}

it('QUOTE-1: a quoted string is one literal on one line, and means the string', () => {
  fc.assert(
    fc.property(hostile, (text) => {
      const statement = only(`(${quote(text)});`);
      const expression =
        statement !== undefined && ts.isExpressionStatement(statement) ? statement.expression : undefined;
      const literal =
        expression !== undefined && ts.isParenthesizedExpression(expression) ? expression.expression : undefined;
      expect(literal !== undefined && ts.isStringLiteral(literal) ? literal.text : undefined).toBe(text);
      expect(quote(text)).toMatch(/^[\P{Cc}]+$/u);
    }),
  );
});

it('a text never passes for one of the references that a printed line holds until its names are settled', () => {
  fc.assert(
    fc.property(hostile, (text) => {
      const texts = [quote(text), propertyKey(text), member('object', text), visible(text)];
      expect(texts.join()).not.toMatch(/[\uE000\uE001]/);
    }),
  );
});

it('QUOTE-2: a key and a member access never become anything else', () => {
  fc.assert(
    fc.property(hostile, (text) => {
      expect(only(`({ ${propertyKey(text)}: 1 });`)?.kind).toBe(ts.SyntaxKind.ExpressionStatement);
      expect(only(`${member('object', text)}();`)?.kind).toBe(ts.SyntaxKind.ExpressionStatement);
      expect(only(`// ${visible(text)}\n1;`)?.kind).toBe(ts.SyntaxKind.ExpressionStatement);
    }),
  );
  expect([propertyKey('class'), propertyKey('two words'), propertyKey('__proto__')]).toEqual([
    'class',
    "'two words'",
    "['__proto__']",
  ]);
});
