// The schedules of a runtime: those that are opened one by one, and those that are annotated.
//
// SCHEDULES-1. Annotated schedules are opened all or none, and all that is wrong with them is reported at once.
// SCHEDULES-2. No two annotated ones have one name: the slots of the second would join the runs of the first, unseen.
// SCHEDULES-3. Once the runtime is closed none is open, also if it was closed while one was being opened.

import type { ScheduleRecord } from '../decorators/record.ts';
import { isOnwardError, OnwardError, withoutCode } from '../errors/onward-error.ts';
import type { Log } from '../execute/application.ts';
import type { Clock } from '../execute/clock.ts';
import { copyOf } from '../message/copy.ts';
import type { ScheduleSurroundings } from '../schedule/schedule-options.ts';
import type { ScheduledRun, ScheduleHandle } from '../schedule/schedule.ts';
import { describeThrown, printable, quoted } from '../values/describe.ts';
import { assertNoMore, isObject } from '../values/option-rules.ts';
import type { WiredGraph } from './wired-node.ts';

/** What schedules need of their runtime. */
export interface SchedulesHost {
  readonly clock: Clock;
  readonly log: Log;
  /** Checks a message. @throws {OnwardError} if there is no such job, or the message does not fit. */
  build(job: string, message: unknown): unknown;
  /** Starts the run of a slot, or joins the one that has its id. */
  start(job: string, message: unknown, runId: string): Promise<ScheduledRun>;
  /** @throws {OnwardError} ONW3040 once the runtime is closed. */
  assertOpen(): void;
}

/** A schedule as it is annotated. */
interface Annotated extends ScheduleRecord {
  readonly job: string;
}

export class Schedules {
  readonly #nodes: WiredGraph['nodes'];
  readonly #host: SchedulesHost;
  readonly #open = new Set<ScheduleHandle>();
  #annotated: Promise<readonly ScheduleHandle[]> | undefined;

  constructor(nodes: WiredGraph['nodes'], host: SchedulesHost) {
    this.#nodes = nodes;
    this.#host = host;
  }

  /**
   * @param given the options with the message, not yet checked.
   * @throws {OnwardError} as `Runtime.schedule`.
   */
  async open(job: string, pattern: unknown, ...[given = {}, ...more]: readonly unknown[]): Promise<ScheduleHandle> {
    assertNoMore(3 + more.length, 3, 'schedule takes a job, a pattern, and options with the message among them');
    const host = this.#host;
    const { message: original, ...others } = isObject(given) ? given : {};
    const options = isObject(given) ? others : given;
    const around = { job, otherOptions: ['message'], now: () => host.clock.now() };
    try {
      await host.build(job, original);
    } catch (error) {
      throw await withRest(error, pattern, options, around);
    }
    // A copy: every slot starts with the same message, even if its owner changes it later.
    const message = copyOf(original);
    const { openSchedule } = await import('../schedule/schedule.ts');
    const schedule = await openSchedule(pattern, options, {
      ...around,
      clock: host.clock,
      onFault: (error, slot) => {
        const at = slot.toISOString();
        const thrown = describeThrown(error);
        const text = `the slot ${at} of the schedule of ${printable(job)} did not start: ${thrown}; the schedule goes on`;
        host.log('error', text, { job, slot: at, error: thrown });
      },
      onStop: (stopped) => this.#open.delete(stopped),
      start: (id) => host.start(job, message, id),
    });
    this.#open.add(schedule);
    try {
      host.assertOpen();
    } catch (error) {
      await schedule.stop();
      throw error;
    }
    return schedule;
  }

  /** @throws {OnwardError} as `Runtime.openSchedules`. */
  openAnnotated(): Promise<readonly ScheduleHandle[]> {
    const opening = (this.#annotated ??= this.#openAll());
    // What was wrong may have been mended, such as a package that was missing.
    opening.catch(() => (this.#annotated = undefined));
    return opening;
  }

  async #openAll(): Promise<readonly ScheduleHandle[]> {
    const annotated = [...this.#nodes.values()].flatMap(({ id, record }): Annotated[] =>
      (record?.schedules ?? []).map((schedule) => ({ job: id, ...schedule })),
    );
    const outcomes = await Promise.allSettled(annotated.map((schedule) => this.#openOne(schedule)));
    const open = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
    const failures: unknown[] = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason] : []));
    const elsewhere = failures.filter((error) => isOnwardError(error)).find((error) => !isAboutSchedule(error));
    const problems = [
      ...outcomes.flatMap((outcome, at) =>
        outcome.status === 'rejected' ? [problemOf(annotated[at], outcome.reason)] : [],
      ),
      ...sameNames(open),
    ];
    if (problems.length === 0) return open;
    await Promise.all(open.map((schedule) => schedule.stop()));
    if (elsewhere !== undefined) throw elsewhere;
    throw new OnwardError('ONW3054', `annotated schedules are not valid\n  ${problems.join('\n  ')}`, {
      details: { problems },
    });
  }

  #openOne({ job, pattern, message, options }: Annotated): Promise<ScheduleHandle> {
    return this.open(job, pattern, { ...options, ...(message !== undefined && { message }) });
  }

  /** Starts no further slot. */
  stop(): void {
    for (const schedule of this.#open) void schedule.stop();
  }
}

/** What is wrong with a message, together with what is wrong with the pattern and the options behind it. */
async function withRest(
  error: unknown,
  pattern: unknown,
  options: unknown,
  around: ScheduleSurroundings,
): Promise<unknown> {
  const { readScheduleSettings } = await import('../schedule/schedule-options.ts');
  // A job that there is not has no message.
  if (!isOnwardError(error) || error.code === 'ONW3005') return error;
  try {
    await readScheduleSettings(pattern, options, around);
    return error;
  } catch (rest) {
    if (!isOnwardError(rest, 'ONW3054')) return error;
    const text = `${withoutCode(rest)}; ${withoutCode(error)}`;
    const details = { ...rest.details, ...error.details };
    return new OnwardError('ONW3054', text, { issues: error.issues, details, cause: error });
  }
}

/** About what is written in an annotation; anything else, such as a missing package, is about where it runs. */
function isAboutSchedule({ code }: OnwardError): boolean {
  return code === 'ONW3054' || code.startsWith('ONW2');
}

/** The texts about a pattern and its options name the job. */
function problemOf(of: Annotated | undefined, error: unknown): string {
  if (!isOnwardError(error)) return `${of?.job}: ${describeThrown(error)}`;
  return error.code === 'ONW3054'
    ? error.message
    : `the message of the schedule of ${of?.job}: ${error.message.replaceAll('\n', '\n    ')}`;
}

function sameNames(open: readonly ScheduleHandle[]): string[] {
  const names = open.map(({ name }) => name);
  const twice = new Set(names.filter((name, at) => names.indexOf(name) !== at));
  return [...twice].map((name) => `two are called ${quoted(name)}; give one of them another \`name\``);
}
