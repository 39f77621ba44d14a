// Callbacks at every moment, nodes and edges, a loop with a condition, and an early exit: a day at a coffee roaster's.
// Five lots: one is roasted in three rounds, one burns, one jams the drum, one is sent back and one is called off.

import { roastAll } from './day.ts';

await roastAll(console.log);
