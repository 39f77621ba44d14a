// The map store keeps to what every store keeps to.

import { MapStore } from '../../src/engines/store/map-store.ts';
import { testStore } from './store-contract.ts';

testStore('of maps', { open: async () => new MapStore() });
