// Two nights that take no time: their clock is moved from timer to timer.

import { createRuntime, formatReport, type Engine } from 'onward';
import { metrics, notify } from 'onward/observers';
import { virtualClock } from 'onward/testing';
import { diary, programmeOf } from './listeners.ts';
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
  const counted = metrics();
  const log = { error: (text: string) => say(`  ${text}`), warn: (text: string) => say(`  ${text}`) };
  const runtime = createRuntime(graph, { services, clock, log, observers: [counted], ...around });
  runtime.observe(diary);
  runtime.observe(
    notify({
      when: (event) => event.type === 'custom' && event.name === 'alert.high',
      send: (event) => {
        if (event.type === 'custom') say(`  ringing the director: ${String(event.data)}`);
      },
    }),
  );
  for (const [at, targets] of NIGHTS.entries()) {
    say(`night ${at + 1}`);
    const programme = programmeOf(targets.length, (line) => say(`  ${line}`));
    const run = await runtime.start(
      'Telescope.observe',
      { targets },
      { id: `night-${at + 1}`, observers: [[programme, { nodes: 'Telescope.expose' }]] },
    );
    await clock.runAll();
    if (at === 0) say(formatReport(await run.report()));
    else await run.report();
  }
  const { totalRuns, totalSteps, errorRate, lastError, slowest } = counted.report();
  say(`${totalRuns} runs, ${totalSteps} steps, ${Math.round(100 * errorRate)} % failed`);
  say(`last error: ${String(lastError)}`);
  for (const { node, ms } of slowest) say(`  ${node} ${(ms / 60_000).toFixed(1)} min`);
  await runtime.close();
}
