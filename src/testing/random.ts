// Random numbers from a seed, so that a failing schedule can be run again.

import { hashFraction } from '../run/step-key.ts';

/** A generator of fractions in [0, 1): Marsaglia's xorshift, 32 bits, 2003. */
export function seededRandom(seed: number): () => number {
  // Small seeds differ in a few bits only: they are spread first, and zero would stay zero.
  let state = Math.floor((hashFraction('seed', seed) + 1) * 2 ** 31) | 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}
