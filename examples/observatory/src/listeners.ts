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
  readonly #minutes = new Map<string, number[]>();

  readonly listen: Listener = (event) => {
    if (event.type === 'run.ended') this.runs++;
    if (event.type === 'step.retrying') this.retries++;
    if (event.type === 'step.started') this.#begun.set(`${event.runId} ${event.step}`, event.at);
    if (event.type === 'step.failed') {
      this.failures++;
      this.lastError = event.value instanceof Error ? event.value.message : 'unknown';
    }
    if (event.type === 'step.completed' || event.type === 'step.failed') {
      this.#ended(event.node, event.at, `${event.runId} ${event.step}`);
    }
  };

  #ended(node: string, at: number, step: string): void {
    this.steps++;
    const minutes = (at - (this.#begun.get(step) ?? at)) / 60_000;
    this.#begun.delete(step);
    this.#minutes.set(node, [...(this.#minutes.get(node) ?? []), minutes]);
  }

  /** The nodes with their average time, the slowest first. */
  slowest(): string[] {
    const averages = [...this.#minutes].map(
      ([node, all]) => [node, all.reduce((sum, one) => sum + one, 0) / all.length] as const,
    );
    return averages.sort(([, a], [, b]) => b - a).map(([node, minutes]) => `${node} ${minutes.toFixed(1)} min`);
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

/** Rings for what is severe enough. */
export function telephone(ring: (text: string) => void): Listener {
  return (event) => {
    if (event.type !== 'custom' || event.name !== 'alert') return;
    const { severity, text } = alertOf(event.data);
    if (severity === 'high') ring(text);
  };
}

/** What bodies emit comes without a type. */
function alertOf(data: unknown): { readonly severity?: unknown; readonly text: string } {
  const { severity, text }: { severity?: unknown; text?: unknown } = Object(data);
  return { severity, text: String(text) };
}
