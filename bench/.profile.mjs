import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRuntime } from '../dist/src/index.js';
import { sqliteEngine } from '../dist/src/engines/sqlite/index.js';
import { journaledEngine } from '../dist/src/testing/index.js';
import { Chain, chainGraph } from './workloads/chain.js';
const which = process.argv[2] ?? 'sqlite';
const folder = mkdtempSync(join(tmpdir(), 'onward-bench-'));
const engine = which === 'maps' ? journaledEngine() : sqliteEngine({ file: join(folder, 'runs.db') });
const runtime = createRuntime(chainGraph(), { services: { Chain: new Chain() }, engine, messages: { validate: false }, log: false });
async function chains(runs, open) {
  let left = runs;
  await Promise.all(Array.from({ length: open }, async () => {
    while (left-- > 0) { const run = await runtime.start('Chain.step1', { n: 1 }); await run.value(); await run.report(); }
  }));
}
await chains(1500, 200);
const cpu = () => { const { user, system } = process.cpuUsage(); return (user + system); };
for (let i = 0; i < 3; i++) { const b = cpu(); await chains(1500, 200); console.log(which, ((cpu() - b) / (1500 * 11)).toFixed(1), 'us/event'); }
await runtime.close(); rmSync(folder, { recursive: true });
