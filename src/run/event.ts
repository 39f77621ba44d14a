// What happens to a run, as data: events and signals that reach the core, and the tasks that it wants performed.

import type { Routing, CallKey, Ref, StepId, Carried } from './step-data.ts';
import type { History } from './view.ts';
import type { Overlay } from './overlay.ts';
import type { Entry, RunPlan, EntryRef, PlanKind, Use } from './plan.ts';
import type { StateOperation } from './shared-state.ts';
import type { StepCode } from './status.ts';

/** How an attempt failed. */
export interface Failure {
  readonly code: StepCode;
  /** Another attempt may help. */
  readonly retry: boolean;
  /** Replaces the policy's delay. */
  readonly retryAfterMs?: number;
  /** Nothing began: no error and end callbacks run. */
  readonly refused: boolean;
  /** It is not known yet whether the entry is to run: the next attempt asks again. */
  readonly unanswered?: true;
}

/** What an attempt did apart from returning: counts only if it succeeds. */
export interface Effects {
  readonly state: readonly StateOperation[];
  /** The run ends early with this value. */
  readonly exit?: { readonly value: Ref };
}

/**
 * Which time of a step comes: that of its next attempt (`retry`), the one its edge or its start set (`after`), the end
 * of its grace period (`grace`), or of its wait for a message (`wait`).
 */
export type TimerKind = 'retry' | 'after' | 'grace' | 'wait';

/** Where a step is, so that an event names all it needs: the step, then the steps around it, nearest first. */
export interface StepAddress extends StepPlace {
  readonly around: readonly StepPlace[];
  /** Which life of its run it belongs to. Absent: the first one. */
  readonly life?: number;
}

export interface StepPlace {
  readonly step: StepId;
  readonly node: string;
  /** The `each` it is an item of. */
  readonly group?: string;
  /** The call of the step around it that it answers. */
  readonly call?: CallKey;
  /** The entry that it belongs to. */
  readonly progress?: number;
  /** The nodes of the callbacks that only this run has. */
  readonly callbacks?: readonly string[];
}

/** A body starts a child. */
export interface ChildStart {
  readonly call: CallKey;
  readonly node: string;
  readonly message: Ref;
  /** Differs for another target or message under the same key. */
  readonly fingerprint: string;
  /** The body waits for it, and gets its value or its error. */
  readonly called: boolean;
  /** It belongs to the run, not to the step that spawned it. */
  readonly detached: boolean;
  readonly delayMs: number;
}

/** A race for an instance of a join, and those who have lost it. */
export interface WonRace {
  readonly join: string;
  readonly instance: number;
  readonly losers: readonly StepAddress[];
}

export type Event =
  | { readonly type: 'submitted'; readonly plan: RunPlan; readonly settings: RunSettings }
  /** An entry of the plan is to have its turn: the first one of a lane, or the one after `after`. */
  | { readonly type: 'turn'; readonly turn: EntryRef; readonly after: number | null }
  /** The message of a step with start callbacks was built: they come before its body. */
  | { readonly type: 'prepared'; readonly at: StepAddress; readonly attempt: number; readonly message: Ref }
  | {
      readonly type: 'completed';
      readonly at: StepAddress;
      readonly attempt: number;
      readonly message: Ref;
      readonly value: Ref;
      readonly routing: Routing;
      readonly effects: Effects | null;
    }
  | {
      readonly type: 'failed';
      readonly at: StepAddress;
      readonly attempt: number;
      readonly message: Ref;
      readonly error: Ref;
      readonly failure: Failure;
      /** Null: its error edges were not asked, because a retry was to follow. */
      readonly routing: Routing | null;
    }
  /** The edges of a step were asked about a value or error that its body did not produce itself. */
  | { readonly type: 'routed'; readonly at: StepAddress; readonly attempt: number; readonly routing: Routing }
  /** The condition of an entry does not hold. */
  | { readonly type: 'unmet'; readonly at: StepAddress; readonly attempt: number }
  /** A step that waits for a message gets the one of this number. */
  | { readonly type: 'delivered'; readonly at: StepAddress; readonly number: number }
  | { readonly type: 'spawned'; readonly at: StepAddress; readonly attempt: number; readonly start: ChildStart }
  /** A timer of the step came due. */
  | { readonly type: 'due'; readonly at: StepAddress; readonly attempt: number; readonly timer: TimerKind }
  /** A body came back after its attempt had ended otherwise. */
  | { readonly type: 'late'; readonly at: StepAddress; readonly attempt: number }
  /** The engine gave up on a delivery. */
  | { readonly type: 'lost'; readonly at: StepAddress; readonly attempt: number; readonly error: Ref }
  /** A body whose process died is about to be called again: the `deaths`-th time that counts. */
  | { readonly type: 'redelivered'; readonly at: StepAddress; readonly attempt: number; readonly deaths: number }
  /** It lived on, or was not called: so many `deaths` are left. */
  | { readonly type: 'survived'; readonly at: StepAddress; readonly attempt: number; readonly deaths: number }
  /** Something around this live step changed (a cancel, a resume): it stops or goes on, if that concerns it. */
  | { readonly type: 'swept'; readonly at: StepAddress }
  /** Joins went by their first source: the steps that have lost are withdrawn. */
  | { readonly type: 'raced'; readonly races: readonly WonRace[] }
  /** One step is to be cancelled, with what belongs to it. */
  | { readonly type: 'stepCancelled'; readonly at: StepAddress; readonly reason?: string | undefined }
  | { readonly type: 'cancel'; readonly reason?: string | undefined }
  | { readonly type: 'suspend' }
  | { readonly type: 'resume' }
  | { readonly type: 'deadline' }
  /** The process has another graph than the run began with: the run is held until it is resumed. */
  | { readonly type: 'graphChanged'; readonly hash: string }
  /** Entries are added to an open plan, numbered from `first` on. */
  | { readonly type: 'added'; readonly first: number; readonly entries: readonly Entry[] }
  /** Nothing more is added to an open plan. */
  | { readonly type: 'closed' }
  /** A message from outside, for a node that waits for one. The same id counts once. */
  | {
      readonly type: 'message';
      readonly node: string;
      readonly id: string;
      /** Differs for another node or message under the same id. Absent: its id is made up, and comes once. */
      readonly fingerprint?: string | undefined;
      readonly message: Ref;
    }
  /** Nothing is live: joins that cannot complete, run callbacks, the end. `callbacks` are the nodes of the plan's own. */
  | { readonly type: 'idle'; readonly callbacks?: readonly string[] };

/**
 * What reaches a run from outside, before the run has been looked at: a step is named by its number or its key, and
 * entries have no numbers.
 */
export type Signal =
  | Extract<Event, { readonly type: 'cancel' | 'suspend' | 'resume' | 'closed' | 'message' }>
  | { readonly type: 'stepCancelled'; readonly step: StepId | string; readonly reason?: string | undefined }
  | { readonly type: 'added'; readonly entries: readonly Entry[] };

/**
 * Why a signal changes nothing. `over`: the run, or the step, has nothing left to change. `duplicate`: it has been
 * applied before. `ending`: the run is being cancelled or ends early. `unknown`: there is no such step. `shut`: the plan
 * never was open. `full`: the plan has all the entries that it may have. `changed`: the id of a message is that of
 * another one.
 */
export type Refused = 'over' | 'duplicate' | 'ending' | 'unknown' | 'shut' | 'full' | 'changed';

/** What became of a signal. */
export type Signalled = 'applied' | Refused;

/** Events of one step. */
export type StepEvent = Extract<Event, { readonly at: StepAddress }>;

/** What a run is started with, apart from its plan. */
export interface RunSettings {
  readonly tags: readonly string[];
  /** Steps a run may have; the first one beyond that is no callback is refused with code 108, and nothing follows it. */
  readonly stepLimit: number;
  /** Executions of nodes, by pattern; the last that fits counts, null stands for any number. */
  readonly maxPerRun: readonly (readonly [pattern: string, limit: number | null])[];
  /** Time a cancelled body is given to return, in milliseconds. */
  readonly cancelGraceMs: number;
  readonly history: History;
  /** Milliseconds since the epoch; 0 for none. */
  readonly deadline: number;
  /** Milliseconds since the epoch; 0 for at once. */
  readonly notBefore: number;
  /** It begins when it is resumed. */
  readonly suspended: boolean;
  /** What travels with the run to other processes, such as a trace context. */
  readonly carried?: Carried;
  /** What to do if a later process has another graph. Absent: the run goes on by the names of nodes. */
  readonly onGraphChange?: 'raise' | 'reset';
  /** Absent: it was not begun by a schedule. */
  readonly source?: 'schedule';
  /** What kind of plan it is. Absent: it is one job. */
  readonly plan?: PlanKind | undefined;
  /** What its calls are hashed with, where nobody without a key is to learn what they were called with. */
  readonly salt?: string;
}

/** What is to be performed: the message before the start callbacks, the body, or the routing of edges. */
export type TaskKind = 'prepare' | 'body' | 'route';

/** One attempt that an engine has to have performed. */
export interface Task {
  /** Names the delivery: `runId~step.attempt`, with the life before the step and the kind behind it where they are not the usual ones. */
  readonly key: string;
  readonly kind: TaskKind;
  readonly stepKey: string;
  readonly runId: string;
  readonly at: StepAddress;
  readonly attempt: number;
  readonly round: number;
  readonly tags: readonly string[];
  /** The steps around it, nearest first. */
  readonly ancestors: readonly { readonly key: string; readonly node: string; readonly attempt: number }[];
  /** Edge id; null for an entry or a child. */
  readonly via: string | null;
  /** The name its return value is kept under. */
  readonly valueKey: string;
  /** It takes no slot of its own: a body that holds one waits for it. */
  readonly inline: boolean;
  /** Where it stands in the run's plan, if only this run has such a node or edge. */
  readonly overlay?: Overlay;
  /** What has to be asked of an entry of a plan, and how the entry before it ended. */
  readonly turn?: TaskEntry;
  /** The message it was sent from outside. */
  readonly sent?: { readonly message: Ref };
  /** When it has to be over, in milliseconds since the epoch. */
  readonly dueAt?: number;
  readonly input: {
    /** The target's message and value, of which the message is made. */
    readonly targetMessage: Ref;
    readonly targetValue: Ref;
    /** The value is an array, and this item of it is meant; -1 for the whole. */
    readonly item: number;
    /** Set once it was built: what the message is built from. */
    readonly message?: Ref;
    /** To route: the value or error in question. */
    readonly routed?: Ref;
    readonly routedMoment?: 'success' | 'error';
  };
}

export interface TaskEntry {
  readonly condition?: Ref;
  readonly uses?: readonly Use[];
  readonly parameters?: Ref;
  readonly previous?: { readonly ok: boolean; readonly value: Ref };
}
