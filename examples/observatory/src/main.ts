// Listening to runs: metrics, the progress of the programme, filters and notifications. Two nights of a telescope.

import { watchSky } from './night.ts';

await watchSky(console.log);
