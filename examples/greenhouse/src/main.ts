// Runs that come as data: steps, conditions and references in JSON, and for each step the number that says why it stands
// as it does. A greenhouse whose gardeners write the plans.

import { tend } from './day.ts';

await tend(console.log);
