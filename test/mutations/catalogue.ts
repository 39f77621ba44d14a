// Every fault that the tests named in docs/features.md have to notice, in the order of its rows.

import { CALLBACKS } from './callbacks.ts';
import { CALLS } from './calls.ts';
import { DURABLE } from './durable.ts';
import { GENERATOR } from './generator.ts';
import { HOMES } from './homes.ts';
import { JOBS } from './jobs.ts';
import type { Mutation } from './mutation.ts';
import { OBSERVERS } from './observers.ts';
import { PLANS } from './plans.ts';
import { STORES } from './stores.ts';

export const MUTATIONS: readonly Mutation[] = [
  ...CALLBACKS,
  ...CALLS,
  ...DURABLE,
  ...OBSERVERS,
  ...PLANS,
  ...JOBS,
  ...HOMES,
  ...GENERATOR,
  ...STORES,
];
