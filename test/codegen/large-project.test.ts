// What a stage of the generator has left behind is collected, where there is much of it.

import { setImmediate } from 'node:timers/promises';
import { runInNewContext } from 'node:vm';
import { expect, it } from 'vitest';
import { generateWiring } from '../../codegen/index.ts';
import { collectAfterStage, isLarge } from '../../codegen/large-project.ts';
import { Session } from '../../codegen/session.ts';
import { projectOnDisk, SMALL } from './project-on-disk.ts';

// Before a test that sets them: they hold for the rest of the process.
it('sets no flags of V8 in a program that generates, and collects nothing while files are watched', () => {
  const others = Array.from({ length: 3_000 }, (_, at) => [`src/other-${at}.ts`, `export const n = ${at};\n`]);
  const project = projectOnDisk({ 'src/pinger.ts': SMALL, ...Object.fromEntries(others) });
  const tsconfig = `${project.folder}/tsconfig.json`;
  expect(generateWiring({ project: tsconfig })).toMatchObject({ ok: true, written: true });
  const session = new Session(tsconfig);
  session.update();
  expect(isLarge(session.found?.size ?? 0)).toBe(true);
  project.write('src/pinger.ts', SMALL.replaceAll('pong', 'echo'));
  session.update();
  expect(session.found?.text).toContain('echo');
  expect(runInNewContext('typeof gc')).toBe('undefined');
});

it('collects after a stage of a large project, and not in one of the usual size', async () => {
  const left = new WeakRef({ text: 'of the stage' });
  await setImmediate();
  collectAfterStage(1_000);
  expect(left.deref()).toBeDefined();
  await setImmediate();
  collectAfterStage(5_000);
  expect(left.deref()).toBeUndefined();
});
