// The page on schedules.

import { testGuide } from './guide.ts';

testGuide('schedules', 3);
