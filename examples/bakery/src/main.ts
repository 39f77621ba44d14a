// Several jobs as one run: a sequence that stops or goes on, groups side by side, retries, a time limit, what the entry
// before returned, and one callback for the whole. Three nights at a bakery.

import { bakeAll } from './nights.ts';

await bakeAll(console.log);
