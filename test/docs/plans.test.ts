// The page on plans.

import { testGuide } from './guide.ts';

testGuide('plans', 6);
