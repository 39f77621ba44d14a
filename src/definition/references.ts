// Whether an expression refers to what exists: parameters, and steps that are over before.

import { didYouMean } from '../errors/nearest-name.ts';
import { joinPath, quoted } from '../values/describe.ts';
import { DANGEROUS_NAMES } from '../values/json.ts';
import { pathsOf, type Expression } from './expression.ts';
import type { Words } from '../values/issues.ts';

/** An earlier step that a step refers to. */
export interface UsedStep {
  readonly id: string;
  /** Its position in the definition, from 0. */
  readonly step: number;
}

/** The steps of the definition, as a step refers to them. */
export interface StepIndex {
  /** The first position of each id. */
  readonly places: ReadonlyMap<string, number>;
  readonly mode: 'sequential' | 'parallel';
  /** Whether the step at the first place is over when the one at the second begins. */
  isOverBefore(this: void, earlier: number, at: number): boolean;
}

/** What a reference may ask of a step. */
const FACTS = ['ok', 'status', 'code', 'value'];
/** With more steps, and for longer ids, no nearest id is looked for: each pair takes time. */
const MOST_COMPARED = 500;
const LONGEST_COMPARED = 40;

/**
 * Checks every path of an expression of the step at a place.
 *
 * @param report called with each problem.
 * @returns the steps that it refers to.
 */
export function usedSteps(
  { root }: Expression,
  at: number,
  steps: StepIndex,
  report: (words: () => Words) => void,
): UsedStep[] {
  const used: UsedStep[] = [];
  for (const path of pathsOf(root)) {
    const wrong = whatIsWrong(path, at, steps);
    if (wrong !== undefined) report(wrong);
    else if (path[0] === 'steps' && typeof path[1] === 'string') {
      used.push({ id: path[1], step: steps.places.get(path[1]) ?? 0 });
    }
  }
  return used;
}

function whatIsWrong(path: readonly (string | number)[], at: number, steps: StepIndex): (() => Words) | undefined {
  const forbidden = path.find((part) => DANGEROUS_NAMES.has(String(part)));
  if (forbidden !== undefined) {
    return () => ({ expected: 'no path through a prototype', got: quoted(String(forbidden)) });
  }
  if (path[0] === 'parameters') return undefined;
  if (path[0] !== 'steps') {
    return () => ({ expected: 'a path that begins with `steps.<id>` or `parameters`', got: shownPath(path) });
  }
  return typeof path[1] === 'string'
    ? whatIsWrongWithStep(path, path[1], at, steps)
    : () => ({ expected: 'the id of a step after `steps`', got: shownPath(path) });
}

function whatIsWrongWithStep(
  path: readonly (string | number)[],
  id: string,
  at: number,
  steps: StepIndex,
): (() => Words) | undefined {
  const place = steps.places.get(id);
  if (place === undefined) return () => ({ expected: `a step that exists${perhaps(id, steps)}`, got: quoted(id) });
  if (place >= at) {
    const where = place === at ? 'this step itself' : `steps[${place}]`;
    return () => ({ expected: 'a step that comes before this one', got: `${quoted(id)}, which is ${where}` });
  }
  if (!steps.isOverBefore(place, at)) {
    const how = steps.mode === 'parallel' ? 'which runs next to it' : 'whose group runs after it';
    return () => ({
      expected: 'a step that is over before this one begins',
      got: `${quoted(id)} (steps[${place}]), ${how}; put both into one group`,
    });
  }
  if (FACTS.includes(String(path[2]))) return undefined;
  const all = FACTS.map((fact) => `\`${fact}\``).join(', ');
  return () => ({
    expected: `one of ${all} after ${shownPath(path.slice(0, 2))}`,
    got: path[2] === undefined ? 'nothing' : quoted(String(path[2])),
  });
}

function perhaps(id: string, { places }: StepIndex): string {
  if (places.size > MOST_COMPARED || id.length > LONGEST_COMPARED) return '';
  const hint = didYouMean(id, places.keys(), quoted);
  return hint === undefined ? '' : ` (${hint})`;
}

/** The beginning of a path, as it may be written. */
function shownPath(path: readonly (string | number)[]): string {
  return `\`${path.slice(0, 4).reduce<string>(joinPath, '')}\``;
}
