// The contract of the generated wiring. It is frozen: wiring that users have committed must go on working.

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { ts } from 'ts-morph';
import { expect, test } from 'vitest';

const source = fileURLToPath(new URL('../../src/wiring/v1.ts', import.meta.url));

// A new optional member may be added here. Whatever else changes makes a v2 beside it.
test('onward/wiring/v1 is what it was', async () => {
  const { outputText } = ts.transpileDeclaration(readFileSync(source, 'utf8'), {
    fileName: 'v1.ts',
    compilerOptions: { module: ts.ModuleKind.NodeNext, target: ts.ScriptTarget.ES2022, removeComments: true },
  });
  await expect(outputText).toMatchFileSnapshot('wiring-v1.txt');
});
