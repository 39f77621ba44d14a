// Where a step and a run stand between their events, and how a step belongs to its run.

/** Where a live step stands. */
export const Phase = {
  /** Waits for a timer, or for the run to go on; no attempt is under way. */
  HELD: 0,
  /** An attempt is dispatched. */
  RUNNING: 1,
  /** Its message is being built, ahead of its start callbacks. */
  PREPARING: 2,
  /** Its start callbacks run, one after another. */
  STARTING: 3,
  /** The body is over; children are not. */
  WAITING: 4,
  /** It has failed: its error callbacks run. */
  HANDLING: 5,
  /** Its edges are asked about a value or an error that its body did not make. */
  JUDGING: 6,
  /** Its end callbacks run. */
  ENDING: 7,
  /** Told to stop; waits for its body, or for the grace period. */
  STOPPING: 8,
  /** To be cancelled; waits for what belongs to it. */
  CANCELLING: 9,
  /** Waits for a message from outside. */
  LISTENING: 10,
  OVER: 11,
} as const;
export type Phase = (typeof Phase)[keyof typeof Phase];

/** How a step belongs to the run. */
export const Role = {
  /** It carries the run on. */
  FLOW: 0,
  /** A start, error or end callback: the step it watches waits for it. */
  BRACKET: 1,
  /** Spawned by the body of a step, which waits for it and fails with it. */
  CHILD: 2,
  /** Called by a body, which gets its value or its error. */
  CALLED: 3,
  /** A cancel or run callback: only the run waits for it. */
  WATCHER: 4,
} as const;
export type Role = (typeof Role)[keyof typeof Role];

/** How far a run has come. */
export const Stage = {
  /** Its steps run. */
  ON: 0,
  /** Its outcome is fixed; its success or error callbacks run. */
  TOLD: 1,
  /** Its end callbacks run. */
  ENDING: 2,
  OVER: 3,
} as const;
export type Stage = (typeof Stage)[keyof typeof Stage];
