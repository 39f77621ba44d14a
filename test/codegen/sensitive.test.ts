// The mark of fields that are not shown: nothing of the wiring depends on it.

import { expect, test } from 'vitest';
import { projectOnDisk } from './project-on-disk.ts';

const source = (mark: string): string => `import { IsString } from 'class-validator';
import { Job, ReturnValue, Sensitive } from 'onward';

export const used = [Sensitive, ReturnValue];

export class Login {
  @IsString() user!: string;
  ${mark} @IsString() password!: string;
}

export class Door {
  @Job()
  open(login: Login): string {
    return login.user;
  }
}
`;

async function generated(mark: string) {
  const project = projectOnDisk({ 'src/door.ts': source(mark) });
  const said = await project.onward('generate');
  return { ...said, wiring: said.code === 0 ? project.read('src/onward.gen.ts') : '' };
}

test('@Sensitive() changes nothing of the wiring', async () => {
  const marked = await generated('@Sensitive()');
  expect(marked).toMatchObject({ code: 0, err: '' });
  expect(marked.wiring).toBe((await generated('')).wiring);
});

test('without its parentheses it is refused', async () => {
  const { code, out, err } = await generated('@Sensitive');
  expect(code).toBe(1);
  expect(out + err).toMatch(/ONW1118.*@Sensitive has no parentheses, so it annotates nothing; write @Sensitive\(\)/);
});

test.each([
  ['@Sensitive() static password = ""', 'ONW1121.*`password` is static'],
  ['@ReturnValue() static id = ""', 'ONW1121.*`id` is static'],
  [
    '@Sensitive() show(): void {}',
    'ONW1123.*@Sensitive\\(\\) is on the method `show`; put it on a field of the message class',
  ],
  ['show(@Sensitive() word: string): string { return word; }', 'ONW1123.*mark the fields of what this parameter takes'],
])('on what is no field of an instance it is refused: %s', async (member, text) => {
  const { code, out, err } = await generated(`${member};\n  @Sensitive()`);
  expect(code).toBe(1);
  expect(out + err).toMatch(new RegExp(text, 's'));
});
