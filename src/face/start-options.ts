// How a run is started, as its users say it.

import type { Duration } from '../graph/duration.ts';
import type { History } from '../run/history.ts';

/** How to start a run. */
export interface StartOptions {
  /**
   * The run's id. The same id with the same message joins the run that is there; another message is refused (ONW3033).
   * @default made up
   */
  readonly id?: string;
  /** Words the run holds, for bodies and for nodes that ask for them. @default none */
  readonly tags?: readonly string[];
  /** How many steps the run may have; the one beyond fails with code 108. `null`: no limit. @default 1,000,000 */
  readonly stepLimit?: number | null;
  /**
   * How often nodes may run in this run, by name or pattern (`Billing.*`), in the place of their own `maxPerRun`; the
   * execution beyond fails with code 109. The last that fits counts; `null`: any number.
   * @default what the nodes say
   */
  readonly maxPerRun?: Readonly<Record<string, number | null>>;
  /**
   * When the run is stopped and fails with code 204, if it is not over: a time from now (a number is milliseconds), or
   * a date. @default never
   */
  readonly deadline?: Duration | Date;
  /** The run does not begin before: a time from now (a number is milliseconds), or a date. @default at once */
  readonly notBefore?: Duration | Date;
  /** The run begins when it is resumed: until then nothing of it runs. @default false */
  readonly suspended?: boolean;
  /** Which finished steps are kept for the report: all, the failed ones, or the last so many and the failed ones. @default 1,000 */
  readonly history?: History;
}
