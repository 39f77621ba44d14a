// The map store keeps to what every store keeps to.

import { describe, test } from 'vitest';
import { storeConformance } from 'onward/testing';
import { MapStore } from '../../src/engines/store/map-store.ts';

describe('the store of maps', () => {
  test.each(storeConformance({ open: () => new MapStore() }))('$name', ({ run }) => run());
});
