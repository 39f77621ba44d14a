// Processes of the depot that a block of tests has: runtimes in its own process, and workers in others, which can be killed.

import type { ChildProcess, SpawnOptions } from 'node:child_process';
import { join } from 'node:path';
import { afterEach, beforeAll, expect } from 'vitest';
import type { Runtime } from 'onward';
import type { BullmqEngineOptions } from 'onward/engines/bullmq';
import type { CasesOnRedis } from './cases-on-redis.ts';
import { bundled, started, up } from './child.ts';
import { depot, notedIn } from './depot.ts';
import { temporaryFolder } from './folders.ts';
import type { GivenToWorker } from './programs/depot-worker.ts';
import type { AnyNodes } from './wired.ts';

type Options = Partial<BullmqEngineOptions>;
/** Options are beside those that all processes have. */
type Given = Omit<Partial<GivenToWorker>, 'notes' | 'options'> & { readonly options?: Options };

interface Depots {
  opened(options?: Options, log?: (line: string) => void): Runtime<AnyNodes>;
  /** Starts a worker of its own process. It is killed after the test. */
  launched(given?: Given, spawned?: SpawnOptions): ChildProcess;
  /** The same, and waits until it works. */
  worker(given?: Given): Promise<ChildProcess>;
  /** Has a worker, and another one whenever it dies, until there is an answer. @returns also how many died. */
  untilAnswered<T>(answer: Promise<T>, given: (died: number) => Given): Promise<{ answered: T; died: number }>;
  /** The keys of the steps whose bodies were called, by whichever process. */
  noted(): string[];
  /** Waits until so many bodies were called. */
  until(count: number): Promise<void>;
}

/** Called in a block. @param base options of all processes. */
export function depotsOn(cases: CasesOnRedis, base: Options = {}): Depots {
  let program = '';
  let folder = '';
  const workers: ChildProcess[] = [];
  beforeAll(async () => {
    program = await bundled('depot-worker');
    folder = temporaryFolder('depots');
  }, 60_000);
  afterEach(() => {
    for (const worker of workers.splice(0)) worker.kill('SIGKILL');
  });

  const notes = (): string => join(folder, cases.queue);
  const optionsOf = (options?: Options): BullmqEngineOptions =>
    cases.options({ recoverAfter: '900ms', ...base, ...options });
  const noted = (): string[] => notedIn(notes());

  function launched({ options, ...given }: Given = {}, spawned: SpawnOptions = {}): ChildProcess {
    const child = started(program, { ...given, notes: notes(), options: optionsOf(options) }, spawned);
    workers.push(child);
    return child;
  }

  return {
    opened: (options, log) => cases.closing(depot(notes(), optionsOf(options), log)),
    launched,
    async worker(given) {
      const child = launched(given);
      await up(child);
      return child;
    },
    async untilAnswered(answer, given) {
      const answered = answer.then((value) => ({ value }));
      for (let died = 0; ; died++) {
        const child = launched(given(died));
        const gone = new Promise<undefined>((resolve) => child.once('exit', () => resolve(undefined)));
        const first = await Promise.race([gone, answered]);
        if (first !== undefined) return { answered: first.value, died };
      }
    },
    noted,
    async until(count) {
      await expect.poll(noted, { timeout: 20_000, interval: 5 }).toHaveLength(count);
    },
  };
}
