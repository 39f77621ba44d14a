// The example on the real file and on an altered one, against counts taken from the raw records alone.

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { formatReport } from 'onward';
import { metrics } from 'onward/observers';
import { badLine } from './src/bad-line.ts';
import { REAL_FEED } from './src/real-feed.ts';
import { watchFeed } from './src/watch-feed.ts';

interface Raw {
  id: string;
  properties: { mag: number; alert: string | null; place: unknown };
  geometry: { coordinates: number[] };
}

const realRecords = (): Raw[] => JSON.parse(readFileSync(REAL_FEED, 'utf8')).features;

/** Counts without Onward: what is valid, where it goes, and what the line does to it. */
function countRaw(records: readonly Raw[], seed: number) {
  const isDown = badLine(seed);
  const valid = records.filter(
    ({ properties, geometry }) =>
      properties.mag >= 0 && (geometry.coordinates[2] ?? -1) >= 0 && typeof properties.place === 'string',
  );
  const alerts = valid.filter(({ properties }) => properties.alert !== null);
  const strong = valid.filter(({ properties }) => properties.mag >= 4.5);
  const filed = valid.filter(({ properties }) => properties.alert === null && properties.mag < 4.5);
  const failedAttempts = [...alerts, ...strong].map(({ id }) => {
    const first = [1, 2, 3].findIndex((attempt) => !isDown(id, attempt));
    return first === -1 ? 3 : first;
  });
  const givenUp = failedAttempts.filter((count) => count === 3).length;
  return {
    quarantined: records.length - valid.length,
    alerts: alerts.length,
    strong: strong.length,
    filed: filed.length,
    undelivered: givenUp,
    retries: failedAttempts.reduce((total, count) => total + Math.min(count, 2), 0),
  };
}

test('every record of the real file ends where the raw data says', async () => {
  const records = realRecords();
  const counted = metrics();
  const summary = await watchFeed(records, badLine(7), [counted]);
  expect(summary).toMatchObject({ records: 1_707, ...countRaw(records, 7) });
  expect(summary).toMatchObject({ quarantined: 85, alerts: 12, strong: 85 });
  expect(summary.retries).toBeGreaterThan(10);
  expect(summary.undelivered).toBeGreaterThan(0);
  expect(counted.report()).toMatchObject({ totalRuns: 1_707, openRuns: 0, totalSteps: summary.steps });
  expect(summary.hardest && formatReport(summary.hardest)).toMatch(/Notices\.\w+ +\d.* 3 attempts/);
});

test('an altered file changes the counts as the alterations say', async () => {
  const records = realRecords();
  for (const [at, record] of records.entries()) {
    if (at % 100 === 0) record.properties.mag = -1;
    if (at % 100 === 1) record.properties.place = 17;
    if (at % 100 === 2) record.properties.alert = 'red';
    if (at % 100 === 3) record.properties.mag = 5;
  }
  const summary = await watchFeed(records, badLine(8));
  expect(summary).toMatchObject({ records: 1_707, ...countRaw(records, 8) });
  expect(summary.quarantined).toBeGreaterThan(85 + 17);
});
