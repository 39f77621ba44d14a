// Draws plans, plays each on something real, and compares with what the interpreter predicts.

import fc from 'fast-check';
import { expect } from 'vitest';
import { planArbitrary } from './arbitrary-plan.ts';
import { differencesOf, disorderOf, predicted, type Essence } from './essence.ts';
import type { GraphPlan } from './graph-plan.ts';
import { printPlan } from './print-plan.ts';
import { play } from './reference.ts';
import { SELDOM_DRAWN } from './seldom-drawn.ts';
import type { World } from './world.ts';

export const RUNS = Number(process.env['MODEL_RUNS'] ?? (process.env['SOAK'] === undefined ? 1_000 : 50_000));
const GIVEN = Number(process.env['SEED']);
export const SEED = Number.isSafeInteger(GIVEN) && GIVEN !== 0 ? GIVEN : Date.now() % 1_000_000;
/** A failure is told as it was drawn: for those who only want to know whether there is one. */
const SHRINKS = process.env['MODEL_SHRINKS'] !== '0';

export interface Subject {
  readonly playFor: (plan: GraphPlan, world: World) => Promise<Essence>;
  /** The part of a plan that it can play. @default all of it */
  readonly playable?: (plan: GraphPlan) => GraphPlan;
  /** Bodies begin in the order in which their steps became ready. */
  readonly inOrder: boolean;
}

interface Seen {
  compared: number;
  tied: number;
}

async function isAsPredicted(drawn: GraphPlan, { playFor, playable, inOrder }: Subject, seen: Seen): Promise<void> {
  const plan = playable?.(drawn) ?? drawn;
  const world = play(plan);
  const isOrdered = !world.unordered && (inOrder || !prepares(plan));
  if (world.ties.length > 0 || (!isOrdered && world.luck.length > 0)) {
    seen.tied++;
    return;
  }
  seen.compared++;
  const told = await playFor(plan, world);
  const differences = [...differencesOf(predicted(world), told), ...(inOrder ? disorderOf(world, told) : [])];
  if (differences.length > 0) throw new Error(differences.join('\n'));
}

/** What comes ahead of a body is made once its message is known: of bodies that are ready at once, whichever that is first. */
function prepares({ edges }: GraphPlan): boolean {
  return edges.some(({ on }) => on === 'start');
}

/** Draws plans until one does not end as predicted. */
export async function check(subject: Subject): Promise<void> {
  const seen: Seen = { compared: 0, tied: 0 };
  const property = fc.asyncProperty(planArbitrary, (plan) => isAsPredicted(plan, subject, seen));
  const examples = SELDOM_DRAWN.map((plan): [GraphPlan] => [plan]);
  const result = await fc.check(property, { numRuns: RUNS, seed: SEED, endOnFailure: !SHRINKS, examples });
  const [plan] = result.counterexample ?? [];
  if (plan !== undefined) {
    const why = result.errorInstance instanceof Error ? result.errorInstance.message : String(result.errorInstance);
    const again = `SEED=${SEED}, after ${result.numRuns} plans, path ${result.counterexamplePath}`;
    throw new Error(`${again}\n${printPlan(plan)}\n- predicted, + told:\n${why}`);
  }
  expect(result.failed, String(result.errorInstance)).toBe(false);
  console.log(`seed ${SEED}, ${RUNS} plans:`, seen);
  expect(seen.compared).toBeGreaterThan(RUNS * 0.75);
}
