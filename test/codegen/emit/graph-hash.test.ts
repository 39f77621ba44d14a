// The graph's hash: what changes it, and what does not.

import { expect, it } from 'vitest';
import { analyse } from '../../../codegen/generate.ts';
import { projectOnDisk } from '../project-on-disk.ts';

const SHOP = `import { from, Handler, Job, Join, OnEnd, OnError, OnRunEnd, OnSuccess, ErrorValue, ReturnValue } from 'onward';

export class Both {
  left!: unknown;
  right!: unknown;
}
export class Told {
  @ReturnValue() value?: unknown;
  error?: unknown;
}

export class Shop {
  @Job() list(): string[] { return []; }
  @Job() other(): string[] { return []; }
  @OnSuccess('list', {}) item(item: unknown): string[] { return [String(item)]; }
  @OnError('list', {}) assume(): string[] { return []; }
  @OnEnd('list') reported(reported: Told): void { void reported; }
  @OnRunEnd('list') over(): void {}
  @Join({ left: 'list', right: 'item' }, {}) both(both: Both): void { void both; }
}
void [from, ErrorValue, Handler];
`;

function hashOf(from: string, to: string): string | undefined {
  expect(SHOP).toContain(from);
  const { text } = analyse(`${projectOnDisk({ 'src/shop.ts': SHOP.replace(from, to) }).folder}/tsconfig.json`);
  return /graphHash: '(.+)'/.exec(text ?? '')?.[1];
}

const before = (): string | undefined => hashOf('', '');

it.each([
  ['one step for each item', "@OnSuccess('list', {})", "@OnSuccess('list', { each: true })"],
  ['what recovers', "@OnError('list', {})", "@OnError('list', { recover: true })"],
  ['the moment', "@OnEnd('list')", "@OnSuccess('list')"],
  ['where the error goes', '  error?: unknown', '  @ErrorValue() error?: unknown'],
  ['whose runs', "@OnRunEnd('list')", '@OnRunEnd()'],
  ['a wait', "@OnError('list', {})", "@Handler({ waits: true }) @OnError('list', {})"],
  ['the class of a message', 'item(item: unknown)', 'item(item: Told)'],
  ['a source', "left: 'list'", "left: 'other'"],
  ['the field of a source', "{ left: 'list', right: 'item' }", "{ right: 'list', left: 'item' }"],
])('changes with %s', (_, from, to) => {
  expect(hashOf(from, to)).toMatch(/^[\w-]{12}$/);
  expect(hashOf(from, to)).not.toBe(before());
});

it.each([
  ['what a method returns', 'other(): string[]', 'other(): readonly unknown[]'],
  ['a delay', "@OnSuccess('list', {})", "@OnSuccess('list', { after: '3d', critical: false })"],
  ['options of a join', "right: 'item' }, {}", "right: 'item' }, { mode: 'any' }"],
  ['options of a node', '@Job() list', "@Job({ maxRounds: 3, tags: ['a'] }) list"],
  ['options of a handler', "@OnError('list', {})", "@Handler({ waits: false }) @OnError('list', {})"],
  ['the way a source is written', "left: 'list'", "left: from(() => Shop, 'list')"],
])('does not change with %s', (_, from, to) => {
  expect(hashOf(from, to)).toBe(before());
});
