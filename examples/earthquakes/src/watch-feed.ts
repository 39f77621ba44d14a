// Runs one job for each record of a feed and counts what came of them.

import { createRuntime, isOnwardError, type Observer, type RunReport } from 'onward';
import { Desk, Quarantine } from './desk.ts';
import { Notices, type Line } from './notices.ts';
import { graph } from './onward.gen.ts';

export interface FeedSummary {
  readonly records: number;
  readonly quarantined: number;
  readonly alerts: number;
  readonly strong: number;
  readonly filed: number;
  readonly retries: number;
  readonly undelivered: number;
  readonly runs: { readonly completed: number; readonly failed: number };
  readonly steps: number;
  /** The first few records in quarantine, with what is wrong with them. */
  readonly suspects: readonly string[];
  /** The run with the most attempts. */
  readonly hardest: RunReport | undefined;
}

export async function watchFeed(
  records: readonly unknown[],
  isDown: Line,
  observers: readonly Observer[] = [],
): Promise<FeedSummary> {
  const desk = new Desk();
  const quarantine = new Quarantine();
  const notices = new Notices(isDown);
  const services = { Desk: desk, Notices: notices, Quarantine: quarantine };
  const runtime = createRuntime(graph, { services, observers });
  const receive = async (record: unknown): Promise<RunReport> => {
    try {
      const feature = await runtime.parse('Desk.receive', record);
      return await (await runtime.start('Desk.receive', feature)).report();
    } catch (error) {
      if (!isOnwardError(error, 'ONW2003')) throw error;
      const problems = error.issues.map(({ path, expected, got }) => `${path}: expected ${expected}, got ${got}`);
      return (await runtime.start('Quarantine.keep', { id: idOf(record), problems })).report();
    }
  };
  const reports = await Promise.all(records.map(receive));
  await runtime.close();
  return {
    records: records.length,
    quarantined: quarantine.kept.size,
    alerts: reports.filter((report) => hasStep(report, 'Notices.page')).length,
    strong: reports.filter((report) => hasStep(report, 'Notices.post')).length,
    filed: desk.filed.length,
    retries: sum(reports.map((report) => sum(report.steps.map((step) => step.attempts.length - 1)))),
    undelivered: notices.undelivered.length,
    runs: {
      completed: reports.filter(({ status }) => status === 'completed').length,
      failed: reports.filter(({ status }) => status === 'failed').length,
    },
    steps: sum(reports.map((report) => report.steps.length)),
    suspects: [...quarantine.kept].slice(0, 3).map(([id, problems]) => `${id}: ${problems.join('; ')}`),
    hardest: reports.toSorted((one, other) => attemptsOf(other) - attemptsOf(one))[0],
  };
}

function attemptsOf({ steps }: RunReport): number {
  return sum(steps.map(({ attempts }) => attempts.length));
}

function hasStep(report: RunReport, node: string): boolean {
  return report.steps.some((step) => step.node === node);
}

function idOf(record: unknown): string {
  const id = typeof record === 'object' && record !== null && 'id' in record ? record.id : undefined;
  return typeof id === 'string' ? id : 'without an id';
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
