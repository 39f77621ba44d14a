// The runs that commands work on, wherever they are kept.

import { shown } from '../../src/execute/report.ts';
import type { RunPage, RunQuery } from '../../src/execute/run-query.ts';
import type { CommandAnswer, NodeAnswer, NodeCommand, RunCommand } from '../../src/runtime/commands.ts';
import type { RunInspection } from '../../src/wiring/run-report.ts';

export interface RunStore {
  /** Values of its messages may be secrets: they are shown to nobody. */
  readonly isEncrypted: boolean;
  runs(query: RunQuery): Promise<RunPage>;
  run(id: string): Promise<RunInspection | undefined>;
  /** When steps of a run come due that wait for a time, by their numbers; empty where that is not known. */
  dueTimes(id: string): Promise<ReadonlyMap<number, number>>;
  /** `pending`: it is written down, and nobody has done it yet. */
  perform(command: RunCommand): Promise<CommandAnswer | Pending>;
  /** What is asked about nodes; a pause that is written down holds once the next process has the file. */
  nodes(command: NodeCommand): Promise<NodeAnswer | Pending>;
  close(): Promise<void>;
}

export interface Pending {
  /** The process that has the file and does not answer; undefined if there is none. */
  readonly pendingAt: number | undefined;
  /** The runs that it is written down for. */
  readonly runs?: readonly string[];
  /** What was refused at once. */
  readonly results?: CommandAnswer['results'];
}

/** Some of its steps are due: their bodies run, or something holds them. */
export function mayBeHeld({ steps }: RunInspection): boolean {
  return steps.some(({ status }) => status === 'running');
}

export function withHeld(run: RunInspection, { held = {} }: NodeAnswer): RunInspection {
  const steps = run.steps.map((step) => {
    const heldBy = held[step.id];
    return heldBy === undefined ? step : { ...step, heldBy };
  });
  return shown({ ...run, steps });
}
