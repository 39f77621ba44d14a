// Runs that fail, are repaired and are retried.

import { expect } from 'vitest';
import type { Engine, RunReport, StartedRun } from 'onward';
import { journaledEngine } from 'onward/testing';
import { rejectionOf, wired, type Parameters, type Services, type Wired } from '../support/wired.ts';

/** What fails, and what was called. */
export class World {
  readonly failing: Set<string>;
  readonly called: string[] = [];

  constructor(...failing: string[]) {
    this.failing = new Set(failing);
  }

  /** Each body says so. */
  act(name: string): void {
    this.called.push(name);
    if (this.failing.has(name)) throw new Error(`${name} failed`);
  }

  /** What fails is repaired. */
  heal(): void {
    this.failing.clear();
    this.called.length = 0;
  }
}

/** A graph, and how a run of it begins. */
export interface Play {
  readonly services: (world: World, app: () => Wired) => Services;
  readonly parameters?: Parameters;
  readonly begin: (app: Wired) => Promise<StartedRun>;
}

export const codes = (report: RunReport): string[] => report.steps.map(({ node, code }) => `${node} ${code}`);

export function appOf(engine: Engine, { services, parameters }: Play, world: World): Wired {
  const app: Wired = wired(
    engine,
    services(world, () => app),
    parameters,
  );
  return app;
}

export async function over(app: Wired, run: StartedRun): Promise<RunReport> {
  await app.clock.runAll();
  return run.report();
}

/** What is the same in two runs that came to the same end. */
export function essenceOf({ status, value, state, counts, steps }: RunReport): unknown {
  const lines = steps.map(
    ({ node, status: ended, code, message, returnValue }) =>
      `${node} ${ended} ${code === 208 ? 0 : code} ${JSON.stringify([message, returnValue])}`,
  );
  return { status, value, state, counts, lines: lines.toSorted() };
}

export interface Retried {
  readonly first: RunReport;
  readonly report: RunReport;
  /** The bodies that the retry called. */
  readonly called: readonly string[];
}

/** Fails, is repaired and retried, and has then come to where a run comes to in which nothing failed. */
export async function retry(open: () => Engine, play: Play, failing: readonly string[]): Promise<Retried> {
  const world = new World(...failing);
  const app = appOf(open(), play, world);
  const run = await play.begin(app);
  const first = await over(app, run);
  expect(first.status).toBe('failed');
  world.heal();
  const report = await over(app, await app.runtime.retry(run.id));
  const called = [...world.called];
  const sound = appOf(open(), play, new World());
  expect(essenceOf(report)).toEqual(essenceOf(await over(sound, await play.begin(sound))));
  world.called.length = 0;
  expect(await rejectionOf(app.runtime.retry(run.id))).toMatchObject({ code: 'ONW3031' });
  expect(world.called).toEqual([]);
  return { first, report, called };
}

export const ID = { id: 'a' };

/** Each of them keeps its runs on maps. */
export const ENGINES: readonly [string, () => Engine][] = [
  ['without faults', () => journaledEngine()],
  ['with faults', () => journaledEngine({ seed: 3, lose: 0.3, reorder: true })],
];
