// Three nights at the bakery, each a plan. They take no time: their clock is moved from timer to timer.

import { createRuntime, memoryEngine, type Engine, type EntryResult, type Runtime } from 'onward';
import { virtualClock } from 'onward/testing';
import { Bakery, type Mishaps } from './bakery.ts';
import { Office } from './office.ts';
import { graph, type Nodes } from './onward.gen.ts';

const CALLBACKS = { onSuccess: 'Office.praise', onFailure: 'Office.complain' } as const;

type Begin = (runtime: Runtime<Nodes>) => Promise<{ results(): Promise<readonly EntryResult[]> }>;

/** One after another: each begins when everything that the one before caused is over. */
const beginNight: Begin = (runtime) =>
  runtime.start(
    runtime.sequence(
      [
        { job: 'Bakery.mix', message: { kind: 'rye', kilos: 30 } },
        { job: 'Bakery.bake', message: { kind: 'loaves', minutes: 55 } },
        { job: 'Bakery.deliver', message: { shop: 'the market' } },
        { job: 'Bakery.deliver', message: { shop: 'the station' } },
        { job: 'Bakery.sweep', always: true },
      ],
      CALLBACKS,
    ),
  );

/** Two ovens side by side; what goes into one oven goes one after another, though something burns. */
const beginFeast: Begin = (runtime) =>
  runtime.start(
    runtime.parallel(
      [
        { job: 'Bakery.bake', message: { kind: 'rolls', minutes: 20 }, group: 'small oven' },
        { job: 'Bakery.bake', message: { kind: 'pretzels', minutes: 15 }, group: 'small oven' },
        { job: 'Bakery.bake', message: { kind: 'loaves', minutes: 50 }, group: 'stone oven' },
        { job: 'Bakery.bake', message: { kind: 'cakes', minutes: 40 }, group: 'stone oven' },
      ],
      { ...CALLBACKS, keepGoing: true },
    ),
  );

const NIGHTS: readonly { readonly title: string; readonly mishaps: Mishaps; readonly begin: Begin }[] = [
  { title: 'a good night, but for the mixer', mishaps: { mixer: true, van: 1 }, begin: beginNight },
  { title: 'the van is broken', mishaps: { van: 9 }, begin: beginNight },
  { title: 'two ovens before a feast', mishaps: { burns: 'rolls' }, begin: beginFeast },
];

export async function bakeAll(
  say: (line: string) => void,
  newEngine: () => Engine = () => memoryEngine(),
): Promise<void> {
  for (const { title, mishaps, begin } of NIGHTS) {
    say(title);
    const clock = virtualClock(Date.UTC(2026, 2, 7, 2));
    const timed = (line: string): void => say(`  ${new Date(clock.now()).toISOString().slice(11, 16)} ${line}`);
    const services = { Bakery: new Bakery(clock, timed, mishaps), Office: new Office(timed) };
    const runtime = createRuntime(graph, { services, clock, engine: newEngine() });
    const run = await begin(runtime);
    await clock.runAll();
    say(`  ${(await run.results()).map(({ status }) => status).join(', ')}`);
    await runtime.close();
  }
}
