// The options of a runtime, and the wiring that it is made of. Both are checked before anything else.

import type { Engine } from '../engines/engine.ts';
import { OnwardError } from '../errors/onward-error.ts';
import type { MessageLimits } from '../values/sanitize.ts';
import type { Clock } from '../execute/clock.ts';
import type { RunObserver } from '../observe/observer.ts';
import type { Duration } from '../graph/duration.ts';
import {
  assertNone,
  CLOSE_OPTIONS,
  isObject,
  problemsOf,
  READ_ELSEWHERE,
  RUNTIME_OPTIONS,
  type OptionTable,
} from '../values/option-rules.ts';
import type { Logger } from '../observe/log.ts';
import type { NamedClasses } from '../values/classes.ts';

/** How messages are treated. */
export interface MessageOptions extends Partial<MessageLimits> {
  /** `false`: messages are taken as they are, unchecked. For data that is known to be right, where speed counts. @default true */
  readonly validate?: boolean;
  /**
   * How long asynchronous validators of one message are waited for; then the message is refused (ONW2011). A number is
   * milliseconds. @default '30s'
   */
  readonly validatorTimeout?: Duration;
}

export interface CommonOptions {
  /** What executes runs. @default the memory engine: runs live in this process */
  readonly engine?: Engine;
  readonly messages?: MessageOptions;
  /**
   * `true`: anything that has the methods of a service is taken for it, such as a plain object in a test. The annotations
   * are those of the class, which has to be loaded. @default false
   */
  readonly fakes?: boolean;
  /**
   * Classes of values that the generator does not see, by the names that records keep them under: engines that keep records
   * give values back as instances of classes which the wiring names, and of these. @default none
   */
  readonly classes?: NamedClasses;
  /** Time a cancelled body is given to return, in milliseconds. @default 5,000 */
  readonly cancelGraceMs?: number;
  /**
   * How many runs may follow each other in which each was started by a body of the one before; the one beyond is refused
   * with ONW3036. It needs an AsyncLocalStorage, which slows each `await` on Node 20. @default any number, unchecked
   */
  readonly maxStarted?: number;
  /** Called with the events of every run, from the first one on; each alone or with its options. @default none */
  readonly observers?: readonly RunObserver[];
  /** @default the machine's clock */
  readonly clock?: Clock;
  /**
   * Where failures go that nobody would hear otherwise: a failed run that nobody asks for, failed callbacks, slots of
   * schedules that did not start. `console`, pino, consola, Nest's Logger, or anything with the methods `error` and
   * `warn`; `false`: nowhere. @default a line on stderr for each of them
   */
  readonly log?: Logger | false;
}

/** The instances of the services, or a function that gives them by name: a container. */
export type RuntimeOptions<Services> = CommonOptions &
  (
    | { readonly services: Services; readonly resolve?: never }
    | { readonly resolve: (name: keyof Services & string) => object; readonly services?: never }
  );

/** @throws {OnwardError} ONW3004 if they are no object. */
export function assertOptionsGiven(options: unknown, caller: string): asserts options is object {
  if (isObject(options)) return;
  const text = `the second argument of ${caller} is missing: give it the instances, as in { services: { Billing: new Billing() } }`;
  throw new OnwardError('ONW3004', text);
}

/** @throws {OnwardError} ONW3004 with every option that is wrong. */
export function assertOptions(options: unknown): void {
  assertOptionsGiven(options, 'createRuntime');
  const resolve: unknown = Reflect.get(options, 'resolve');
  const services: unknown = Reflect.get(options, 'services');
  // Without both, what stands in their place is described where the instances are looked up.
  const isKnown = resolve !== undefined || services !== undefined;
  const table = isKnown ? RUNTIME_OPTIONS : { ...allowed(Object.keys(options)), ...RUNTIME_OPTIONS };
  const problems = problemsOf(options, table);
  if (resolve !== undefined && services !== undefined)
    problems.push('expected either `services` or `resolve`, not both');
  assertNone(problems, 'the options of createRuntime are not valid');
}

function allowed(names: readonly string[]): OptionTable {
  return Object.fromEntries(names.map((name) => [name, READ_ELSEWHERE]));
}

/** @throws {OnwardError} ONW3004 with every option that is wrong. */
export function assertCloseOptions(options: unknown): void {
  assertNone(problemsOf(options, CLOSE_OPTIONS), 'the options of close are not valid');
}

/** @throws {OnwardError} ONW3001 if it is not a wiring, ONW1302 if it has another contract. */
export function assertWiring(wiring: unknown, place = 'the first argument of createRuntime'): void {
  if (typeof wiring === 'object' && wiring !== null && 'contract' in wiring) {
    if (wiring.contract === 1) return;
    throw new OnwardError(
      'ONW1302',
      `the wiring has contract ${String(wiring.contract)}, this version of onward reads 1; run \`npx onward generate\``,
    );
  }
  throw new OnwardError(
    'ONW3001',
    `${place} is not a wiring; import \`graph\` from the file that \`npx onward generate\` writes`,
  );
}
