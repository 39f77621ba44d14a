// Names for what the core only passes on.

/** A payload the core never looks into: the value itself in memory, the key of a value in stores. */
export type Ref = unknown;
/** 1…n per run, never reused. */
export type StepId = number;
/** Names a spawn or a call within the step that made it. */
export type CallKey = string;
