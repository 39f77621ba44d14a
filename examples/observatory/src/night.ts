// Two nights that take no time: their clock is moved from timer to timer.

import { chained, createRuntime, formatReport, type Engine } from 'onward';
import { batched, history, logger, metrics, progress, type ProgressRecord } from 'onward/observers';
import { virtualClock } from 'onward/testing';
import { diary, pager, programmeOf } from './listeners.ts';
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
  const indented = (line: string): void => say(`  ${line}`);
  const log = { info: indented, warn: indented, error: indented };
  const counted = metrics();
  const record = history({ clock });
  const board = new Map<string, ProgressRecord>();
  const archive = batched((events) => indented(`${events.length} events to the archive`), {
    size: 20,
    every: '2h',
    clock,
  });

  const runtime = createRuntime(graph, {
    services: { Telescope: new Telescope(clock, new Set(['Orion'])) },
    clock,
    log,
    observers: [
      diary,
      // One behind the other, and ahead of the diary.
      [chained(logger(log, { level: 'info' }), counted, record), { priority: 1 }],
      progress({ graph, store: board, stream: null }),
      [archive, { mode: 'background' }],
      [pager(indented), { mode: 'background', when: ({ tags }) => !tags.includes('rehearsal') }],
    ],
    ...around,
  });
  const remove = runtime.observe(
    { onStepEnd: ({ at, startedAt }) => indented(`the darkroom is free after ${(at - startedAt) / 60_000} min`) },
    { nodes: '*.develop', events: ['step.completed'] },
  );

  for (const [at, targets] of NIGHTS.entries()) {
    const id = `night-${at + 1}`;
    say(id);
    const programme = programmeOf(targets.length, indented);
    const isLong = targets.reduce((sum, { minutes }) => sum + minutes, 0) > 120;
    const options = {
      id,
      tags: isLong ? ['long'] : [],
      observers: [[programme, { nodes: 'Telescope.expose' }]],
    } as const;
    const run = await runtime.start('Telescope.observe', { targets }, options);
    await clock.runAll();
    const report = await run.report();
    if (at === 0) say(formatReport(report));
    remove();
  }

  const { totalRuns, totalSteps, errorRate, lastError, slowest } = counted.report();
  say(`${totalRuns} runs, ${totalSteps} steps, ${Math.round(100 * errorRate)} % failed`);
  say(`last error: ${String(lastError)}`);
  for (const { node, ms } of slowest) indented(`${node} ${(ms / 60_000).toFixed(1)} min`);
  for (const [key, { status, progress: percent, lastNode }] of board)
    indented(`${key} ${status} ${percent} % ${lastNode}`);
  for (const { id, error } of record.runs({ text: 'mirror' }).runs) indented(`${id} in the record: ${String(error)}`);
  await runtime.close();
}
