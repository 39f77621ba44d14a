// A line that fails for one attempt in three, always for the same ones.

import { createHash } from 'node:crypto';
import type { Line } from './notices.ts';

export function badLine(seed: number): Line {
  return (quakeId, attempt) => {
    const digest = createHash('sha256').update(`${seed}/${quakeId}/${attempt}`).digest();
    return digest.readUInt8(0) % 3 === 0;
  };
}
