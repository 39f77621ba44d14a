// Whatever project there is: its wiring compiles, or it is refused with a code. Names change nothing but names.

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { ts } from 'ts-morph';
import { expect, it } from 'vitest';
import { run } from '../../codegen/cli/run.ts';
import { Catalogue } from './catalogue-project.ts';
import { TAME, writeProject, type Naming } from './generated-project.ts';
import { anyShape } from './generated-shape.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const catalogue = new Catalogue('generated-projects');
const named = new Catalogue('generated-names');
const RUNS = process.env['SOAK'] === undefined ? 80 : 1_500;
const seed = process.env['SEED'] === undefined ? Date.now() % 2 ** 31 : Number(process.env['SEED']);

const TYPES = [
  'async',
  'of',
  'type',
  'get',
  'keyof',
  '$',
  '_',
  'Größe',
  '日本',
  'Promise',
  'Graph',
  'Services',
  'as',
  'from',
  'Undefined',
  'readonly',
  'Parameters',
  'Await',
  'defineGraph',
  'Map',
];
const TEXTS = [
  "it's",
  '"',
  '\\',
  '${x}',
  '`',
  '*/',
  '//',
  '</script>',
  '🚀',
  '{',
  ');',
  "'); process.exit(); ('",
  '--> |x|',
  '__proto',
  'end',
  '#quot;',
  '%%',
  '<!--',
  '\\u0041',
  'a.b',
  'class',
  'café',
  '1e3',
];
const HIDDEN = ['\u2028', '\u202e', '\n', '\r', '\0', '\u001b[2J', '\ud800'];

/** Every name is another one: a text with its number, so that none comes twice. */
const hostile: fc.Arbitrary<Naming> = fc
  .record({
    types: fc.shuffledSubarray(TYPES, { minLength: 15 }),
    texts: fc.array(fc.constantFrom(...TEXTS), { minLength: 4, maxLength: 8 }),
    hidden: fc.array(fc.constantFrom(...HIDDEN, ...TEXTS), { minLength: 4, maxLength: 8 }),
  })
  .map(({ types, texts, hidden }) => {
    const text = (at: number): string => `${at}${texts[at % texts.length] ?? ''}`;
    return {
      type: (at) => types[at] ?? `Type${at}`,
      method: (at, isNamed) => JSON.stringify(isNamed ? `m${at}${hidden[at % hidden.length] ?? ''}` : text(at)),
      node: text,
      field: (at) => JSON.stringify(text(at)),
      file: (at) => text(at).replaceAll('/', '∕').replaceAll('\\', '﹨'),
    };
  });

/** At the end, a value without a mark is right to the decorator, which sees no marks: it takes the message. */
function isPassed(line: string): boolean {
  const { path = '', number } = /^(?<path>.*onward\.gen\.ts)\((?<number>\d+),/.exec(line)?.groups ?? {};
  const found = readFileSync(`${root}${path}`, 'utf8').split('\n')[Number(number) - 1];
  return found?.trim().startsWith('passes: ') === true;
}

it(`compiles or is refused with a code (seed ${seed})`, () => {
  const refused = new Set<string>();
  let count = 0;
  fc.assert(
    fc.property(anyShape, fc.oneof(fc.constant(TAME), hostile), (shape, naming) => {
      const { reported, text, took } = catalogue.read(`p${count++}`, writeProject(shape, naming));
      if (text === undefined) expect(reported).toMatch(/ error ONW1\d\d\d: /);
      for (const [, code] of reported.matchAll(/ error (ONW\d+)/g)) refused.add(code ?? '');
      expect(took).toBeLessThan(2_000);
    }),
    { seed, numRuns: RUNS },
  );
  const found = catalogue.compile().split('\n');
  // A source that the compiler refuses at its decorator may have a wiring that it refuses as well.
  const wrong = new Set(found.flatMap((line) => /\/(p\d+)\/src\/(?!onward\.gen)/.exec(line)?.[1] ?? []));
  const ours = found.filter(
    (line) =>
      /^[^ ].*onward\.gen\.ts/.test(line) && !wrong.has(/\/(p\d+)\/src/.exec(line)?.[1] ?? '') && !isPassed(line),
  );
  expect(ours).toEqual([]);
  expect(found.filter((line) => line.startsWith('error'))).toEqual([]);
  expect(refused.size).toBeGreaterThan(0);
  expect(wrong.size).toBeLessThan(count / 3);
}, 300_000);

it(`says the same with any names, in the wiring and in pictures (seed ${seed})`, async () => {
  let count = 0;
  let compared = 0;
  await fc.assert(
    fc.asyncProperty(anyShape, hostile, async (shape, naming) => {
      const tame = named.read(`t${count}`, writeProject(shape, TAME));
      const other = named.read(`h${count++}`, writeProject(shape, naming));
      expect(codes(other.reported)).toEqual(codes(tame.reported));
      if (tame.text === undefined || other.text === undefined) return;
      expect(kinds(other.text)).toEqual(kinds(tame.text));
      expect(other.text).toMatch(/^[^\p{Cf}\p{Cs}\u2028\u2029]*$/u);
      const nodes = tame.text.match(/^ +kind: /gm)?.length ?? 0;
      expect(JSON.parse(await picture(other.folder, 'json'))).toMatchObject({ nodes: { length: nodes } });
      const lines = (await picture(other.folder, 'mermaid')).trimEnd().split('\n');
      expect(lines.filter((line) => !MERMAID.test(line))).toEqual(['flowchart TD']);
      expect(lines.filter((line) => /^  n\d+[[(]/.test(line)).length).toBe(nodes);
      compared++;
    }),
    { seed, numRuns: RUNS },
  );
  expect(compared).toBeGreaterThan(5);
});

const LABEL = String.raw`"[\p{L}\p{N}._, #;-]+"`;
const DRAWN = [
  String.raw`n\d+(?:\(\[${LABEL}\]\)|\[${LABEL}\])`,
  String.raw`run\{\{"any job"\}\}`,
  String.raw`(?:n\d+|run) -(?:->|\.->)\|${LABEL}\| n\d+`,
];
const MERMAID = new RegExp(`^  (?:${DRAWN.join('|')})$`, 'u');

async function picture(cwd: string, format: string): Promise<string> {
  let said = '';
  const out = (text: string): void => void (said += text);
  await run(['graph', '--format', format], {
    cwd,
    hasColors: false,
    out,
    err: out,
    now: () => 0,
    date: () => new Date(0),
  });
  return said;
}

/** Warnings and errors, in any order; control characters in a method's name are the difference looked for. */
function codes(reported: string): string[] {
  return [...reported.matchAll(/ (?:error|warning) (ONW\d+)/g)].map((found) => found[1] ?? '').toSorted();
}

/** What statements there are and what they are made of, names and keys aside. */
function kinds(text: string): string[] {
  const source = ts.createSourceFile('onward.gen.ts', text, ts.ScriptTarget.ESNext);
  const found: string[] = [];
  // A class that is called Promise is what a return type of that name means: which classes are kept depends on the names.
  const isKept = (node: ts.Node): boolean => ts.isPropertyAssignment(node) && node.name.getText(source) === 'classes';
  const visit = (node: ts.Node): void => {
    if (isKept(node)) return;
    const parts = partsOf(node);
    if (parts !== undefined) found.push(`${ts.SyntaxKind[node.kind]} ${parts.filter((part) => !isKept(part)).length}`);
    ts.forEachChild(node, visit);
  };
  visit(source);
  expect('parseDiagnostics' in source ? source.parseDiagnostics : undefined).toEqual([]);
  return [...source.statements.map((statement) => ts.SyntaxKind[statement.kind]), ...found.toSorted()];
}

function partsOf(node: ts.Node): readonly ts.Node[] | undefined {
  if (ts.isObjectLiteralExpression(node)) return node.properties;
  if (ts.isInterfaceDeclaration(node)) return node.members;
  return ts.isCallExpression(node) ? node.arguments : undefined;
}
