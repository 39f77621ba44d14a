// A thread that works: it prints what is logged, and closes then.

import { isMainThread, Worker } from 'node:worker_threads';
import { createRuntime } from '../../src/index.ts';
import { defineGraph } from '../../src/wiring/v1.ts';
import type { AnyNodes, Services } from '../support/wired.ts';

if (isMainThread) {
  // What a process was started with for TypeScript holds in no thread of it.
  const program = `import('tsx/esm/api').then(({ tsImport }) => tsImport('${import.meta.url}', '${import.meta.url}'))`;
  void new Worker(program, { eval: true });
} else {
  const warn = (text: string): void => {
    console.log(text);
    void runtime.close();
  };
  const graph = defineGraph<AnyNodes, Services>({ contract: 1, graphHash: 'none', nodes: {}, edges: [] });
  const runtime = createRuntime(graph, { services: {}, log: { warn, error: warn } });
  await runtime.work();
  console.log('closed');
}
