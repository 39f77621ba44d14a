// What every test file begins with.
//
// S1. Property tests draw at random; with SEED set they draw the same again, as `.ci/run` has them.
// S2. A warning of the process fails the file.
// S3. Folders that it has made are gone when it is done.

import fc from 'fast-check';
import { removeFoldersInTheEnd } from './support/folders.ts';
import { failOnWarnings } from './support/warnings.ts';

const seed = Number(process.env['SEED']);
if (Number.isSafeInteger(seed) && seed !== 0) fc.configureGlobal({ seed });

removeFoldersInTheEnd();
failOnWarnings();
