// Waiting for people: a step waits for a message from outside, checked and counted once, and its time limit hands the
// question on to somebody else. Five expense claims.

import { settleAll } from './office.ts';

await settleAll(console.log);
