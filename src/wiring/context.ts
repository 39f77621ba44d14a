// What a body gets from its context: facts about its step, calls into the run, shared state. And the types of messages:
// `Sent` for one that comes from outside while the run is live, `DataOf` for what a caller passes for a message class.

/** A class of services. A body names the node of a child by its class and method, as annotations name their targets. */
export type ServiceOf<S> = abstract new (...args: never[]) => S;
type AnyMethod = (...args: never[]) => unknown;
/** The methods of a service. */
export type MethodOn<S> = { [K in keyof S]-?: S[K] extends AnyMethod ? K : never }[keyof S];

/** What a method takes as its message: its first parameter that is not the context; `undefined` if it takes none. */
export type MessageTo<M> = M extends (...args: infer A) => unknown ? FirstMessage<A> : undefined;
// A parameter of type unknown takes a context too; it stands for the message.
type FirstMessage<A extends readonly unknown[]> = A extends readonly []
  ? undefined
  : A extends readonly [_?: infer P, ...rest: infer Rest]
    ? unknown extends P
      ? P
      : GivenContext extends P
        ? FirstMessage<Rest>
        : P
    : undefined;
/** The message of a child: its data, left out where it takes none. */
export type ChildMessage<M> =
  undefined extends MessageTo<M> ? readonly [message?: DataOf<MessageTo<M>>] : readonly [message: DataOf<MessageTo<M>>];
/** What a method's body returns, awaited. */
export type ValueOf<M> = M extends (...args: never[]) => infer R ? Awaited<R> : never;

/** A step around another one. */
export interface ParentStep {
  readonly key: string;
  /** `Service.method` */
  readonly node: string;
  /** The step around that one; null for one that only the run is around. */
  readonly parent: ParentStep | null;
}

/** Who is running: one attempt of one step. */
export interface StepInfo {
  /**
   * The idempotency key: the same for every attempt and every delivery of this step.
   * Starts with a letter and uses only `A–Z a–z 0–9 . _ ~ -`.
   */
  readonly key: string;
  /** `Service.method` */
  readonly node: string;
  /** 1 for the first attempt. */
  readonly attempt: number;
  /** 1 for the first execution of this node in the run. */
  readonly round: number;
  /** The step that this one is a child or a callback of; null for a step of the run's flow. */
  readonly parent: ParentStep | null;
}

export interface CallOptions {
  /** Names the call within the step, over all attempts. @default what is called, with its message and how often it was so before */
  readonly key?: string;
}

export interface SpawnOptions extends CallOptions {
  /** The child belongs to the run: this step neither waits for it nor fails with it. @default false */
  readonly detached?: boolean;
  /** Wait before the child runs: milliseconds, or text such as `'20s'`. @default none */
  readonly delay?: number | `${number}${'ms' | 's' | 'm' | 'h' | 'd'}`;
}

/** A child that was accepted. */
export interface Spawned {
  readonly runId: string;
  /** The idempotency key of the child. */
  readonly key: string;
}

// A field of unknown type may hold what the operation needs.
type NumberField<State> = { [K in keyof State]-?: number extends State[K] ? K : never }[keyof State];
type ListField<State> = {
  [K in keyof State]-?: unknown extends State[K] ? K : NonNullable<State[K]> extends readonly unknown[] ? K : never;
}[keyof State];
type ItemOf<List> = unknown extends List ? unknown : NonNullable<List> extends readonly (infer Item)[] ? Item : never;

/**
 * What the steps of a run share. Reading gives the state as it was when the attempt started, with this attempt's own
 * changes; what it changes is merged when the attempt succeeds, and only then. At most 64 KiB of JSON.
 *
 * @throws {OnwardError} ONW2022 if it grows too large, ONW3045 if a value is not data.
 */
export interface RunState<State> {
  get<K extends keyof State & string>(field: K): State[K] | undefined;
  /** Replaces the field; of two steps that set it, the one that succeeds later counts. */
  set<K extends keyof State & string>(field: K, value: State[K]): void;
  /** Adds to a number; a field that is not a number counts as 0. */
  add(field: NumberField<State> & string, value: number): void;
  /** Adds items at the end of an array; a field that is not an array counts as an empty one. */
  append<K extends ListField<State> & string>(field: K, ...items: readonly ItemOf<State[K]>[]): void;
  /** The larger of the field and the value. */
  max(field: NumberField<State> & string, value: number): void;
  /** The smaller of the field and the value. */
  min(field: NumberField<State> & string, value: number): void;
}

/** The default: every operation may name any field, and reading gives unknown values back. */
export interface AnyState {
  readonly [field: string]: unknown;
}

/** How the entry before this one in its plan ended: with a value, or without one. */
export type Previous = { readonly ok: true; readonly value: unknown } | { readonly ok: false };

interface ContextOfStep {
  readonly runId: string;
  readonly step: StepInfo;
  /** In an entry of a plan: how the entry before it ended. Undefined for the first one, and where entries run side by side. */
  readonly previous: Previous | undefined;
  /** Aborted when the attempt's timeout passed or the step was cancelled; `signal.reason` says which. */
  readonly signal: AbortSignal;
  readonly tags: readonly string[];
  /**
   * Starts a node as a child of this step. Resolves once the child is accepted (durable engines: once it is on disk),
   * not when it is over: this step is over after it, and fails with it unless it is `detached`. A later attempt that
   * spawns the same again gets the child that is there.
   *
   * @throws {OnwardError} ONW2001 to ONW2010 if the message does not fit; ONW3005 if there is no such node; ONW3034 if
   *   the key was used for something else; ONW3038 if the attempt is over already.
   */
  spawn<S, K extends MethodOn<S> & string>(
    service: ServiceOf<S>,
    method: K,
    ...rest: readonly [...message: ChildMessage<S[K]>, options?: SpawnOptions]
  ): Promise<Spawned>;
  /**
   * Runs a node now and returns its value. The value is recorded: a later attempt of this step that calls the same
   * gets it without another run. A call that failed throws the node's error and runs again.
   *
   * @throws as {@link StepContext.spawn}, and what the node failed with.
   */
  call<S, K extends MethodOn<S> & string>(
    service: ServiceOf<S>,
    method: K,
    ...rest: readonly [...message: ChildMessage<S[K]>, options?: CallOptions]
  ): Promise<ValueOf<S[K]>>;
  /** Emits an event to those who watch the run. Nothing is kept: after a redelivery the event may come again. */
  emit(name: string, data?: unknown): void;
  /** Tells those who watch the run how far this step is, from 0 to 1. */
  progress(done: number, text?: string): void;
  /**
   * Ends the run early with this value, if the attempt succeeds: what is live finishes, nothing new starts.
   * The first one counts.
   */
  exit(value?: unknown): void;
}

/** Given to a method that has a parameter of this type. */
export interface StepContext<State = AnyState> extends ContextOfStep {
  readonly state: RunState<State>;
}

/** Fits a parameter of type `StepContext` with any state. Types only. */
export interface GivenContext extends ContextOfStep {
  readonly state: never;
}

declare const sent: unique symbol;
/** Distinguishes a `Sent` from its message. The field does not exist: it is for types only. */
export type SentMark = typeof sent;

/**
 * The message of a handler with `waits: true`: it comes by `run.send`, not from the edge that reached the handler. The
 * body gets a `Message`, and a `Message` fits it.
 */
export type Sent<Message> = Message & { readonly [sent]?: true };

type Whole = string | number | boolean | bigint | symbol | null | undefined | Date | Uint8Array | URL | RegExp;
type Method = (...args: never[]) => unknown;

type IfEqual<A, B, Yes, No> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? Yes : No;
/** The names of the fields that can be assigned. A readonly one may be a getter: types cannot tell. */
type Writable<M> = {
  [F in keyof M]-?: IfEqual<{ [P in F]: M[F] }, { -readonly [P in F]: M[F] }, F, never>;
}[keyof M];
/**
 * The data of a message class: fields are required as the class says, methods are left out, and readonly fields may be
 * left out, for they may be getters. Nested classes likewise.
 */
export type DataOf<M> = M extends Whole
  ? M
  : M extends ReadonlyMap<unknown, unknown> | ReadonlySet<unknown>
    ? M
    : M extends readonly unknown[]
      ? { [I in keyof M]: DataOf<M[I]> }
      : M extends object
        ? { [F in keyof M as M[F] extends Method ? never : F extends Writable<M> ? F : never]: DataOf<M[F]> } & {
            readonly [F in keyof M as M[F] extends Method ? never : F extends Writable<M> ? never : F]?: DataOf<M[F]>;
          }
        : M;
