// The steps of a definition by their ids, and which of them are over when another one begins.

import type { Json } from '../run/json.ts';
import { isRecord } from './json-kinds.ts';
import type { StepIndex } from './references.ts';

export function stepIndexOf(steps: readonly Json[], mode: StepIndex['mode']): StepIndex {
  const places = new Map<string, number>();
  /** By place. A step without a group is a group of its own. */
  const groups: (string | number)[] = [];
  for (const [at, step] of steps.entries()) {
    const { id, group } = isRecord(step) ? step : {};
    if (typeof id === 'string' && !places.has(id)) places.set(id, at);
    groups.push(typeof group === 'string' ? group : at);
  }
  const begins = new Map<string | number, number>();
  for (const [at, group] of groups.entries()) if (!begins.has(group)) begins.set(group, at);
  const beginOf = (at: number): number => begins.get(groups[at] ?? at) ?? at;
  return {
    places,
    mode,
    isOverBefore: (earlier, at) =>
      groups[earlier] === groups[at] ? earlier < at : mode === 'sequential' && beginOf(earlier) < beginOf(at),
  };
}
