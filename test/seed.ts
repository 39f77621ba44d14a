// Property tests draw at random; with SEED set they draw the same again, as `.ci/run` has them.

import fc from 'fast-check';

const seed = Number(process.env['SEED']);
if (Number.isSafeInteger(seed) && seed !== 0) fc.configureGlobal({ seed });
