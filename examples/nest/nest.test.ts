// The example over real HTTP: compiled by tsc, in a process of its own, which is told to stop while an order is charged.

import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type Server, type ServerResponse } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { folderBelowRepository } from '../../test/support/folders.ts';

const here = fileURLToPath(new URL('.', import.meta.url));
const root = join(here, '../..');

let gateway: Server;
/** Charges of 777 cents, which wait for their answer. */
const held: ServerResponse[] = [];
let app: ChildProcess;
let url = '';
let printed = '';

beforeAll(async () => {
  gateway = createServer((request, response) => {
    if (request.url === '/777') held.push(response);
    else response.end();
  });
  await new Promise<void>((listening) => gateway.listen(0, '127.0.0.1', listening));
  const folder = folderBelowRepository('nest-example');
  const compiler = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin/tsc');
  execFileSync(process.execPath, [compiler, '-p', here, '--outDir', folder], { cwd: root });
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  mkdirSync(join(folder, 'node_modules'));
  symlinkSync(root, join(folder, 'node_modules/onward'));
  app = spawn(process.execPath, ['main.js'], {
    cwd: folder,
    env: {
      ...process.env,
      PORT: '0',
      NO_COLOR: '1',
      GATEWAY_URL: `http://127.0.0.1:${(gateway.address() as AddressInfo).port}`,
    },
  });
  for (const stream of [app.stdout, app.stderr]) stream?.on('data', (text: Buffer) => void (printed += text));
  await vi.waitFor(
    () => {
      const [, found] = /listening on (http:\S+)/.exec(printed) ?? [];
      if (found === undefined) throw new Error(`it does not listen yet: ${printed}`);
      url = found;
    },
    { timeout: 60_000 },
  );
}, 120_000);

afterAll(() => {
  app.kill('SIGKILL');
  gateway.close();
});

function post(order: object): Promise<Response> {
  return fetch(`${url}/orders`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(order),
  });
}

async function get(path: string): Promise<{ readonly status: number; readonly body: unknown }> {
  const response = await fetch(url + path);
  return { status: response.status, body: await response.json() };
}

describe('orders', () => {
  test('are accepted at once, and can be asked for later', async () => {
    const accepted = await post({ id: 'o1', cents: 4_200 });
    expect([accepted.status, accepted.headers.get('location')]).toEqual([202, '/orders/o1']);
    expect(await accepted.json()).toEqual({ id: 'o1', href: '/orders/o1' });
    await vi.waitFor(async () => {
      expect(await get('/orders/o1')).toMatchObject({
        status: 200,
        body: { status: 'completed', value: { id: 'r-4200', cents: 4_200 }, counts: { completed: 2 } },
      });
    });
  });

  test('count once: the same again is the same run, and another one under the same id is a conflict', async () => {
    expect((await post({ id: 'o2', cents: 1 })).status).toBe(202);
    expect((await post({ id: 'o2', cents: 1 })).status).toBe(202);
    const other = await post({ id: 'o2', cents: 2 });
    expect(other.status).toBe(409);
    expect(await other.json()).toMatchObject({ statusCode: 409, error: 'Conflict', code: 'ONW3033' });
  });

  test('that make no sense are refused by the pipe, by the same class', async () => {
    const refused = await post({ id: '', cents: '12', extra: 1 });
    expect(refused.status).toBe(400);
    expect(await refused.json()).toMatchObject({
      message: [
        'property extra should not exist',
        expect.stringContaining('id must be longer'),
        ...Array.from({ length: 3 }, () => expect.stringContaining('cents')),
      ],
    });
  });

  test('that are declined fail, with the reason', async () => {
    await post({ id: 'dear', cents: 200_000 });
    await vi.waitFor(async () => {
      expect(await get('/orders/dear')).toMatchObject({ body: { status: 'failed', error: 'the card was declined' } });
    });
    expect(printed).toContain('dear: sorry, the card was declined');
  });

  test('that there are not are not found', async () => {
    expect(await get('/orders/none')).toMatchObject({ status: 404, body: { message: 'there is no order none' } });
  });

  test('are followed as server-sent events', async () => {
    await post({ id: 'o3', cents: 5 });
    const text = await (await fetch(`${url}/orders/o3/events`)).text();
    expect(text.match(/(?<=^event: ).*$/gm)).toEqual([
      'run.started',
      'step.started',
      'step.completed',
      'step.started',
      'step.completed',
      'run.ended',
    ]);
  });
});

describe('operations', () => {
  test('metrics are those of Prometheus', async () => {
    const response = await fetch(`${url}/metrics`);
    expect(response.headers.get('content-type')).toContain('text/plain; version=0.0.4');
    expect(await response.text()).toMatch(/^onward_runs_total\{job="Billing.charge",status="completed"\} \d+$/m);
  });

  test('health is up', async () => {
    expect(await get('/health')).toMatchObject({
      status: 200,
      body: { status: 'ok', details: { onward: { status: 'up', runtimes: { default: 'up' }, openRuns: 0 } } },
    });
  });
});

test('SIGTERM: an order under way is charged, new ones are refused, and the gateway is closed after it', async () => {
  expect((await post({ id: 'slow', cents: 777 })).status).toBe(202);
  await vi.waitFor(() => expect(held).toHaveLength(1));
  const ended = new Promise<NodeJS.Signals | number | null>((end) =>
    app.once('exit', (code, signal) => end(signal ?? code)),
  );
  app.kill('SIGTERM');
  const late = await vi.waitFor(async () => {
    const response = await post({ id: 'late', cents: 1 });
    expect(response.status).toBe(503);
    return response;
  });
  expect(late.headers.get('retry-after')).toBe('5');
  expect(await late.json()).toMatchObject({ statusCode: 503, code: 'ONW3040' });
  expect(await get('/health')).toMatchObject({ status: 503, body: { details: { onward: { status: 'down' } } } });
  expect(printed).not.toContain('closed');
  held[0]?.end();
  expect(await ended).toBe('SIGTERM');
  expect(printed).toMatch(/slow: thank you, receipt r-777[^]*\[Gateway\] closed/);
});
