// What the file in the wiring's place is, compared with the wiring it should be.
//
// S1. Only what its own lines say counts: nothing of it is executed.

import { conflictLine, CONTRACT, isWiring } from '../header.ts';

export type WiringState =
  | { readonly kind: 'fresh' }
  | { readonly kind: 'missing' }
  | { readonly kind: 'stale' }
  /** A merge was not finished; the line counts from 1. */
  | { readonly kind: 'conflict'; readonly line: number }
  | { readonly kind: 'other-contract'; readonly contract: string }
  /** Somebody else's file. */
  | { readonly kind: 'foreign' };

const CONTRACT_LINE = /^ {2}contract: (\d{1,9}),$/m;

export function wiringState(before: string | undefined, text: string): WiringState {
  if (before === undefined) return { kind: 'missing' };
  // A checkout may have turned every line's end into CRLF; nobody has edited anything then.
  const found = before.replaceAll('\r\n', '\n');
  if (found === text) return { kind: 'fresh' };
  if (found.trim() !== '' && !isWiring(found.replace(/^\uFEFF/, ''))) return { kind: 'foreign' };
  const line = conflictLine(found);
  if (line !== undefined) return { kind: 'conflict', line };
  const contract = CONTRACT_LINE.exec(found)?.[1];
  if (contract !== undefined && contract !== String(CONTRACT)) return { kind: 'other-contract', contract };
  return { kind: 'stale' };
}
