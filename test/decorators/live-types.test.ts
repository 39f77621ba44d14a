// The live checks, run by real compilers over test/types: right code beside wrong code.

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { COMPILERS, diagnosticsUnder, tsc, type Diagnostic } from './tsc.ts';

interface Expected {
  readonly from: number;
  readonly to: number;
  readonly start: string;
}

const WRONG = ['test/types/wrong/library.ts', 'test/types/wrong/face.ts'] as const;
type WrongFile = (typeof WRONG)[number];

/** The regions between the `wrong:` lines: each holds one wrong annotation. */
function expectations(wrongFile: WrongFile): readonly Expected[] {
  const lines = readFileSync(fileURLToPath(new URL(`../../${wrongFile}`, import.meta.url)), 'utf8').split('\n');
  const marked = lines.flatMap((line, at) => {
    const start = /^\s*\/\/ wrong: (.*)$/.exec(line)?.[1];
    return start === undefined ? [] : [{ from: at + 1, start }];
  });
  return marked.map((mark, index) => ({ ...mark, to: marked[index + 1]?.from ?? lines.length + 1 }));
}

/** The sentence of a verdict, or the compiler's own text. */
function sentence(text: string): string {
  const tuple = /return type '\[(.*)\]' is not assignable/.exec(text)?.[1];
  if (tuple === undefined) return text.replace(/^TS\d+: /, '');
  return tuple.replaceAll(/"([^"]*)"/g, '$1').replaceAll(', ', ' ');
}

function within(wrongFile: WrongFile, region: Expected, diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  return diagnostics.filter(({ file, line }) => file === wrongFile && line > region.from && line < region.to);
}

describe.each(COMPILERS)('%s', (compiler) => {
  const diagnostics = diagnosticsUnder('test/types/', tsc(compiler, 'test/types'));

  test('accepts all right code', () => {
    expect(diagnostics.filter(({ file }) => !WRONG.some((wrong) => wrong === file))).toEqual([]);
  });

  test.each(WRONG)('A02, A03: refuses each wrong line of %s with one error, and nothing else', (wrongFile) => {
    const refused = expectations(wrongFile).map((region) => ({
      region,
      found: within(wrongFile, region, diagnostics),
    }));
    for (const { region, found } of refused) {
      expect(
        found.map(({ text }) => sentence(text)),
        `line ${region.from}`,
      ).toEqual([expect.stringContaining(region.start)]);
    }
    expect(diagnostics.filter(({ file }) => file === wrongFile)).toHaveLength(refused.length);
  });
});

test('says in one sentence what is wrong', () => {
  const diagnostics = diagnosticsUnder(WRONG[0], tsc('typescript', 'test/types'));
  expect(`\n${diagnostics.map(({ text }) => sentence(text)).join('\n')}\n`).toMatchInlineSnapshot(`
    "
    a static method cannot be a node
    a generator cannot be a node: return a value instead
    a generator cannot be a node: return a value instead
    a job takes one message and the context this one takes [request: Request loan: Loan]
    only a method can be a node
    only a method can be a node
    Type '"5 parsecs"' is not assignable to type 'Duration | undefined'.
    the target returns Loan which does not fit the parameter string
    the target returns Loan and bind gives no value for Pick<LoanLetter layout> of LoanLetter
    the target returns Loan and bind gives no value for Pick<WrongLetter loan> of WrongLetter
    bind gives the wrong type for layout of LoanLetter
    bind has extra but the message has no such field LoanLetter
    Property 'bookkId' does not exist on type 'Request'. Did you mean 'bookId'?
    bind has nothing to lie over: the method takes no message
    the target returns atlas | novel | other which is never nvoel
    the target returns atlas | novel | other which is never nvoel
    the target returns Loan which is never { readonly state: payed; }
    when asks for stat but the target returns Loan
    Property 'shelff' does not exist on type 'Loan'. Did you mean 'shelf'?
    there is no public method lendd only all | alone | anything | archived | archivedToo | barred | base | both | bound | boundToo | caught | classify | ... 55 more ... | written
    there is no public method lendd only anyError | asyncGenerator | boundError | boundField | boundFunction | boundNothing | boundType | classify | ... 35 more ... | whenAndOtherwise
    there is no public method lendd only all | alone | anything | archived | archivedToo | barred | base | both | bound | boundToo | caught | classify | ... 55 more ... | written
    the target returns void which does not fit the parameter Loan
    the target returns novel which does not fit the parameter atlas
    the target returns { url: string; }[] which does not fit the parameter Scan
    Type 'true' is not assignable to type '"an edge has \`when\` or \`otherwise\`, not both"'.
    Type 'true' is not assignable to type '"an edge has \`when\` or \`otherwise\`, not both"'.
    Object literal may only specify known properties, and 'whne' does not exist in type 'SuccessOptions<(request: Request, context: StepContext<AnyState>) => Promise<Loan>, Pattern | Unset | ((returnValue: Loan) => boolean) | Literal, {}, false>'.
    the target returns { shelf: number; state: lent; } | null which does not fit the parameter Loan
    the target returns Loan which does not fit the parameter string
    the target returns Loan which does not fit the parameter Delivery
    the target returns Loan which does not fit the parameter Summary
    the error is any ReaderBarred until \`when\` names BookLost
    the error is any Error until \`when\` names ReaderBarred
    the error is any BookLost | ReaderBarred until \`when\` names ReaderBarred
    the target takes Request and fails with Error and neither fills Delivery
    the target takes Request and fails with ReaderBarred and neither fills Refusal
    bind gives the wrong type for layout of Refusal
    the target returns Loan which does not fit the parameter string
    the target returns Loan which does not fit the parameter Summary
    the target returns atlas | novel which is never nvoel
    the target returns Loan and when takes Desk
    bind gives the wrong type for layout of LoanLetter
    the error is any Error until \`when\` names BookLost
    the target notAMethod is not a method
    bind gives the wrong type for cents of Price
    bind gives the wrong type for cents of Price
    bind gives the wrong type for days of Request
    the target returns Price which does not fit the parameter string
    the error is any Error until \`when\` names BookLost
    the target returns T[] which does not fit the parameter string
    a generator cannot be a node: return a value instead
    "
  `);
});
