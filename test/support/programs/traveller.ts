// Performs what another process has started for a tenant, within a trace.

import type { BullmqEngineOptions } from 'onward/engines/bullmq';
import { travelling } from '../travelling.ts';

const options: BullmqEngineOptions = JSON.parse(process.argv[2] ?? '{}');
const runtime = travelling(options);
void runtime.work();
await runtime.runs({ limit: 1 });
console.log('up');
