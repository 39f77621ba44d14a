// Plans for a greenhouse that its gardeners write as JSON: nothing of them is code.

import { readFileSync } from 'node:fs';
import { createRuntime, isOnwardError, StepCode, type Engine } from 'onward';
import { definition } from 'onward/definitions';
import { Greenhouse } from './greenhouse.ts';
import { graph } from './onward.gen.ts';

const BEDS = { tomatoes: { moisture: 22, degrees: 24 }, orchids: { moisture: 61, degrees: 31 } };

const read = (name: string): Uint8Array => readFileSync(new URL(`../${name}.json`, import.meta.url));
const nameOf = (code: number): string =>
  Object.entries(StepCode).find(([, value]) => value === code)?.[0] ?? String(code);

export async function tend(say: (line: string) => void, around: { readonly engine?: Engine } = {}): Promise<void> {
  const services = { Greenhouse: new Greenhouse(BEDS, (line) => say(`  ${line}`)) };
  const runtime = createRuntime(graph, { services, ...around });

  const morning = definition(read('morning'));
  for (const bed of ['tomatoes', 'orchids', 'basil']) {
    const run = await runtime.start(morning, { bed });
    const results = await run.results();
    say(`${bed}: ${results.map(({ code }) => nameOf(code)).join(', ')}`);
  }

  const mistakes = definition(read('mistakes'));
  const run = await runtime.start(mistakes, {}, { stepLimit: 10 });
  for (const { index, status, code } of await run.results()) {
    const id = mistakes.steps[index]?.id ?? '';
    say(`${id.padEnd(8)} ${status.padEnd(10)} ${code} ${nameOf(code)}`);
  }

  // What can be told without a run is told at once, all of it.
  const nonsense = { steps: [{ id: '__proto__', job: 'Greenhouse.vent', if: '${steps.look.value.bed = 1}', pot: 3 }] };
  try {
    definition(nonsense);
  } catch (error) {
    if (!isOnwardError(error)) throw error;
    for (const { path, expected } of error.issues) say(`${path}: ${expected}`);
  }
  await runtime.close();
}
