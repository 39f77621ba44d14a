// A day of lots, one after another.

import { createRuntime, type Engine } from 'onward';
import { graph } from './onward.gen.ts';
import { DrumJammed, type Lot, Roaster } from './roaster.ts';
import { Storeroom } from './storeroom.ts';

const LOTS: readonly Lot[] = [
  { name: 'Yirgacheffe', gain: 12, moisture: 10.8 },
  { name: 'Mogiana', gain: 20, moisture: 9.1 },
  { name: 'Sidamo', gain: 12, moisture: 11 },
  { name: 'Mandheling', gain: 10, moisture: 14.2 },
  { name: 'Huila', gain: 12, moisture: 11.6 },
];

/** There is a pebble in the Sidamo, and the chaff of the Huila catches fire. */
const drum = {
  turn(name: string): 'fine' | 'smoke' {
    if (name === 'Sidamo') throw new DrumJammed('a pebble');
    return name === 'Huila' ? 'smoke' : 'fine';
  },
};

export async function roastAll(say: (line: string) => void, around: { readonly engine?: Engine } = {}): Promise<void> {
  const indented = (line: string): void => say(`  ${line}`);
  const services = { Roaster: new Roaster(indented, drum), Storeroom: new Storeroom(indented) };
  const runtime = createRuntime(graph, { services, ...around });
  for (const lot of LOTS) {
    say(lot.name);
    // Held until somebody listens: what bodies emit is told, and not kept.
    const run = await runtime.start('Roaster.load', lot, { suspended: true });
    for await (const event of run.events()) {
      if (event.type === 'run.started') await run.resume();
      if (event.type === 'custom' && event.name === 'smoke') await run.cancel('smoke in the chimney');
    }
  }
  await runtime.close();
}
