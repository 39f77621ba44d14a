// Onward in a Nest application: one global module a graph, which takes the services out of the container.
//
// ONWARD-MODULE-1. The runtime is made once all instances exist. What does not fit ends the start of the application.
// ONWARD-MODULE-2. Open runs end before anything else is destroyed: their bodies need the pools that other modules close.
// ONWARD-MODULE-3. Two graphs of one application have two names.
// ONWARD-MODULE-4. An application that restarts goes on with its runs by itself, where they are its own. Where many
//     processes share them, it performs only if it says `work`.
// ONWARD-MODULE-5. Where runs are kept is open when the application has started, also if it performs none: what could not
//     be opened would refuse every start in silence.
// ONWARD-MODULE-6. What a job throws for Nest to answer with, Nest answers with, also if it was kept or comes from another
//     process.

import {
  HttpException,
  Inject,
  Logger as NestLogger,
  Module,
  type DynamicModule,
  type InjectionToken,
  type ModuleMetadata,
  type OnApplicationBootstrap,
  type OnModuleDestroy,
  type OnModuleInit,
  type OptionalFactoryDependency,
  type Provider,
  type Type,
} from '@nestjs/common';
import { DiscoveryModule, DiscoveryService, ModuleRef, ModulesContainer } from '@nestjs/core';
import type { WorkOptions } from '../api/runtime.ts';
import { OnwardError } from '../errors/onward-error.ts';
import type { ObserveOptions, Observer, RunObserver } from '../observe/observer.ts';
import { assertWiring, type RuntimeOptions } from '../runtime/runtime-options.ts';
import { createRuntime } from '../runtime/runtime.ts';
import type { NamedClasses } from '../values/classes.ts';
import { describeThrown } from '../values/describe.ts';
import {
  assertNone,
  CLOSE_OPTIONS,
  isObject,
  NEST_OPTIONS,
  problemsOf,
  RUNTIME_OPTIONS,
} from '../values/option-rules.ts';
import type { Graph, Wiring } from '../wiring/v1.ts';
import { assertAsyncOptions, assertGraphOptions, INVALID } from './graph-options.ts';
import { OnwardHealthIndicator } from './health.ts';
import { RuntimeHolder } from './runtime-holder.ts';
import { findServices, type Tokens } from './services.ts';

/** An observer, alone or with its options. A class is taken out of the container. */
export type OnwardObserver =
  | RunObserver
  | Type<Observer>
  | readonly [observer: Type<Observer>, options: ObserveOptions];

/** What `useFactory` of `forRootAsync` gives: the options of `createRuntime`, and those of the module. */
export interface OnwardSettings extends Omit<RuntimeOptions<unknown>, 'services' | 'resolve' | 'observers'> {
  /** Called with the events of every run; classes are taken out of the container. @default none */
  readonly observers?: readonly OnwardObserver[];
  /** Time that open runs are given to end when the application closes, in milliseconds. @default 10,000 */
  readonly drainMs?: number;
  /** `false`: what is annotated with `@Schedule` is not opened when the application starts. @default true */
  readonly schedules?: boolean;
  /**
   * Whether this process performs runs from the start of the application on, and how many bodies and which nodes at a time.
   *
   * @default `true` where the runs belong to one process, `false` with `bullmqEngine`
   */
  readonly work?: boolean | Omit<WorkOptions, 'signals'>;
}

type ServicesOf<G> = G extends Graph<infer _Nodes, infer Services> ? Services : never;

interface GraphOptions<G> {
  /** The generated graph. */
  readonly graph: G;
  /** Tells two graphs of one application apart, in `@InjectOnward(name)`. @default 'default' */
  readonly name?: string;
  /** Tokens of services that are provided under another token than their class, or more than once. @default by name */
  readonly services?: { readonly [Name in keyof ServicesOf<G>]?: InjectionToken };
}

export interface OnwardModuleOptions<G> extends GraphOptions<G>, OnwardSettings {}

export interface OnwardAsyncOptions<G> extends GraphOptions<G> {
  /** The modules that have what `inject` names. */
  readonly imports?: NonNullable<ModuleMetadata['imports']>;
  readonly inject?: readonly (InjectionToken | OptionalFactoryDependency)[];
  readonly useFactory: (...injected: never[]) => OnwardSettings | Promise<OnwardSettings>;
}

const DRAIN_MS = 10_000;
// The module has its own ways to find services.
const { services: _services, resolve: _resolve, ...OF_RUNTIMES } = RUNTIME_OPTIONS;
const OPTIONS = { ...OF_RUNTIMES, ...CLOSE_OPTIONS, ...NEST_OPTIONS };
const DEFAULT = 'default';
const HOLDER = Symbol('onward:holder');
const SETTINGS = Symbol('onward:settings');

/** The token of a runtime: `app.get(onwardToken())`. */
export function onwardToken(name: string = DEFAULT): symbol {
  return Symbol.for(`onward:runtime:${name}`);
}

/** Injects a runtime: `@InjectOnward() private readonly onward: RuntimeOf<typeof graph>`. */
export function InjectOnward(name?: string): ParameterDecorator & PropertyDecorator {
  return Inject(onwardToken(name));
}

// What `forRoot` provides takes the place of these.
@Module({
  imports: [DiscoveryModule],
  providers: [
    { provide: HOLDER, useFactory: withoutGraph },
    { provide: SETTINGS, useValue: {} },
  ],
})
export class OnwardModule implements OnModuleInit, OnApplicationBootstrap, OnModuleDestroy {
  readonly #holder: RuntimeHolder;
  readonly #settings: OnwardSettings;
  readonly #logger = new NestLogger('Onward');

  constructor(
    @Inject(HOLDER) holder: RuntimeHolder,
    @Inject(SETTINGS) settings: OnwardSettings,
    @Inject(DiscoveryService) discovery: DiscoveryService,
    @Inject(ModuleRef) container: ModuleRef,
  ) {
    const modules = container.get(ModulesContainer, { strict: false });
    this.#holder = holder;
    this.#settings = settings;
    assertNone(problemsOf(settings, OPTIONS), INVALID);
    assertOne(modules, holder.graph.name);
    comeFirst(modules);
    holder.prepare(() => {
      const {
        drainMs: _drainMs,
        schedules: _schedules,
        work: _work,
        observers = [],
        log = this.#logger,
        ...options
      } = settings;
      const { instances, hasFakes } = findServices(discovery, holder.graph);
      return createRuntime(holder.graph.wiring, {
        ...options,
        classes: { ...httpException(holder.graph.wiring), ...options.classes },
        ...(hasFakes && { fakes: true }),
        log,
        observers: observers.map((observer) => observerOf(observer, container)),
        resolve: (name: string) => instances.get(name) ?? {},
      });
    });
  }

  /** For a graph whose settings are known when the module is written. */
  static forRoot<G extends Wiring>(options: OnwardModuleOptions<G>): DynamicModule {
    const { graph, name, services, ...settings } = checked(options);
    assertGraph(graph);
    assertGraphOptions({ name, services }, graph);
    return moduleOf({ graph, name, services }, { provide: SETTINGS, useValue: settings });
  }

  /** For a graph whose settings come out of the container: a configuration, a pool. */
  static forRootAsync<G extends Wiring>(options: OnwardAsyncOptions<G>): DynamicModule {
    const { graph, name, services, imports = [], inject = [], useFactory } = checked(options);
    assertGraph(graph);
    assertAsyncOptions(options, graph);
    const made = moduleOf({ graph, name, services }, { provide: SETTINGS, inject: [...inject], useFactory });
    return { ...made, imports: [...(made.imports ?? []), ...imports] };
  }

  // ONWARD-MODULE-1.
  onModuleInit(): void {
    void this.#holder.runtime;
  }

  async onApplicationBootstrap(): Promise<void> {
    await this.#work();
    if (this.#settings.schedules !== false) await this.#holder.runtime.openSchedules();
    if (process.env['NODE_ENV'] === 'test') return;
    // An application context is given its hooks only when it has started.
    setImmediate(() => {
      if (process.listenerCount('SIGTERM') > 0 || this.#holder.state === 'down') return;
      this.#logger.warn(
        'nothing listens to SIGTERM, so the process ends in the middle of its runs; call app.enableShutdownHooks() as soon as the application is made',
      );
    });
  }

  // ONWARD-MODULE-4. ONWARD-MODULE-5.
  async #work(): Promise<void> {
    const { keepsRuns = false, processes = 'many' } = this.#settings.engine?.capabilities ?? {};
    const { work = keepsRuns && processes === 'one' } = this.#settings;
    const { runtime } = this.#holder;
    // A read answers as soon as the engine has opened, and fails as it does.
    if (work === false) {
      if (keepsRuns) await runtime.run('');
      return;
    }
    const over = runtime.work({ ...(work !== true && work), signals: false });
    await Promise.race([over, runtime.run('')]);
    over.catch((error: unknown) => this.#logger.error(`runs are not performed: ${describeThrown(error)}`));
  }

  // ONWARD-MODULE-2.
  onModuleDestroy(): Promise<void> {
    return this.#holder.close(this.#settings.drainMs ?? DRAIN_MS);
  }
}

function withoutGraph(): never {
  const text =
    'a module imports OnwardModule alone, without a graph; import OnwardModule.forRoot({ graph }) once, in the root module, and nothing in others: it is global';
  throw new OnwardError('ONW3001', text);
}

interface Asked {
  readonly graph: Wiring;
  readonly name: string | undefined;
  readonly services: Tokens | undefined;
}

/** @throws {OnwardError} as {@link assertWiring}. */
function assertGraph(graph: unknown): void {
  assertWiring(graph, 'the option `graph` of OnwardModule');
}

/** @throws {OnwardError} ONW3004 if there are none. */
function checked<Options extends object>(options: Options): Options {
  assertNone(isObject(options) ? [] : problemsOf(options, {}), INVALID);
  return options;
}

function moduleOf({ graph, name = DEFAULT, services = {} }: Asked, settings: Provider): DynamicModule {
  const runtime = onwardToken(name);
  return {
    module: OnwardModule,
    global: true,
    providers: [
      { provide: HOLDER, useFactory: () => new RuntimeHolder({ name, wiring: graph, tokens: services }) },
      settings,
      { provide: runtime, inject: [HOLDER], useFactory: (holder: RuntimeHolder) => holder.standIn() },
      OnwardHealthIndicator,
    ],
    exports: [runtime, OnwardHealthIndicator],
  };
}

/** @throws {OnwardError} ONW3004 if another module has a graph of this name. */
function assertOne(modules: ModulesContainer, name: string): void {
  const same = [...modules.values()].filter(
    ({ metatype, providers }) => metatype === OnwardModule && providers.has(onwardToken(name)),
  );
  if (same.length < 2) return;
  const text = `OnwardModule is imported ${same.length} times under the name '${name}'; import it once, in the root module, or give each graph a \`name\` of its own`;
  throw new OnwardError('ONW3004', text, { details: { name } });
}

/**
 * Nest calls init hooks from far to near and destroy hooks from near to far, and takes global modules for the farthest.
 * Nearer than the root: made last, drained first.
 */
function comeFirst(modules: ModulesContainer): void {
  for (const module of modules.values()) if (module.metatype === OnwardModule) module.distance = -1;
}

/** ONWARD-MODULE-6. The base of all of them has what an answer needs. A class of the application may have the name. */
function httpException({ classes }: Wiring): NamedClasses {
  return Object.hasOwn(classes?.() ?? {}, HttpException.name) ? {} : { HttpException };
}

function observerOf(given: OnwardObserver, container: ModuleRef): RunObserver {
  if (isClass(given)) return instanceOf(given, container);
  if (!isPair(given)) return given;
  const [observer, options] = given;
  return isClass(observer) ? [instanceOf(observer, container), options] : [observer, options];
}

function isClass(given: OnwardObserver): given is Type<Observer> {
  return typeof given === 'function';
}

function isPair(given: OnwardObserver): given is Exclude<OnwardObserver, Observer | Type<Observer>> {
  return Array.isArray(given);
}

function instanceOf(observer: Type<Observer>, container: ModuleRef): Observer {
  try {
    return container.get<Observer>(observer, { strict: false });
  } catch (cause) {
    const text = `the observer ${observer.name} is not there: ${describeThrown(cause)}; add the class to \`providers\` of a module`;
    throw new OnwardError('ONW3003', text, { cause });
  }
}
