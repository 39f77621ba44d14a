// Real processes: one in which no code may be made of strings, and one that prints what is compiled.

import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { writeFileSync } from 'node:fs';
import { beforeAll, expect, test } from 'vitest';
import { folderBelowRepository } from '../support/folders.ts';

const run = promisify(execFile);
const parser = fileURLToPath(new URL('../../src/message/parser.ts', import.meta.url));

/** Parses messages that fit and some that do not, five times each, and prints the last answers. */
const PROGRAM = `
import 'reflect-metadata';
import { Type } from 'class-transformer';
import { IsInt, IsOptional, IsString, Length, Min, ValidateNested } from 'class-validator';
import { createParser, loadCompiler } from ${JSON.stringify(parser)};

class Line {}
IsInt()(Line.prototype, 'qty');
Min(1)(Line.prototype, 'qty');
class Order {}
IsString()(Order.prototype, 'id');
Length(1, 5)(Order.prototype, 'id');
IsOptional()(Order.prototype, 'note');
IsString()(Order.prototype, 'note');
ValidateNested({ each: true })(Order.prototype, 'lines');
Type(() => Line)(Order.prototype, 'lines');

await loadCompiler();
const parse = createParser().of(Order);
const all = [
  { id: 'a', lines: [{ qty: 1 }] },
  { id: 'abcdef', note: 1, lines: [{ qty: 0 }, 7], more: true },
  { id: 'a', lines: {} },
  'none',
];
for (let turn = 0; turn < 5; turn += 1) {
  for (const data of all) {
    const parsed = parse(data);
    if (turn === 4) console.log(parsed.constructor.name, JSON.stringify(parsed));
  }
}
`;

let program: string;

beforeAll(() => {
  program = `${folderBelowRepository('compiled-messages')}/program.mjs`;
  writeFileSync(program, PROGRAM);
});

function outputOf(flags: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<{ stdout: string; stderr: string }> {
  return run(process.execPath, [...flags, '--import', 'tsx', program], { env: { ...process.env, ...env } });
}

test('where code generation is forbidden the answers are the same, and interpreted', async () => {
  const [compiled, interpreted] = await Promise.all([
    outputOf([], { NODE_DEBUG: 'onward-messages' }),
    outputOf(['--disallow-code-generation-from-strings'], { NODE_DEBUG: 'onward-messages' }),
  ]);
  expect(interpreted.stdout).toBe(compiled.stdout);
  expect(compiled.stdout).toMatchInlineSnapshot(`
    "Order {"id":"a","lines":[{"qty":1}]}
    Refusal {"success":false,"code":"ONW2003","issues":[{"path":"more","expected":"no field of this name","got":"true"},{"path":"id","expected":"shorter than or equal to 5 characters","got":"\\"abcdef\\""},{"path":"note","expected":"a string","got":"1"},{"path":"lines[0].qty","expected":"not less than 1","got":"0"},{"path":"lines[1]","expected":"an object","got":"7"}]}
    Refusal {"success":false,"code":"ONW2003","issues":[{"path":"lines","expected":"an array","got":"a Line"}]}
    Refusal {"success":false,"code":"ONW2001","issues":[{"path":"","expected":"an object","got":"\\"none\\""}]}
    "
  `);
  expect(compiled.stderr).toContain('function readOrder(data, level, reader) {');
  expect(compiled.stderr).toContain('// id: isLength, isString');
  expect(compiled.stderr).toContain('//# sourceURL=onward/readOrder.js');
  expect(interpreted.stderr).toContain('Order is interpreted: code generation from strings is forbidden');
  expect(interpreted.stderr).not.toContain('function readOrder');
});
