// The page on definitions.

import { testGuide } from './guide.ts';

testGuide('definitions', 3);
