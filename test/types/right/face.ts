// The runtime's face, typed by a wiring: everything here must compile.

import { createRuntime, isOnwardError, type Runtime } from 'onward';
import { defineGraph, type Graph, type HandlerType, type JobType } from 'onward/wiring/v1';

export class Parcel {
  id!: string;
  grams!: number;
  note?: string;
  readonly tags!: readonly string[];
  get kilograms(): number {
    return this.grams / 1_000;
  }
  label(): string {
    return this.id;
  }
}

export class Depot {
  async send(parcel: Parcel): Promise<{ code: string }> {
    return { code: parcel.id };
  }
  sweep(): number {
    return 3;
  }
  stamp(value: { code: string }): void {
    void value;
  }
}

export interface Services {
  readonly Depot: Depot;
}

export interface Nodes {
  readonly 'Depot.send': JobType<Parcel, Depot['send']>;
  readonly 'Depot.sweep': JobType<undefined, Depot['sweep']>;
  readonly 'Depot.stamp': HandlerType<{ code: string }, Depot['stamp']>;
}

export const graph: Graph<Nodes, Services> = defineGraph<Nodes, Services>({
  contract: 1,
  graphHash: 'x',
  nodes: {},
  edges: [],
});

export async function use(outside: unknown, id: string): Promise<void> {
  const runtime: Runtime<Nodes> = createRuntime(graph, { services: { Depot: new Depot() } });
  createRuntime(graph, { resolve: (name: 'Depot') => ({ name }) });
  // Data: no methods, getters may be left out, optional fields too.
  const run = await runtime.start('Depot.send', { id: 'a', grams: 3 });
  await runtime.start(
    'Depot.send',
    { id: 'a', grams: 3, note: 'x', tags: [] },
    { id: 'p1', tags: ['t'], history: 'failures' },
  );
  const parcel = new Parcel();
  await runtime.start('Depot.send', parcel);
  const { code }: { code: string } = await run.value();
  const swept: number = await (await runtime.start('Depot.sweep')).entry();
  await runtime.start('Depot.sweep', undefined, { stepLimit: null });
  const report = await run.report();
  const again: { code: string } | undefined = report.value;
  if (runtime.isJob(id)) await runtime.parse(id, outside);
  const parsed: Parcel = await runtime.parse('Depot.send', outside);
  parsed.label();
  const safely = await runtime.safeParse('Depot.send', outside);
  if (safely.success) safely.data.label();
  // Written out, it narrows without strictNullChecks, too.
  if (safely.success === false) void safely.issues[0]?.path;
  for await (const event of run.events()) {
    if (event.type === 'step.retrying') void event.error;
  }
  if (isOnwardError(outside, 'ONW2003')) void outside.issues[0]?.path;
  void [code, swept, again];
}
