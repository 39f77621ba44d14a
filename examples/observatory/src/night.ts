// Two nights that take no time: their clock is moved from timer to timer.

import { createRuntime, type Engine } from 'onward';
import { virtualClock } from 'onward/testing';
import { listen, onlyOf } from './listen.ts';
import { Metrics, progressOf, telephone } from './listeners.ts';
import { graph } from './onward.gen.ts';
import { Telescope, type Target } from './telescope.ts';

const NIGHTS: readonly Target[][] = [
  [
    { name: 'Andromeda', minutes: 40 },
    { name: 'Pleiades', minutes: 90 },
  ],
  [
    { name: 'Orion', minutes: 30 },
    { name: 'Dumbbell', minutes: 20 },
  ],
];

export async function watchSky(say: (line: string) => void, around: { readonly engine?: Engine } = {}): Promise<void> {
  const clock = virtualClock();
  const services = { Telescope: new Telescope(clock, new Set(['Orion'])) };
  const runtime = createRuntime(graph, { services, clock, ...around });
  const metrics = new Metrics();
  for (const [at, targets] of NIGHTS.entries()) {
    say(`night ${at + 1}`);
    const run = await runtime.start('Telescope.observe', { targets });
    const listening = listen(
      run,
      {
        metrics: metrics.listen,
        progress: onlyOf(
          'Telescope.expose',
          progressOf(targets.length, (line) => say(`  ${line}`)),
        ),
        telephone: telephone((text) => say(`  ringing the director: ${text}`)),
        diary: ({ type }) => {
          if (type === 'run.ended') throw new Error('the diary is full');
        },
      },
      (problem) => say(`  ${problem}`),
    );
    await clock.runAll();
    await listening;
  }
  say(`${metrics.runs} runs, ${metrics.steps} steps, ${metrics.retries} retries, ${metrics.errorRate} failed`);
  say(`last error: ${metrics.lastError}`);
  for (const line of metrics.slowest()) say(`  ${line}`);
  await runtime.close();
}
