// The moments of nodes and of runs: what an annotation watches, and what it gives to its callback.
//
// MOMENTS-1. This table is the only place that says what a moment is. The core, the runtime, the decorators and the
//            generator read it.
// MOMENTS-2. The names of moments stand in wirings and in records: they never change their meaning.

/** How the step at the end of an edge belongs to the run: it carries the run on, its target waits for it, or only the run waits. */
export type EdgeRole = 'flow' | 'bracket' | 'watcher';

/** What a callback can take from a moment of a node. */
export type MomentValue = 'returnValue' | 'error' | 'message';

interface MomentFacts {
  /** The annotation that watches it. */
  readonly annotation: string;
  /** Whose moment it is. */
  readonly of: 'node' | 'run' | 'join';
  /** How its callback belongs to the run. A failure of `flow` fails the run unless `critical: false` says otherwise. */
  readonly role: EdgeRole;
  /** What marks take from it. A callback of runs takes the report, a join takes its sources. */
  readonly gives: readonly MomentValue[];
}

export const MOMENTS = {
  start: { annotation: 'OnStart', of: 'node', role: 'bracket', gives: ['message'] },
  success: { annotation: 'OnSuccess', of: 'node', role: 'flow', gives: ['returnValue', 'message'] },
  error: { annotation: 'OnError', of: 'node', role: 'bracket', gives: ['error', 'message'] },
  end: { annotation: 'OnEnd', of: 'node', role: 'bracket', gives: ['returnValue', 'error', 'message'] },
  cancel: { annotation: 'OnCancel', of: 'node', role: 'watcher', gives: ['message'] },
  runSuccess: { annotation: 'OnRunSuccess', of: 'run', role: 'watcher', gives: [] },
  runError: { annotation: 'OnRunError', of: 'run', role: 'watcher', gives: [] },
  runEnd: { annotation: 'OnRunEnd', of: 'run', role: 'watcher', gives: [] },
  join: { annotation: 'Join', of: 'join', role: 'flow', gives: [] },
} as const satisfies Readonly<Record<string, MomentFacts>>;

/** What leads to a step: a moment of a node or of a run, or a join whose sources have arrived. */
export type Moment = keyof typeof MOMENTS;
/** The moments of a run. */
export type RunMoment = MomentsOf<'run'>;

type MomentsOf<Of> = { [M in Moment]: (typeof MOMENTS)[M]['of'] extends Of ? M : never }[Moment];

/** In the order in which a run reaches them. */
export const RUN_MOMENTS: readonly RunMoment[] = ['runSuccess', 'runError', 'runEnd'];

export function isRunMoment(moment: Moment): moment is RunMoment {
  return MOMENTS[moment].of === 'run';
}
