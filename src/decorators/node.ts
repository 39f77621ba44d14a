// @Job, @Handler and @Service: what can be started, what is reached inside a run only, and the name of a class in ids.
//
// NODE-1. The types of @Job and @Handler keep the rules of method-types.ts.

import type { Duration } from '../graph/duration.ts';
import type { GivenContext } from '../wiring/context.ts';
import type { ErrorClass, Literal } from './choice.ts';
import { assertNone, problemsOf, SERVICE_OPTIONS, stringIn } from '../values/option-rules.ts';
import {
  assertLegacyCall,
  assertParentheses,
  optionsOf,
  recordNode,
  type RecordingDecorator,
  recordService,
} from './record.ts';
import type { Applied, Elsewhere, FlagMissing, Decided, Judged } from './method-types.ts';

/** How often and how soon a failed attempt is tried again. */
export interface RetryOptions {
  /** All tries, the first one included; a whole number of at least 1. @default 1 */
  readonly attempts?: number;
  /** Wait before the second attempt; a number is milliseconds. @default '1s' */
  readonly delay?: Duration;
  /** What the wait is multiplied by after each further attempt; at least 1. @default 2 */
  readonly factor?: number;
  /** The longest wait, no less than `delay`; a number is milliseconds. @default '5m', or `delay` if that is longer */
  readonly maxDelay?: Duration;
  /** Share of the wait that is added at random (but equally for one attempt of one step), from 0 to 1. @default 0.2 */
  readonly jitter?: number;
  /** Whether this error is worth another attempt. @default every error but a TerminalError and an InvalidArgument */
  readonly when?: (error: Error) => boolean;
}

/** How many attempts of a node may begin in a time, all runs together. Those that are tried again count each time. */
export interface RateLimitOptions {
  /** So many in any span of the length `per`; a whole number of at least 1. */
  readonly max: number;
  /** The length of the span, more than 0; a number is milliseconds. */
  readonly per: Duration;
}

export interface NodeOptions<X = boolean> {
  /** The second half of the node's id. @default the name of the method */
  readonly name?: string;
  /** What to do after a failed attempt. @default one attempt */
  readonly retry?: RetryOptions;
  /** Time limit of one attempt, then `context.signal` aborts; a number is milliseconds. @default none */
  readonly timeout?: Duration;
  /** Attempts at a time in one process; a whole number of at least 1. The others wait their turn. @default any number */
  readonly concurrency?: number;
  /** How many attempts may begin in a time, in one process. The others wait until they may. @default any number */
  readonly rateLimit?: RateLimitOptions;
  /**
   * What goes first of steps that could begin at the same time, or wait for the same slot: the lower number, as in
   * BullMQ. A whole number from 0, ahead of all others, to 2,097,152; equal ones go in the order in which they were
   * ready. @default 0
   */
  readonly priority?: number;
  /** Tags that the run must hold, all of them; else the step fails with code 105 and its body is not run. @default none */
  readonly tags?: readonly string[];
  /**
   * Executions of this node in one run, fixed in the code: bounds the loops it is part of. A whole number of at least 1;
   * the one beyond fails with code 109. @default any number
   */
  readonly maxRounds?: number;
  /**
   * Executions of this node in one run, unless the start of the run says otherwise. A whole number of at least 1; the
   * one beyond fails with code 109. @default any number
   */
  readonly maxPerRun?: number;
  /**
   * The errors this node is known to fail with: `onward check` refuses one that no `@OnError` takes, and durable engines
   * give these classes back. Other errors are still allowed. @default none
   */
  readonly throws?: readonly ErrorClass[];
  /** Every literal of the return type must be taken by a `when` or an `otherwise`: the wiring proves it. @default false */
  readonly exhaustive?: X;
}

/** Options of a node that can be started by name. */
export interface JobOptions<X = boolean> extends NodeOptions<X> {
  /** Definitions that are given as data, such as JSON, may use this job. @default false */
  readonly expose?: boolean;
}

/** Options of a node that is reached inside a run only. */
export interface HandlerOptions<X = boolean> extends NodeOptions<X> {
  /**
   * Once an edge has reached it, it waits for a message from outside, which `run.send` brings: that is its unmarked
   * parameter, of type `Sent<Message>`. The edge fills the marked ones. `timeout` counts the wait too. @default false
   */
  readonly waits?: boolean;
}

/** Returns `void`, or the sentence that says what is wrong. It is generic where the annotation is held in a constant. */
type JobDecorator<T, X, F> = unknown extends F
  ? NoInfer<
      <Here, G>(
        target: Here,
        key: string | symbol | FlagMissing,
        descriptor?: TypedPropertyDescriptor<G>,
      ) => Judged<G, JobVerdict<Here, G, X>>
    >
  : Applied<T, F, NoInfer<Decided<JobVerdict<T, F, X>>>>;

/** Returns `void`, or the sentence that says what is wrong. It is generic where the annotation is held in a constant. */
type HandlerDecorator<T, X, F> = unknown extends F
  ? NoInfer<
      <Here, G>(
        target: Here,
        key: string | symbol | FlagMissing,
        descriptor?: TypedPropertyDescriptor<G>,
      ) => Judged<G, HandlerVerdict<Here, G, X>>
    >
  : Applied<T, F, NoInfer<Decided<HandlerVerdict<T, F, X>>>>;

/** What only static methods' targets have. */
export type Static = { readonly prototype: unknown };
// By the names of its members only: comparing whole generator types costs twenty times as much.
interface Generating {
  readonly next: unknown;
  readonly return: unknown;
  readonly throw: unknown;
}

// A message and the context, in either order; anything more fits neither.
type JobVerdict<T, F, X> = T extends Static
  ? ['a static method cannot be a node']
  : F extends (message: never, context: GivenContext) => infer R
    ? ValueVerdict<R, X>
    : F extends (context: GivenContext, message: never) => infer R
      ? ValueVerdict<R, X>
      : F extends (...args: infer A) => unknown
        ? ['a job takes one message and the context, this one takes', A, 'as only a @Handler may']
        : ['only a method can be a node'];

type HandlerVerdict<T, F, X> = T extends Static
  ? ['a static method cannot be a node']
  : F extends (...args: never[]) => infer R
    ? ValueVerdict<R, X>
    : ['only a method can be a node'];

type ValueVerdict<R, X> = [R] extends [Generating]
  ? 0 extends 1 & R
    ? void
    : [R] extends [never]
      ? void
      : ['a generator cannot be a node: return a value instead']
  : [X] extends [true]
    ? RoutesVerdict<Awaited<R>>
    : void;

// The table routes literals only.
type RoutesVerdict<V> = unknown extends V
  ? void
  : [V] extends [never]
    ? void
    : [Extract<V, Literal | undefined>] extends [never]
      ? ['exhaustive needs literals to route, and this returns', V]
      : void;

/**
 * Makes a method a job: a node that can be started from outside, as `Service.method`.
 *
 * Its message is one parameter whose type is a class; it may also take a StepContext.
 *
 * @throws {OnwardError} ONW1118 without parentheses, ONW6001 if it is called as a standard decorator.
 */
export function Job<X extends boolean = false, T extends object = Elsewhere, F = Elsewhere>(
  options?: JobOptions<X>,
): JobDecorator<T, X, F>;
export function Job(...given: readonly [options?: JobOptions]): RecordingDecorator {
  return nodeDecorator('Job', 'job', given);
}

/**
 * Gives options to a node that is reached inside a run only. A callback without options needs none.
 *
 * @throws {OnwardError} ONW1118 without parentheses, ONW6001 if it is called as a standard decorator.
 */
export function Handler<X extends boolean = false, T extends object = Elsewhere, F = Elsewhere>(
  options?: HandlerOptions<X>,
): HandlerDecorator<T, X, F>;
export function Handler(...given: readonly [options?: HandlerOptions]): RecordingDecorator {
  return nodeDecorator('Handler', 'handler', given);
}

type NodeArguments = readonly [options?: NodeOptions];

function nodeDecorator(annotation: string, kind: 'job' | 'handler', given: NodeArguments): RecordingDecorator {
  assertParentheses(annotation, given);
  const options = optionsOf(annotation, given[0]);
  return (prototype, method) => {
    assertLegacyCall(annotation, prototype, method);
    recordNode(prototype, String(method), kind, options);
  };
}

export interface ServiceOptions {
  /** The first half of the ids of this class's nodes. @default the name of the class */
  readonly name?: string;
}

/** A decorator that may be applied to a class only. */
export type ServiceDecorator = (service: abstract new (...args: never[]) => object, context?: FlagMissing) => void;

/**
 * Gives a class a name of its own in the ids of its nodes, so that renaming the class renames no node.
 *
 * Optional: a class without it goes by its own name. Subclasses do not inherit it.
 *
 * @throws {OnwardError} ONW1118 without parentheses, ONW6001 if it is called as a standard decorator.
 */
export function Service(options?: ServiceOptions): ServiceDecorator;
export function Service(...given: readonly [options?: ServiceOptions]): ServiceDecorator {
  assertParentheses('Service', given);
  const options = optionsOf('Service', given[0]);
  assertNone(problemsOf(options, SERVICE_OPTIONS), 'the options of @Service are not valid');
  const name = stringIn(options, 'name');
  return (service, context?: unknown) => {
    assertLegacyCall('Service', service, context);
    if (name !== undefined) recordService(service, name);
  };
}
