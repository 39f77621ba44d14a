// The mark of fields that are not shown: nothing of the wiring depends on it.

import { expect, test } from 'vitest';
import { projectOnDisk } from './project-on-disk.ts';

const source = (mark: string): string => `import { IsString } from 'class-validator';
import { Job, Sensitive } from 'onward';

export const used = Sensitive;

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
