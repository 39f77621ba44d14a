// What an editor lists inside an annotation, asked of the language service that editors use.

import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import type typescript from 'typescript-5.9';
import { USER_OPTIONS } from './tsc.ts';

const load = createRequire(import.meta.url);
const file = fileURLToPath(new URL('virtual/billing.ts', import.meta.url));

/** A service with one more annotated method; `‸` stands where the editor is asked. */
const serviceWith = (annotated: string): string => `
import { from, Job, Join, OnCancel, OnEnd, OnError, OnRunError, OnStart, OnSuccess } from 'onward';
class Order { id!: string; cents!: number }
class Receipt { no!: number; state!: 'paid' | 'review'; to!: { city: 'Bern' | 'Graz' } }
class Mail { receipt!: Receipt; template!: 'vip' | 'plain' }
class Both { order!: Order; receipt!: Receipt }
class Shop {
  @Job() sell(order: Order): 'novel' | 'atlas' { return 'novel' }
  closed = false;
  private hidden(): void {}
}
class Billing {
  @Job() charge(order: Order): Receipt { throw new Error(order.id) }
  kind(order: Order): 'open' | 'shut' { throw new Error(order.id) }
  ${annotated}
}
void [Billing, Shop];
`;

type Compiler = typeof typescript;

interface Editor {
  /** The names that are listed at `‸`, keywords left out. */
  listed(annotated: string): readonly string[];
  /** What is shown for one of them. */
  shown(annotated: string, name: string): string;
}

function editorWith(ts: Compiler): Editor {
  let text = '';
  let version = 0;
  const options = {
    ...USER_OPTIONS,
    lib: ['lib.es2023.d.ts'],
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.NodeNext,
  };
  const service = ts.createLanguageService({
    getCompilationSettings: () => options,
    getScriptFileNames: () => [file],
    getScriptVersion: (name) => (name === file ? String(version) : '0'),
    getScriptSnapshot: (name) => {
      const read = name === file ? text : ts.sys.readFile(name);
      return read === undefined ? undefined : ts.ScriptSnapshot.fromString(read);
    },
    getCurrentDirectory: () => fileURLToPath(new URL('.', import.meta.url)),
    getDefaultLibFileName: (given) => ts.getDefaultLibFilePath(given),
    fileExists: (name) => name === file || ts.sys.fileExists(name),
    readFile: (name) => ts.sys.readFile(name),
    readDirectory: (...given) => ts.sys.readDirectory(...given),
    directoryExists: (name) => ts.sys.directoryExists(name),
    getDirectories: (name) => ts.sys.getDirectories(name),
  });
  const show = (annotated: string): number => {
    const marked = serviceWith(annotated);
    text = marked.replace('‸', '');
    version += 1;
    return marked.indexOf('‸');
  };
  return {
    listed: (annotated) => {
      const entries = service.getCompletionsAtPosition(file, show(annotated), {})?.entries ?? [];
      const names = entries.filter(({ kind }) => kind !== ts.ScriptElementKind.keyword).map(({ name }) => name);
      // The empty string is what stands between the quotes already.
      return names.filter((name) => name !== '').toSorted();
    },
    shown: (annotated, name) => {
      const details = service.getCompletionEntryDetails(file, show(annotated), name, {}, undefined, {}, undefined);
      return ts.displayPartsToString(details?.documentation);
    },
  };
}

const OWN = ['act', 'charge', 'kind'];

describe.each([
  ['5.9', 'typescript-5.9'],
  ['6.0', 'typescript-6.0'],
] as const)('the editor with TypeScript %s lists', (_, name) => {
  // 6.0 has the same language service, but its types do not fit those of 5.9.
  const ts: Compiler = load(name);
  const { listed, shown } = editorWith(ts);

  test.each(['OnSuccess', 'OnError', 'OnStart', 'OnEnd', 'OnCancel', 'OnRunError'])(
    'the methods of its own class as targets of @%s, and of the class that is named',
    (annotation) => {
      expect(listed(`@${annotation}('‸') act() {}`)).toEqual(OWN);
      expect(listed(`@${annotation}(() => Shop, '‸') act() {}`)).toEqual(['closed', 'sell']);
    },
  );

  test('the values that a target returns, in `when`', () => {
    expect(listed(`@OnSuccess(() => Shop, 'sell', { when: '‸' }) act() {}`)).toEqual(['atlas', 'novel']);
    expect(listed(`@OnSuccess('kind', { when: '‸' }) act() {}`)).toEqual(['open', 'shut']);
    expect(listed(`@OnSuccess('charge', { when: { ‸ } }) act() {}`)).toEqual(
      expect.arrayContaining(['no', 'state', 'to']),
    );
    expect(listed(`@OnSuccess('charge', { when: { state: '‸' } }) act() {}`)).toEqual(['paid', 'review']);
    expect(listed(`@OnSuccess('charge', { when: { to: { city: '‸' } } }) act() {}`)).toEqual(['Bern', 'Graz']);
  });

  test('what the parameters of functions have, without written types', () => {
    expect(listed(`@OnSuccess('charge', { when: (receipt) => receipt.‸ }) act() {}`)).toEqual(['no', 'state', 'to']);
    expect(listed(`@OnError('charge', { bind: (from) => from.message.‸ }) act(mail: Mail) {}`)).toEqual([
      'cents',
      'id',
    ]);
  });

  test('the fields of the callback, as sources of a join, and the methods that may fill them', () => {
    expect(listed(`@Join({ ‸ }) act(both: Both) {}`)).toEqual(['order', 'receipt']);
    expect(listed(`@Join({ receipt: '‸' }) act(both: Both) {}`)).toEqual(OWN);
    expect(listed(`@Join({ receipt: from(() => Shop, '‸') }) act(both: Both) {}`)).toEqual(['closed', 'sell']);
  });

  test.each(['OnSuccess', 'OnError', 'OnStart', 'OnEnd', 'OnCancel', 'OnRunError'])(
    'the fields of the callback, in the `bind` of @%s',
    (annotation) => {
      expect(listed(`@${annotation}('charge', { bind: { ‸ } }) act(mail: Mail) {}`)).toEqual(['receipt', 'template']);
      expect(listed(`@${annotation}('charge', { bind: { template: '‸' } }) act(mail: Mail) {}`)).toEqual([
        'plain',
        'vip',
      ]);
    },
  );

  test('the fields of the callback, in the `bind` of @Join', () => {
    expect(listed(`@Join({ order: 'charge' }, { bind: { ‸ } }) act(both: Both) {}`)).toEqual(['order', 'receipt']);
  });

  test.each(['OnSuccess', 'OnError', 'OnStart', 'OnEnd', 'OnCancel', 'OnRunError'])(
    'EDGE-OPTIONS-1: the options of @%s, with the comments that they share',
    (annotation) => {
      const annotated = `@${annotation}('charge', { ‸ }) act(mail: Mail) {}`;
      expect(listed(annotated)).toEqual(expect.arrayContaining(['bind', 'critical']));
      expect(shown(annotated, 'bind')).toMatch(/^Fields laid over the message/);
      expect(shown(annotated, 'critical')).toMatch(/fail the run|fails the run/);
    },
  );
});
