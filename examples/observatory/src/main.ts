// Listening to runs: metrics, progress, filters and notifications from what a run tells. Two nights of a telescope.
// Observers are not built yet; a loop over `run.events()` is the whole of it, see listen.ts.

import { watchSky } from './night.ts';

await watchSky(console.log);
