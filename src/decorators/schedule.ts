// @Schedule: a job that is started at the slots of a cron pattern, once the schedules of a runtime are opened.
//
// SCHEDULE-ANNOTATION-1. It opens nothing: a process that only starts runs may share its classes with one that has the
//     schedules.
// SCHEDULE-ANNOTATION-2. Its types keep the rules of method-types.ts. A message that its job would refuse for another
//     reason than its type is refused when the schedule is opened.

import type { Static } from './node.ts';
import type { Alien, Misbound, Missing } from './fit.ts';
import type { Applied, Decided, Elsewhere, FlagMissing, Judged, MessageOf } from './method-types.ts';
import { assertLegacyCall, assertParentheses, optionsOf, recordSchedule, type RecordingDecorator } from './record.ts';

/** What happens to a slot while a run is under way: it is left out, or one waits; a number: this many runs at a time. */
export type Overlap = 'skip' | 'queue' | number;

/** How a schedule works. */
export interface ScheduleOptions {
  /**
   * What happens to a slot while the run of an earlier one is under way. `'skip'`: it is left out; `'queue'`: at most one
   * waits until that run is over; a number: this many runs at a time, other slots are left out.
   * @default 'skip'
   */
  readonly overlap?: Overlap;
  /** The IANA name of the time zone whose wall clock counts, such as `'Europe/Berlin'`. @default that of the machine */
  readonly timezone?: string;
  /** The first half of its runs' ids. Schedules with the same name start each slot once between them. @default job and pattern */
  readonly name?: string;
}

/** The same for an annotation. */
export interface AnnotatedScheduleOptions<M = unknown> extends ScheduleOptions {
  /** What every slot starts with: the fields of the job's message. @default none, for a job that takes none */
  readonly message?: M;
}

/** Returns `void`, or the sentence that says what is wrong. It is generic where the annotation is held in a constant. */
type ScheduleDecorator<T, F, M> = unknown extends F
  ? NoInfer<
      <Here, G>(
        target: Here,
        key: string | symbol | FlagMissing,
        descriptor?: TypedPropertyDescriptor<G>,
      ) => Judged<G, ScheduleVerdict<Here, G, M>>
    >
  : Applied<T, F, NoInfer<Decided<ScheduleVerdict<T, F, M>>>>;

type ScheduleVerdict<T, F, M> = T extends Static
  ? ['a static method cannot be a node']
  : MessageOf<F> extends infer P
    ? [keyof P] extends [never]
      ? M extends undefined
        ? void
        : ['the job takes no message, and the schedule gives', M]
      : undefined extends M
        ? undefined extends P
          ? void
          : ['the schedule needs a `message`, for the job takes', P]
        : FitVerdict<P, M>
    : never;

type FitVerdict<P, M> = [Misbound<P, M>] extends [never]
  ? [Missing<P, M>] extends [never]
    ? [Alien<P, M>] extends [never]
      ? void
      : ['the message has', Alien<P, M>, 'but there is no such field in', P]
    : ['the message does not fill', Missing<P, M>, 'of', P]
  : ['the message gives the wrong type for', Misbound<P, M>, 'of', P];

/**
 * Starts this job at each slot of a cron pattern, once `runtime.openSchedules()` was called; in NestJS the module does it.
 * May stand on a job several times.
 *
 * @throws {OnwardError} ONW1118 without parentheses, ONW6001 if it is called as a standard decorator.
 */
export function Schedule<const M = undefined, T extends object = Elsewhere, F = Elsewhere>(
  pattern: string,
  options?: AnnotatedScheduleOptions<M>,
): ScheduleDecorator<T, F, M>;
export function Schedule(...given: readonly [pattern: string, options?: AnnotatedScheduleOptions]): RecordingDecorator {
  assertParentheses('Schedule', given);
  const [pattern, options] = given;
  const { message, ...others } = optionsOf('Schedule', options);
  return (prototype, method) => {
    assertLegacyCall('Schedule', prototype, method);
    recordSchedule(prototype, String(method), { pattern, message, options: others });
  };
}
