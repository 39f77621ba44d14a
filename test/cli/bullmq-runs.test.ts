// The commands about runs in Redis: a module of the user's exports the runtime.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { createRuntime, Job } from 'onward';
import { bullmqEngine } from 'onward/engines/bullmq';
import { folderBelowRepository } from '../support/folders.ts';
import { describeWithRedis, redisServer } from '../support/redis.ts';
import { wire } from '../support/wired.ts';
import { ended, onward, start } from './built-command.ts';

const dist = fileURLToPath(new URL('../../dist/src/', import.meta.url));

const moduleAt = (connection: string): string => `
import { createRuntime, Job } from '${dist}index.js';
import { bullmqEngine } from '${dist}engines/bullmq/index.js';
import { defineGraph } from '${dist}wiring/v1.js';
class Shop { order() { return 'ordered'; } }
Job()(Shop.prototype, 'order');
const nodes = { 'Shop.order': { kind: 'job', call: (shop) => shop.order() } };
const graph = defineGraph({ contract: 1, graphHash: 'test', nodes, edges: [] });
const engine = bullmqEngine({ connection: '${connection}' });
export default createRuntime(graph, { services: { Shop: new Shop() }, engine });
`;

class Shop {
  @Job() order(): string {
    return 'ordered';
  }
}

describeWithRedis('runs in Redis', () => {
  test('are listed, resumed and cancelled by a command in a process of its own', async () => {
    const server = await redisServer();
    const connection = server.address;
    const services = { Shop: new Shop() };
    const runtime = createRuntime(wire(services), { services, engine: bullmqEngine({ connection }), log: false });
    const one = await runtime.start('Shop.order', undefined, { id: 'one', suspended: true });
    const two = await runtime.start('Shop.order', undefined, { id: 'two', suspended: true });
    void runtime.work();
    const cwd = folderBelowRepository('redis-runs');
    writeFileSync(join(cwd, 'runtime.mjs'), moduleAt(connection));
    const command = (...words: string[]) => onward([...words, '--engine', 'runtime.mjs'], { cwd });

    const listed = await command('runs');
    expect(listed).toMatchObject({ code: 0, err: '' });
    expect(listed.out).toMatch(/two +Shop\.order +suspended[^]*one +Shop\.order +suspended/);
    expect(await command('resume', 'one')).toMatchObject({ code: 0, err: '' });
    expect(await one.value()).toBe('ordered');
    expect(await command('cancel', 'two')).toMatchObject({ code: 0, err: '' });
    expect((await two.report()).status).toBe('cancelled');
    await runtime.close();
  });
});

test('without the packages a start says which command installs them', async () => {
  const absent = `data:text/javascript,${encodeURIComponent(
    "export function resolve(name, context, next) { if (name === 'ioredis') throw new Error('not found'); return next(name, context); }",
  )}`;
  const cwd = folderBelowRepository('no-packages');
  writeFileSync(join(cwd, 'runtime.mjs'), moduleAt('redis://127.0.0.1:1'));
  const program = `
    (await import('node:module')).register(${JSON.stringify(absent)});
    const { default: runtime } = await import('./runtime.mjs');
    await runtime.start('Shop.order').catch((error) => console.log(error.message));
  `;
  const ran = await ended(start(process.execPath, ['--input-type=module', '-e', program], { cwd }));
  expect(ran).toMatchObject({
    code: 0,
    out: 'ONW6010: runs on Redis need bullmq and ioredis; install them with `npm i bullmq ioredis`\n',
  });
});
