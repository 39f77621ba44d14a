// Calls with callbacks: signatures, bound data, callbacks on success and on error, a chain, a swarm with a threshold,
// and a run that is held over lunch. A day at a lab that still develops film.

import { openLab } from './day.ts';

await openLab(console.log);
