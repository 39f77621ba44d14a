// What listens to a night: metrics, the progress of the programme, and the telephone.

import type { Listener } from './listen.ts';

/** Counts and times, by node, of any number of runs. */
export class Metrics {
  runs = 0;
  steps = 0;
  failures = 0;
  retries = 0;
  lastError = 'none';
  readonly #begun = new Map<string, number>();
  readonly #spent = new Map<string, { ms: number; steps: number }>();

  readonly listen: Listener = (event) => {
    if (event.type === 'run.ended') this.runs++;
    if (event.type === 'step.retrying') this.retries++;
    if (event.type === 'step.started') this.#begun.set(`${event.runId} ${event.step}`, event.at);
    if (event.type === 'step.failed') {
      this.failures++;
      this.lastError = event.error instanceof Error ? event.error.message : 'unknown';
    }
    if (event.type === 'step.completed' || event.type === 'step.failed') {
      const step = `${event.runId} ${event.step}`;
      const spent = this.#spent.get(event.node) ?? { ms: 0, steps: 0 };
      this.#spent.set(event.node, {
        ms: spent.ms + event.at - (this.#begun.get(step) ?? event.at),
        steps: spent.steps + 1,
      });
      this.#begun.delete(step);
      this.steps++;
    }
  };

  /** The nodes with their average time, the slowest first. */
  slowest(): string[] {
    const averages = [...this.#spent].map(([node, { ms, steps }]) => ({ node, minutes: ms / steps / 60_000 }));
    return averages
      .sort((a, b) => b.minutes - a.minutes)
      .map(({ node, minutes }) => `${node} ${minutes.toFixed(1)} min`);
  }

  get errorRate(): string {
    return `${Math.round((100 * this.failures) / this.steps)} %`;
  }
}

/** How much of the programme is behind us: a run does not know beforehand how many steps it will have. */
export function progressOf(total: number, show: (line: string) => void): Listener {
  let done = 0;
  return (event) => {
    if (event.type === 'progress') show(`${event.text} ${Math.round(event.done * 100)} % (attempt ${event.attempt})`);
    if (event.type !== 'step.completed' && event.type !== 'step.failed') return;
    show(`programme ${Math.round((100 * ++done) / total)} %`);
  };
}

/** Rings for what is severe, and lets the rest be. */
export function telephone(ring: (text: string) => void): Listener {
  return (event) => (event.type === 'custom' && event.name === 'alert.high' ? ring(String(event.data)) : undefined);
}
