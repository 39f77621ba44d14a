// A process that works until it is asked to end; with an argument, its runtime never closes.

import { createRuntime } from '../../src/index.ts';
import { defineGraph } from '../../src/wiring/v1.ts';
import type { AnyNodes, Services } from '../support/wired.ts';

const stuck = { onEvent: () => undefined, close: () => new Promise<void>(() => undefined) };
const graph = defineGraph<AnyNodes, Services>({ contract: 1, graphHash: 'none', nodes: {}, edges: [] });
const runtime = createRuntime(graph, { services: {}, observers: process.argv.length > 2 ? [stuck] : [] });
const working = runtime.work();
process.on('SIGTERM', () => process.stdout.write('asked\n'));
// It hears of the signal once there are two who listen.
const announce = (): void => {
  if (process.listenerCount('SIGTERM') > 1) process.stdout.write('working\n');
  else setImmediate(announce);
};
announce();
await working;
process.stdout.write('closed\n');
process.removeAllListeners('SIGTERM');
