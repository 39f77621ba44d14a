import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { CODES } from '../../../src/errors/codes.ts';
import { StepCode } from '../../../src/index.ts';
import { projectOnDisk } from '../project-on-disk.ts';

const onward = (...argv: string[]) => projectOnDisk({}).onward(...argv);

describe('onward explain', () => {
  it('shows the page of a code as plain text', async () => {
    expect((await onward('explain', 'ONW6030')).out).toMatchInlineSnapshot(`
      "ONW6030: an unknown command or flag

      The command line has a command, a flag or a value that Onward does not know. The
      text has the nearest name.

      Example
      -------

          $ npx onward generat

      Fix
      ---

      \`npx onward --help\` lists every command and flag.

          $ npx onward --help
      "
    `);
  });

  it('shows files under their names, indented as in the page', async () => {
    const { out } = await onward('explain', 'ONW1120');
    expect(out).toContain(`
Example
-------

  src/mail.ts
    import { Job } from 'onward';

    export class Mail {
      @Job()
      private send(): void {}
    }
`);
  });

  it('takes the code in small letters and without its letters', async () => {
    const { out } = await onward('explain', 'ONW1101');
    expect((await onward('explain', 'onw1101')).out).toBe(out);
    expect((await onward('explain', '1101')).out).toBe(out);
  });

  it('fits a terminal of 80 columns, but for code, and leaves no Markdown behind', async () => {
    for (const code of Object.keys(CODES)) {
      const lines = (await onward('explain', code)).out.split('\n').filter((line) => !line.startsWith('    '));
      expect(lines.filter((line) => line.length > 80 || /^(#|```)/.test(line))).toEqual([]);
    }
  });

  it('answers in JSON', async () => {
    expect(JSON.parse((await onward('explain', '3040', '--json')).out)).toEqual({
      ok: true,
      code: 'ONW3040',
      title: CODES.ONW3040,
      text: expect.stringContaining('The runtime was closed.'),
    });
  });

  it('lists every code where none is given', async () => {
    const { out } = await onward('explain');
    expect(out.split('\n', 2)).toEqual([
      'ONW1001  a source file has a syntax error',
      'ONW1101  the target of a callback does not exist',
    ]);
    const { codes } = JSON.parse((await onward('explain', '--json')).out);
    expect(codes).toEqual(Object.entries(CODES).map(([code, title]) => ({ code, title })));
  });

  it.each(['206', 'join_unreachable'])('explains the code %s of a step', async (asked) => {
    expect((await onward('explain', asked)).out).toBe(
      `206: JOIN_UNREACHABLE

The code of a step, or of a run: a join lacks a source.

What to do: see \`missing\` of the step: these sources did not complete, because
they failed or no edge led to them. \`onMissing: 'run'\` of the join runs it
without them.

The table of all of them is in docs/errors.md, under "Step codes".
`,
    );
  });

  it('explains every code of a step, the negative one too', async () => {
    for (const [name, code] of Object.entries(StepCode)) {
      const { out } = await onward('explain', '--json', '--', String(code));
      const { advice = '', ...others } = JSON.parse(out);
      expect(others).toEqual({ ok: true, code, name, meaning: expect.not.stringContaining('](') });
      expect(advice).not.toContain('](');
    }
  });

  it('says of every code that stands for a failure what to do', async () => {
    const advised = Object.values(StepCode).map(async (code) => {
      const { out } = await onward('explain', '--json', '--', String(code));
      return 'advice' in JSON.parse(out) ? [code] : [];
    });
    expect((await Promise.all(advised)).flat()).toEqual([
      100, 101, 102, 103, 104, 105, 106, 107, 108, 109, 202, 203, 204, 205, 206, 207,
    ]);
  });

  it.each([
    [['1105'], 'error ONW6030: there is no code "1105"; did you mean ONW1101?\n'],
    [['ONW1011'], 'error ONW6030: there is no code "ONW1011"; did you mean ONW1001?\n'],
    [['constructor'], 'error ONW6030: there is no code "constructor"; `onward explain` lists all of them\n'],
    [['\u001b[2J\u202e'], 'error ONW6030: there is no code "\\u001b[2J\\u202e"; `onward explain` lists all of them\n'],
    [
      ['1101', '1102'],
      'error ONW6030: explain takes one code or line, got 2: "1101" and "1102"; ask for one at a time, and put quotes around what has blanks\n',
    ],
  ])('%j exits 2', async (argv, err) => {
    expect(await onward('explain', ...argv)).toEqual({ code: 2, out: '', err });
  });

  it('finds its pages from the built package', () => {
    const main = fileURLToPath(new URL('../../../dist/codegen/cli/main.js', import.meta.url));
    const out = execFileSync(process.execPath, [main, 'explain', 'ONW3040'], { encoding: 'utf8' });
    expect(out).toMatch(/^ONW3040: the runtime is closed\n\nThe runtime was closed\./);
  });
});
