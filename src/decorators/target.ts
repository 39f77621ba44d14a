// The two forms in which a callback names its target: `() => Billing, 'charge'`, or `'charge'` for the same class.

import type { EdgeOn } from '../wiring/v1.ts';
import { assertLegacyCall, assertParentheses, recordEdge, type EdgeRecord } from './record.ts';

/** What a callback decorator was called with, as written. */
export type EdgeArguments = readonly [first: string | (() => unknown), second?: unknown, third?: unknown];

/** The decorator as the compiler's output calls it. */
export type RecordingDecorator = (prototype: object, method: string | symbol, descriptor: never) => void;

/** A decorator that writes one edge down. */
export function edgeDecorator(annotation: string, on: EdgeOn, given: EdgeArguments): RecordingDecorator {
  assertParentheses(annotation, given);
  return recordingDecorator(annotation, edgeOf(on, given));
}

export function edgeOf(on: EdgeOn, [first, second, third]: EdgeArguments): EdgeRecord {
  if (typeof first === 'string') return { on, target: { method: first }, options: optionsOf(second) };
  return { on, target: { service: first, method: String(second) }, options: optionsOf(third) };
}

/** A decorator that writes down an edge which is put together already. */
export function recordingDecorator(annotation: string, edge: EdgeRecord): RecordingDecorator {
  return (prototype, method) => {
    assertLegacyCall(annotation, prototype, method);
    recordEdge(prototype, String(method), edge);
  };
}

/** A copy, so that a later change of the user's object changes no edge. */
export function optionsOf(options: unknown): Readonly<Record<string, unknown>> {
  return typeof options === 'object' && options !== null ? { ...options } : {};
}
