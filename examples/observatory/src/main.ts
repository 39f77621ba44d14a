// Listening to runs: logs, metrics, progress, a record, batches, filters and notifications. Two nights of a telescope.

import { watchSky } from './night.ts';

await watchSky(console.log);
