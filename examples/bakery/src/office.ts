import { Handler, type RunReport } from 'onward';

/** Callbacks of whole plans: exactly one of them runs, once, when all else is over. */
export class Office {
  constructor(private readonly say: (line: string) => void) {}

  @Handler()
  praise({ counts }: RunReport): void {
    this.say(`all ${counts.completed} steps are done`);
  }

  @Handler()
  complain({ failures, counts }: RunReport): void {
    const what = failures.map(
      ({ node, error, attempts }) => `${node}: ${textOf(error)}, tried ${attempts.length} times`,
    );
    this.say(`${what.join('; ')}; ${counts.skipped} skipped`);
  }
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : 'it failed';
}
