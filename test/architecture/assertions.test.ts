// Where the compiler is told what it cannot know: one named function per border, and each is listed here.

import { expect, test } from 'vitest';
import { ts } from 'ts-morph';
import { nameAround, nodesIn, sources } from './sources.ts';

function places(matches: (node: ts.Node) => boolean): readonly string[] {
  return sources.flatMap(({ path, tree }) =>
    [...nodesIn(tree)].filter(matches).map((node) => `${path} ${nameAround(node)}: ${node.getText()}`),
  );
}

const isAssertion = (node: ts.Node): node is ts.AsExpression =>
  ts.isAsExpression(node) && node.type.getText() !== 'const';

test('assertions stand in these functions only', () => {
  const found = places((node) => isAssertion(node) && !ts.isAsExpression(node.parent));
  expect(found.join('\n')).toMatchInlineSnapshot(`
    "src/definitions.ts startable: known as StartableDefinition
    src/engines/bullmq/redis-connection.ts redisOf: client as unknown as Redis
    src/engines/bullmq/redis-connection.ts clusterOf: client as unknown as Cluster
    src/engines/memory/run.ts memoryRun: run as MemoryRun
    src/engines/sqlite/driver.ts openerOf: member as new (path: string) => Database
    src/engines/sqlite/statements.ts toStatus: status as RunStatus
    src/execute/condition.ts formula: kept as F
    src/execute/join-record.ts generated: Reflect.construct(Function, ['values', \`return { \${fields.join(', ')} };\`]) as MakeRecord
    src/graph/duration.ts durationMs: match[2] as keyof typeof UNIT_MS
    src/message/compiled/compile.ts functionMade: (typeof make === 'function' ? Reflect.apply(make, undefined, [...given]) : undefined) as F
    src/observe/ready/metrics.ts registered: metric as never
    src/plans/saved.ts readSaved: decode(JSON.parse(text), classes) as Saved
    src/plans/signature.ts validateWith: messageClass as MessageClass
    src/records/keys.ts readRecord: json as T
    src/records/outbox.ts written: (value ?? null) as Json
    src/records/records.ts toJson: record as unknown as Json
    src/runtime/commands.ts toCommand: command as RunCommand
    src/runtime/wired-node.ts callOf: node.call as Body['call']
    codegen/cli/arguments.ts parseArguments: token.name as keyof typeof FLAGS
    codegen/cli/open-run-store.ts toOptions: found as SqliteHistoryOptions
    codegen/cli/open-run-store.ts toAnswer: answer as CommandAnswer & NodeAnswer
    codegen/disk/entry.ts headOf: JSON.parse(text) as Head
    codegen/memory.ts recall: results.get(key) as V
    codegen/memory.ts result: results.get(key) as Result<V> | undefined
    codegen/read/compiler.ts whole: module as TypeScript
    codegen/read/compiler.ts insideOf: module as { readonly ts: TypeScript }
    codegen/read/kept-records.ts packed: JSON.parse(text) as [string, Said][]
    codegen/read/outputs.ts matcherOf: compiler as TypeScript & Matcher
    codegen/read/read-file.ts parseDiagnosticsOf: source as { readonly parseDiagnostics?: readonly ts.DiagnosticWithLocation[] }"
  `);
});

test('there is no `any`, no assertion in angle brackets and no `!` behind a value', () => {
  expect(
    places(
      (node) =>
        node.kind === ts.SyntaxKind.AnyKeyword || ts.isTypeAssertionExpression(node) || ts.isNonNullExpression(node),
    ),
  ).toEqual([
    // Where a verdict hangs on a type parameter, no other type is assignable to every one.
    'src/decorators/method-types.ts the file: any',
    // Stands for the class and the method of an annotation that is held in a constant: a descriptor is invariant.
    'src/decorators/method-types.ts the file: any',
  ]);
});

test('there are no enums, no namespaces and no default exports, and no file exports all of another', () => {
  expect(
    places(
      (node) =>
        ts.isEnumDeclaration(node) ||
        (ts.isModuleDeclaration(node) && ts.isIdentifier(node.name)) ||
        (ts.isExportAssignment(node) && node.isExportEquals !== true) ||
        (ts.isExportDeclaration(node) && node.exportClause === undefined),
    ),
  ).toEqual([]);
});

test('no comment silences the compiler', () => {
  const silenced = sources.filter(({ text }) => /@ts-(ignore|nocheck|expect-error)/.test(text));
  expect(silenced.map(({ path }) => path)).toEqual([]);
});
