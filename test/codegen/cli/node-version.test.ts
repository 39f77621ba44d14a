// Which Node may run the commands.

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { assertNode } from '../../../codegen/cli/run.ts';

test.each(['18.20.8', '20.18.3', '9.11.2'])('Node %s is told to be too old', (version) => {
  const text = `ONW6011: this is Node ${version}, and onward needs 20.19 or newer; update Node`;
  expect(() => assertNode(version)).toThrow(text);
});

test.each(['20.19.0', '20.20.2', '21.0.0', '22.13.1', '100.0.0-nightly'])('Node %s is fine', (version) => {
  expect(() => assertNode(version)).not.toThrow();
});

test('the package says the same', () => {
  const { engines } = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8'));
  expect(engines).toEqual({ node: '>=20.19' });
});
