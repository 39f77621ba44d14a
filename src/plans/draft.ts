// A plan before it is started: which jobs with which messages, and how they follow each other.
//
// D1. Messages are built and checked when it is started, all of them before anything is stored.

import type { Entry, PlanFlow, Signed } from '../run/plan.ts';
import type { MessageClass } from '../wiring/v1.ts';

/** One job of a draft. */
export interface DraftEntry {
  readonly signed: Signed;
  /** As it was given; what is bound lies over it. */
  readonly message: unknown;
  readonly group?: string;
  readonly always?: true;
  readonly condition?: readonly unknown[];
  /** The class that its message is checked against ahead of its own. */
  readonly checkedBy?: MessageClass | undefined;
}

/** What a start gives to a plan. */
export interface GivenAtStart {
  readonly message: unknown;
  readonly override: unknown;
}

/** Anything that a run can be started with, beside the name of a job. */
export interface Draft {
  readonly name: string;
  /** @throws {OnwardError} ONW3004 if what is given makes no sense. */
  flow(given: GivenAtStart): PlanFlow | Promise<PlanFlow>;
  /** `start` is given a message, or parameters, ahead of its options. */
  readonly takesMessage: boolean;
  /** Its first message can be overridden. */
  readonly takesOverride: boolean;
  readonly onSuccess?: Signed | undefined;
  readonly onFailure?: Signed | undefined;
  /** The entries in their lanes, their messages built. @throws {OnwardError} as `start` does. */
  lanes(given: GivenAtStart, build: BuildMessage): Promise<readonly (readonly Entry[])[]>;
}

/** Builds and checks the message of a job, by its own class after another one. @throws {OnwardError} ONW2001 to ONW2010. */
export type BuildMessage = (job: string, data: unknown, checkedBy?: MessageClass) => unknown;
