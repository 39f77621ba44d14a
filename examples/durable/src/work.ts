// The program that gets killed. It says the same at every start: three issues, each under an id.

import { createRuntime } from 'onward';
import { sqliteEngine } from 'onward/engines/sqlite';
import { letterboxIn } from './letterbox.ts';
import { Newsletter } from './newsletter.ts';
import { graph } from './onward.gen.ts';

/** @param folder for the runs and the letters. */
export async function work(folder: string, say: (line: string) => void): Promise<void> {
  const services = { Newsletter: new Newsletter(letterboxIn(`${folder}/letters.txt`)) };
  const runtime = createRuntime(graph, { services, engine: sqliteEngine({ file: `${folder}/onward.db` }) });
  for (const number of [1, 2, 3]) {
    // An issue that was started before is joined, finished or not.
    const run = await runtime.start('Newsletter.readers', { number }, { id: `issue-${number}` });
    say(`issue ${number} is on its way`);
    const report = await run.report();
    say(`issue ${number}: ${report.status}, ${report.steps.length} steps`);
  }
  await runtime.close();
}
