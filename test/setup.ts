// What every test file begins with.
//
// S1. Property tests draw at random; with SEED set they draw the same again, as `.ci/run` has them.
// S2. A warning of the process fails the file.

import fc from 'fast-check';
import { failOnWarnings } from './support/warnings.ts';

const seed = Number(process.env['SEED']);
if (Number.isSafeInteger(seed) && seed !== 0) fc.configureGlobal({ seed });

failOnWarnings();
