// A day at the lab: a chain, two signatures and a swarm, all put together at run time and typed by the graph.

import { createRuntime, type Engine } from 'onward';
import { Counter } from './counter.ts';
import { Lab } from './lab.ts';
import { graph } from './onward.gen.ts';

export async function openLab(say: (line: string) => void, around: { readonly engine?: Engine } = {}): Promise<void> {
  const runtime = createRuntime(graph, { services: { Counter: new Counter(say), Lab: new Lab(say) }, ...around });

  // Each link takes what the one before returned; one that could not does not compile. It is brought in at lunch time.
  const film = await runtime.start(
    runtime.chain(['Lab.develop', 'Lab.scan', 'Lab.bind']),
    { roll: 'harbour', frames: 24 },
    { suspended: true },
  );
  say(`over lunch the film is ${(await film.inspect()).status}`);
  await film.resume();
  say(await film.value());

  // What is bound lies over the message, field by field, and an override lies over both.
  const framed = runtime
    .sign('Lab.print', { paper: 'matt' })
    .bind({ frame: { wood: 'oak' } })
    .onSuccess(runtime.sign('Counter.ready', { by: 'text message' }))
    .onError(runtime.sign('Counter.sorry', { vouchers: 2 }));
  const frame = { wood: 'none', border: 3 } as const;
  for (const file of ['wedding-7', 'moon-1']) await (await runtime.start(framed, { file, frame })).report();
  const last = await runtime.start(framed, { file: 'wedding-8', frame }, { override: { frame: { border: 0 } } });
  await last.report();

  // A box of prints that is filled while it is worked on. After the second failure nothing further begins.
  const box = runtime.swarm<'Lab.print'>({ concurrency: 1, stopAfterFailures: 2, onFailure: 'Counter.count' });
  const plain = runtime.sign('Lab.print', { frame: { wood: 'none', border: 0 } });
  for (const file of ['harbour-1', 'moon-2', 'harbour-2']) box.add(plain, { file });
  const printing = await runtime.start(box);
  for (const file of ['moon-3', 'harbour-3', 'harbour-4']) await printing.add(plain, { file });
  await printing.close();
  for (const result of await printing.results()) {
    say(`${result.index + 1}. ${result.status === 'completed' ? result.value.text : result.status}`);
  }
  await runtime.close();
}
