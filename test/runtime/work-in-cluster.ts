// A cluster of one process that works: its primary has nothing to do but wait for it.

import cluster from 'node:cluster';
import type { AnyNodes, Services } from '../support/wired.ts';

if (cluster.isPrimary) {
  const worker = cluster.fork();
  worker.on('exit', (code, signal) => process.stdout.write(`gone ${signal ?? code}\n`));
  worker.on('message', () => worker.process.kill('SIGTERM'));
} else {
  const { createRuntime } = await import('../../src/index.ts');
  const { defineGraph } = await import('../../src/wiring/v1.ts');
  const graph = defineGraph<AnyNodes, Services>({ contract: 1, graphHash: 'none', nodes: {}, edges: [] });
  const runtime = createRuntime(graph, { services: {} });
  const working = runtime.work();
  // It hears of the signal once somebody listens.
  const announce = (): void => {
    if (process.listenerCount('SIGTERM') > 0) process.send?.('working');
    else setImmediate(announce);
  };
  announce();
  await working;
  process.stdout.write('closed\n');
}
