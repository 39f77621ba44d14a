// A Redis of its own for a test file: the real server, on a free port of this machine.
//
// R1. It is gone when the file is done, with all that it has written.
// R2. Without `redis-server` tests are skipped and say so; with REQUIRE_ENGINES=1 they fail instead.

import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { createServer, connect } from 'node:net';
import { afterAll, describe } from 'vitest';
import { temporaryFolder } from './folders.ts';

const isThere = spawnSync('redis-server', ['--version']).status === 0;
const isRequired = process.env['REQUIRE_ENGINES'] === '1';
if (!isThere && !isRequired)
  console.warn('skipped: these tests need `redis-server` (Debian: apt-get install redis-server)');

/** A block of tests that need Redis. */
export const describeWithRedis = isThere || isRequired ? describe : describe.skip;

const running = new Set<RedisServer>();

afterAll(async () => {
  for (const server of running) await server.kill();
});

export class RedisServer {
  readonly port: number;
  readonly #folder: string;
  readonly #options: readonly string[];
  #child: ChildProcess | undefined;

  constructor(port: number, folder: string, options: readonly string[]) {
    this.port = port;
    this.#folder = folder;
    this.#options = options;
  }

  get address(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  /** Starts it where it was. Resolves once it answers. */
  async start(): Promise<void> {
    const place = ['--port', String(this.port), '--bind', '127.0.0.1', '--dir', this.#folder];
    running.add(this);
    this.#child = spawn('redis-server', [...place, '--save', '', ...this.#options], { stdio: 'ignore' });
    for (;;) {
      if (await answers(this.port)) return;
      const { exitCode, signalCode } = this.#child;
      if (exitCode !== null || signalCode !== null)
        throw new Error(`redis-server ended with ${exitCode ?? signalCode}`);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  /** It has no time to write anything. */
  async kill(): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    running.delete(this);
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await gone;
  }

  /** Halts it, or lets it go on. */
  signal(signal: 'SIGSTOP' | 'SIGCONT'): void {
    this.#child?.kill(signal);
  }
}

/** What a server has that keeps what it is given. */
export const KEPT = ['--appendonly', 'yes', '--appendfsync', 'everysec', '--maxmemory-policy', 'noeviction'];

/** Starts a server. @param options of redis-server */
export async function redisServer(options: readonly string[] = KEPT): Promise<RedisServer> {
  const server = new RedisServer(await freePort(), temporaryFolder('redis'), options);
  await server.start();
  return server;
}

/** A port that nobody listens on. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('error', () => resolve(false));
    socket.once('connect', () => socket.write('PING\r\n'));
    socket.once('data', (data) => {
      socket.destroy();
      resolve(data.toString().startsWith('+PONG'));
    });
  });
}
