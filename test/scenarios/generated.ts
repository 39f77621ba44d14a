// A folder of annotated classes as a user has it: copied, generated, imported, given to runtimes.
//
// G1. Nothing but the generator knows the classes: every graph here comes from `generate`.
// G2. Every runtime has its own instances, its own notes and a clock that stands still.

import { cpSync, readdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import {
  createRuntime,
  type Engine,
  type RunEvent,
  type RunHandle,
  type RunReport,
  type Runtime,
  type StartedRun,
  type StartOptions,
} from 'onward';
import { generateWiring } from 'onward/codegen';
import { virtualClock, type VirtualClock } from 'onward/testing';
import type { Graph } from 'onward/wiring/v1';
import { folderBelowRepository } from '../support/folders.ts';
import type { AnyNodes, Services } from '../support/wired.ts';
import { Notes } from './notes.ts';

const TSCONFIG = JSON.stringify({
  compilerOptions: { module: 'nodenext', target: 'es2022', experimentalDecorators: true },
  include: ['src'],
});

type ServiceClass = new (notes: Notes) => object;

/** A generated project. */
export interface Generated {
  /** A runtime of all its services on an engine. */
  open(engine: Engine): Opened;
}

/** A runtime with what its services write down. */
export interface Opened {
  readonly runtime: Runtime<AnyNodes>;
  readonly clock: VirtualClock;
  readonly notes: Notes;
  start(job: string, message?: unknown, options?: StartOptions): Promise<RunHandle>;
  /** Starts a run and lets time pass until it is over. */
  report(job: string, message?: unknown, options?: StartOptions): Promise<RunReport>;
}

/** Generates a folder beside this file. To be called at the top of a test file. */
export async function generated(folder: string): Promise<Generated> {
  const work = folderBelowRepository(`scenarios-${folder}`);
  copy(folder, work);
  const { ok, problems } = generateWiring({ project: `${work}/tsconfig.json` });
  if (!ok) throw new Error(problems.map(({ code, message }) => `${code}: ${message}`).join('\n'));
  const { graph }: { readonly graph: Graph<AnyNodes, Services> } = await import(
    /* @vite-ignore */ `${work}/src/onward.gen.ts`
  );
  const classes = await classesIn(`${work}/src`);
  const names = new Set(Object.keys(graph.nodes).map((id) => id.split('.')[0] ?? id));
  return { open: (engine) => opened(graph, engine, (notes) => instances(names, classes, notes)) };
}

function copy(folder: string, work: string): void {
  const here = fileURLToPath(new URL('.', import.meta.url));
  cpSync(`${here}${folder}`, `${work}/src`, { recursive: true });
  cpSync(`${here}notes.ts`, `${work}/notes.ts`);
  writeFileSync(`${work}/package.json`, '{ "type": "module" }');
  writeFileSync(`${work}/tsconfig.json`, TSCONFIG);
}

async function classesIn(folder: string): Promise<ReadonlyMap<string, ServiceClass>> {
  const classes = new Map<string, ServiceClass>();
  for (const file of readdirSync(folder)) {
    const exported: Readonly<Record<string, ServiceClass>> = await import(/* @vite-ignore */ `${folder}/${file}`);
    for (const [name, value] of Object.entries(exported)) classes.set(name, value);
  }
  return classes;
}

function instances(names: Iterable<string>, classes: ReadonlyMap<string, ServiceClass>, notes: Notes): Services {
  const services: Record<string, object> = {};
  for (const name of names) {
    const Service = classes.get(name);
    if (Service === undefined) throw new Error(`no file exports the service ${name}`);
    services[name] = new Service(notes);
  }
  return services;
}

function opened(graph: Graph<AnyNodes, Services>, engine: Engine, make: (notes: Notes) => Services): Opened {
  const clock = virtualClock();
  const notes = new Notes(clock);
  const runtime = createRuntime(graph, { services: make(notes), clock, engine, log: false });
  const start = (job: string, message?: unknown, options?: StartOptions): Promise<RunHandle> =>
    runtime.start(job, message, options);
  return {
    runtime,
    clock,
    notes,
    start,
    async report(job, message, options) {
      const run = await start(job, message, options);
      await clock.runAll();
      return run.report();
    },
  };
}

/** Everything that is told of a run until it is over. */
export async function eventsOf(run: StartedRun): Promise<RunEvent[]> {
  const events: RunEvent[] = [];
  for await (const event of run.events()) events.push(event);
  return events;
}

/** Events in words: `step.started Shop.sell`, `run.ended`. */
export function told(events: readonly RunEvent[]): string[] {
  return events.map((event) => ('node' in event ? `${event.type} ${event.node}` : event.type));
}
