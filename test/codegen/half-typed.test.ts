// Sources as they are while somebody types: what is reported is what is wrong, and nothing that the parser has made up.

import { describe, expect, it } from 'vitest';
import { Catalogue, HEAD } from './catalogue-project.ts';

const catalogue = new Catalogue('half-typed');
const reportedOf = (name: string, body: string): readonly string[] => {
  const text = `${HEAD}export class Billing {\n  @Job() charge(): string { return 'a'; }\n${body}\n}\n`;
  return catalogue.read(name, { 'src/a.ts': text }).reported.split('\n');
};

describe('a file that cannot be parsed', () => {
  it.each([
    ['an annotation without an end', '  @OnSuccess('],
    ['an annotation without a method', '  @OnSuccess()\n  '],
    ['a target without a class', "  @OnSuccess(() => , 'charge') book(a: string): void {}"],
    ['an option without a value', "  @OnSuccess('charge', { when: }) book(a: string): void {}"],
    ['an annotation without a name', '  @\n  book(): void {}'],
    ['a body without an end', "  @OnSuccess('charge') book(a: string): void {"],
  ])('has its syntax errors and no others: %s', (name, body) => {
    const reported = reportedOf(name.replaceAll(' ', '-'), `  @OnSuccess('chrge') other(): void {}\n${body}`);
    expect(reported.length).toBeGreaterThan(0);
    for (const line of reported) expect(line).toMatch(/^src\/a\.ts:\d+:\d+ error ONW1001: ./);
  });

  it('does not hide what is wrong in another one', () => {
    const { reported } = catalogue.read('two-files', {
      'src/a.ts': `${HEAD}export class Billing {\n  @Job() charge(): void {}\n  @OnSuccess(\n}\n`,
      'src/b.ts': `${HEAD}export class Mail {\n  @Job() send(): void {}\n  @OnSuccess('snd') file(): void {}\n}\n`,
    });
    expect(reported).toContain("src/b.ts:5:14 error ONW1101: Mail has no method 'snd'; did you mean 'send'?");
  });
});

describe('a target that is not finished', () => {
  const none =
    "there is no target; name the node that it follows: `'charge'` of the same class, or `() => Billing, 'charge'`";
  const noMethod = "the target has a class and no method; write the method behind it, as in `() => Billing, 'charge'`";

  it.each([
    ['nothing', '@OnSuccess()', none],
    ['options alone', '@OnSuccess({ each: true })', none],
    ['a class alone', '@OnSuccess(() => Billing)', noMethod],
  ])('says what to write: %s', (name, annotation, text) => {
    const reported = reportedOf(name.replaceAll(' ', '-'), `  // @ts-expect-error\n  ${annotation}\n  book(): void {}`);
    expect(reported).toEqual([`src/a.ts:6:3 error ONW1101: ${text}`]);
  });
});
