// What the command line says about itself.

import { describe, expect, it } from 'vitest';
import { COMMANDS, helpOf, type CommandName } from '../../../codegen/cli/help.ts';
import { projectOnDisk } from '../project-on-disk.ts';

const names = Object.keys(COMMANDS) as CommandName[];

describe('onward --help', () => {
  it.each([undefined, ...names])('fits into a terminal: %s', (name) => {
    for (const line of helpOf(name).split('\n')) expect(line.length, line).toBeLessThanOrEqual(120);
  });

  it('of a command has its flags, and does not say whose they are', () => {
    expect(helpOf('graph')).toContain('--format <format>        mermaid, dot or json (mermaid)\n');
    expect(helpOf('diff')).toContain('--format <format>        text, github or json (text)\n');
    for (const name of names) expect(helpOf(name)).not.toMatch(/of `\w+`:/);
  });
});

describe('a flag without a command', () => {
  it.each([
    ['--watch', 'generate --watch'],
    ['--format=dot', 'graph --format'],
    ['--status=failed', 'runs --status'],
  ])('%s is wrong usage, with a command that takes it', async (word, taken) => {
    const { code, out, err } = await projectOnDisk({}).onward(word);
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain(`as in \`onward ${taken}\``);
  });

  it('is help with --json, as without a flag', async () => {
    const { code, out } = await projectOnDisk({}).onward('--json');
    expect([code, JSON.parse(out)]).toEqual([0, { ok: true, help: helpOf(undefined) }]);
  });
});
