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

const WRONG = [
  'test/types/wrong/library.ts',
  'test/types/wrong/moments.ts',
  'test/types/wrong/joins.ts',
  'test/types/wrong/context.ts',
  'test/types/wrong/face.ts',
  'test/types/wrong/waits.ts',
  'test/types/wrong/plans.ts',
  'test/types/wrong/schedules.ts',
  'test/types/wrong/held.ts',
  'test/types/wrong/options.ts',
] as const;
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

  test('a wrong option beside a target in the same class is what the error ends with', () => {
    const reasons = diagnostics
      .filter(({ file }) => file === 'test/types/wrong/options.ts')
      .map(({ reason }) => reason);
    const known = (option: string): unknown => expect.stringContaining(`known properties, ${option}`);
    expect(reasons).toEqual([
      known("and 'whne' does not exist"),
      "Type 'string' is not assignable to type 'boolean | undefined'.",
      "Type 'number' is not assignable to type 'boolean | undefined'.",
      known("and 'when' does not exist"),
      known("and 'each' does not exist"),
      "Type 'string' is not assignable to type 'boolean | undefined'.",
      "Argument of type 'typeof Desk' is not assignable to parameter of type 'MethodName<Desk>'.",
    ]);
  });
});

test('right code is accepted without strictNullChecks, as many projects with NestJS are', () => {
  const printed = tsc('typescript', 'test/types', '--strict', 'false', '--exactOptionalPropertyTypes', 'false');
  expect(diagnosticsUnder('test/types/right/', printed)).toEqual([]);
  expect(diagnosticsUnder('test/types/wrong/', printed)).not.toEqual([]);
});

describe('says in one sentence what is wrong', () => {
  const printed = tsc('typescript', 'test/types');
  const sentences = (wrongFile: WrongFile): string =>
    `\n${diagnosticsUnder(wrongFile, printed)
      .map(({ text }) => sentence(text))
      .join('\n')}\n`;

  test('of a callback', () => {
    expect(sentences('test/types/wrong/library.ts')).toMatchInlineSnapshot(`
      "
      a static method cannot be a node
      a generator cannot be a node: return a value instead
      a generator cannot be a node: return a value instead
      a job takes one message and the context this one takes [request: Request loan: Loan] as only a @Handler may
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
      when takes one value: write the annotation once for each of atlas | novel
      the target returns Loan which is never { readonly state: payed; }
      when asks for stat but the target returns Loan
      the target returns Loan which does not fit the parameter Map<string Loan>
      the target returns Loan which does not fit the parameter Promise<Loan>
      when asks for hal but the target returns Delivery
      when asks for length but the target returns { url: string; }[]
      Property 'shelff' does not exist on type 'Loan'. Did you mean 'shelf'?
      there is no public method lendd only all | alone | anything | archived | archivedToo | barred | base | both | bound | boundToo | caught | classify | ... 55 more ... | written
      there is no public method lendd only anyError | asyncGenerator | boundError | boundField | boundFunction | boundNothing | boundType | classify | ... 41 more ... | whenAndOtherwise
      there is no public method lendd only all | alone | anything | archived | archivedToo | barred | base | both | bound | boundToo | caught | classify | ... 55 more ... | written
      the target returns void which does not fit the parameter Loan
      the target returns novel which does not fit the parameter atlas
      the target returns { url: string; }[] which does not fit the parameter Scan
      Type 'true' is not assignable to type '"an edge has \`when\` or \`otherwise\`, not both"'.
      Type 'true' is not assignable to type '"an edge has \`when\` or \`otherwise\`, not both"'.
      Object literal may only specify known properties, and 'whne' does not exist in type 'SuccessOptions<(request: Request, context: StepContext<AnyState>) => Promise<Loan>, Choice<Loan>, {}, false, () => void>'.
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
      Unable to resolve signature of parameter decorator when called as an expression.
      "
    `);
  });

  test('of a handler that waits', () => {
    expect(sentences('test/types/wrong/waits.ts')).toMatchInlineSnapshot(`
      "
      the target returns Quote and bind gives no value for Pick<Approval by | ok> of Approval
      the target returns Quote and bind gives no value for Pick<Approval by | ok> of Approval
      the target returns Quote which does not fit the parameter string
      the error is any Error until \`when\` names Declined
      there is no public method quoet only again | allowed | alone | anything | approve | asks | chosen | date | either | empty | ended | failed | ... 24 more ... | yes
      there is no public method quoet only again | allowed | alone | anything | approve | asks | chosen | date | either | empty | ended | failed | ... 24 more ... | yes
      a join takes one message and the context this one takes [approval: Sent<Approval> quote: Quote]
      Object literal may only specify known properties, and 'waits' does not exist in type 'JobOptions<false>'.
      Type 'string' is not assignable to type 'boolean | undefined'.
      "
    `);
  });

  test('of a moment, an item or a recovery', () => {
    expect(sentences('test/types/wrong/moments.ts')).toMatchInlineSnapshot(`
      "
      the target takes Trip which does not fit the parameter string
      the target takes Trip which does not fit the parameter Ticket
      the target takes Trip and nothing fills Pick<Notice desk> of Notice
      bind gives the wrong type for desk of Notice
      bind has dsk but the message has no such field Notice
      bind has nothing to lie over: the method takes no message
      Property 'buss' does not exist on type 'Trip'. Did you mean 'bus'?
      there is no public method bok only aloneConcurrency | aloneFailures | book | cancelledMisspelt | cancelledOtherwise | cancelledText | cancelledUnbound | ... 49 more ... | wholeArray
      there is no public method bok only anyRoute | anything | around | book | cancelled | cancelledNotice | cancelledToo | closing | closingFunction | ... 84 more ... | whole
      the target field is not a method
      only a method can be a node
      Object literal may only specify known properties, and 'when' does not exist in type 'WatchOptions<(trip: Trip, context: StepContext<Tally>) => Promise<Ticket>, {}, (trip: Trip) => void>'.
      Object literal may only specify known properties, and 'after' does not exist in type 'WatchOptions<(trip: Trip, context: StepContext<Tally>) => Promise<Ticket>, {}, (trip: Trip) => void>'.
      the target takes Trip which does not fit the parameter string
      the target takes Trip and nothing fills Pick<Notice desk> of Notice
      there is no public method bok only anyRoute | anything | around | book | cancelled | cancelledNotice | cancelledToo | closing | closingFunction | ... 84 more ... | whole
      Object literal may only specify known properties, and 'otherwise' does not exist in type 'WatchOptions<(trip: Trip, context: StepContext<Tally>) => Promise<Ticket>, {}, (trip: Trip) => void>'.
      the target may have failed so the return value is Ticket | undefined which does not fit the parameter Ticket
      the error is Error | undefined which does not fit the parameter Error
      the error is Error | undefined which does not fit the parameter SoldOut
      the target takes Trip which does not fit the parameter string
      the target takes Trip and nothing fills Pick<TornClosing ticket> of TornClosing
      the target takes Trip and nothing fills Pick<Notice desk> of Notice
      bind gives the wrong type for desk of Notice
      there is no public method bok only aloneConcurrency | aloneFailures | book | cancelledMisspelt | cancelledOtherwise | cancelledText | cancelledUnbound | ... 49 more ... | wholeArray
      'from.returnValue' is possibly 'undefined'.
      the report is RunReport<unknown> which does not fit the parameter Trip
      the report is RunReport<unknown> and nothing fills Pick<Digest channel> of Digest
      bind gives the wrong type for channel of Digest
      the report is RunReport<unknown> which does not fit the parameter RunReport<Ticket>
      the report is RunReport<Ticket> which does not fit the parameter RunReport<string>
      the report is RunReport<Ticket> which does not fit the parameter string
      there is no public method bok only aloneConcurrency | aloneFailures | book | cancelledMisspelt | cancelledOtherwise | cancelledText | cancelledUnbound | ... 49 more ... | wholeArray
      there is no public method bok only anyRoute | anything | around | book | cancelled | cancelledNotice | cancelledToo | closing | closingFunction | ... 84 more ... | whole
      Property 'statuss' does not exist on type 'RunReport<unknown>'. Did you mean 'status'?
      each takes an array and the target returns Ticket
      each takes an array and the target returns readonly string[] | null
      the target returns Stop which does not fit the parameter Stop[]
      the target returns Stop which does not fit the parameter Ticket
      the target returns Stop and bind gives no value for Pick<Leg line> of Leg
      the target returns Stop[] which does not fit the parameter Stop
      Property 'nam' does not exist on type 'Stop'. Did you mean 'name'?
      Type 'number' is not assignable to type '"only with \`each: true\`"'.
      Type 'number' is not assignable to type '"only with \`each: true\`"'.
      Type '"3 moons"' is not assignable to type 'Duration | undefined'.
      Type 'string' is not assignable to type 'boolean | undefined'.
      what recovers stands for Ticket and this returns string
      what recovers stands for Ticket and this returns void
      what recovers stands for Stop[] and this returns Stop
      the target takes Trip and fails with Error and neither fills Leg
      exhaustive needs literals to route and this returns Ticket
      exhaustive needs literals to route and this returns void
      Type 'string' is not assignable to type 'readonly string[]'.
      Type 'string' is not assignable to type 'number'.
      Type 'string' is not assignable to type 'ErrorClass'.
      Object literal may only specify known properties, and 'expose' does not exist in type 'HandlerOptions<false>'.
      a job takes one message and the context this one takes [trip: Trip context: StepContext<{ a: number; }> ticket: Ticket] as only a @Handler may
      "
    `);
  });

  test('of a join', () => {
    expect(sentences('test/types/wrong/joins.ts')).toMatchInlineSnapshot(`
      "
      there is no public method hodl only check | hold | loose | seat
      there is no public method pya only any | anyRun | bothMisspelt | bothSwapped | boundAlien | boundFunction | boundMaybe | boundNothing | boundType | ... 20 more ... | wrongType
      there is no public method pya only any | anyRun | bothMisspelt | bothSwapped | boundAlien | boundFunction | boundMaybe | boundNothing | boundType | ... 20 more ... | wrongType
      there is no public method hodl only check | hold | loose | seat
      the target field is not a method
      the message has no field for the source payment of { hold: Date; }
      the source payment gives boolean which does not fit Payment
      the source hold gives Payment which does not fit Hold
      the source hold gives Payment which does not fit Hold] | [the source payment gives Hold which does not fit Payment
      there is no public method hodl only check | hold | loose | seat] | [there is no public method pya only any | anyRun | bothMisspelt | ... 26 more ... | wrongType
      the source checks gives { row: number; window: boolean; } which does not fit boolean[]
      no source and no bound value fills Pick<Voucher note> of Voucher
      no source and no bound value fills Pick<Both hold> of Both
      bind gives the wrong type for note of Voucher
      bind has notes but the message has no such field Both
      bind has nothing to lie over: the method takes no message
      Property 'stat' does not exist on type 'Payment'. Did you mean 'state'?
      'given.sources.payment' is possibly 'undefined'.
      the source hold may be missing and undefined does not fit Hold
      the source payment may be missing and undefined does not fit Payment
      Type '"run"' is not assignable to type '"with \`mode: 'any'\` no source is missing"'.
      Type 'true' is not assignable to type '"only with \`mode: 'any'\`: a join of all its sources needs each of them"'.
      Type '"some"' is not assignable to type '"all" | "any" | undefined'.
      Type '"wait"' is not assignable to type '"run" | "skip" | undefined'.
      a join takes one message and the context this one takes [both: Both payment: Payment]
      the sources give { hold: Hold; payment: Payment; } which does not fit the parameter string
      a join needs a source
      only a method can be a node
      Object literal may only specify known properties, and 'when' does not exist in type 'JoinOptions<{ readonly payment: "pay"; }, "all", {}, "skip", Joined<{ readonly payment: "pay"; }, never>, (message: { payment: Payment; }) => void>'.
      Type 'number' is not assignable to type 'NamedSource | MethodName<WrongJoins>'.
      "
    `);
  });

  test('of what a body does with its context', () => {
    expect(sentences('test/types/wrong/context.ts')).toMatchInlineSnapshot(`
      "
      Argument of type '"drvie"' is not assignable to parameter of type '"anything" | "drive" | "hand" | "park" | "rest" | "tour"'.
      Argument of type '"drvie"' is not assignable to parameter of type '"anything" | "drive" | "hand" | "park" | "rest" | "tour"'.
      Expected 3-4 arguments, but got 2.
      Type 'string' is not assignable to type 'number'.
      Object literal may only specify known properties, but 'seat' does not exist in type '{ bus: string; seats: number; } & {}'. Did you mean to write 'seats'?
      Argument of type '{ bus: string; }' is not assignable to parameter of type '{ bus: string; seats: number; } & {}'.
      Argument of type '{ bus: string; seats: number; }' is not assignable to parameter of type 'undefined'.
      Object literal may only specify known properties, but 'dely' does not exist in type 'SpawnOptions'. Did you mean to write 'delay'?
      Type '"20 moons"' is not assignable to type 'number | \`\${number}d\` | \`\${number}h\` | \`\${number}m\` | \`\${number}ms\` | \`\${number}s\` | undefined'.
      Object literal may only specify known properties, and 'detached' does not exist in type 'CallOptions'.
      Type 'number' is not assignable to type 'string'.
      Argument of type '{ bus: string; seats: number; }' is not assignable to parameter of type 'ServiceOf<unknown>'.
      Argument of type '"solld"' is not assignable to parameter of type '"best" | "sold" | "state" | "stops"'.
      Argument of type 'string' is not assignable to parameter of type 'number'.
      Argument of type '"closed"' is not assignable to parameter of type '"open" | "shut"'.
      Argument of type '"stops"' is not assignable to parameter of type '"best" | "sold"'.
      Argument of type '"sold"' is not assignable to parameter of type '"stops"'.
      Argument of type 'number' is not assignable to parameter of type 'string'.
      Type 'number | undefined' is not assignable to type 'string'.
      Argument of type 'string' is not assignable to parameter of type 'number'.
      "
    `);
  });
});
