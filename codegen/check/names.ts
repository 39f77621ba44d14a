// Names: they stay as keys in ids, in records and on the command line.

import type { Model, Place, ServiceModel } from '../model/model.ts';
import { showWord, visible } from '../quote.ts';
import type { Report } from '../problem.ts';

const MAX_LENGTH = 200;

export function checkNames({ name, place, nodes }: ServiceModel, report: Report): void {
  checkName(name, place, report);
  if (name.includes('.')) {
    report(
      'ONW1103',
      place,
      `the name ${showWord(name)} has a dot; in an id the first dot ends the name of the service: remove it`,
    );
  }
  if (name === '__proto__') {
    report('ONW1103', place, 'the name "__proto__" has a special meaning in JavaScript; choose another one');
  }
  for (const node of nodes) checkName(node.name, node.place, report);
  checkUnique(
    nodes.map((node) => ({ name: node.id, place: node.place, what: 'node' })),
    report,
  );
}

/** Two services with one name make one report, not one more for each of their nodes. */
export function checkServiceNames({ services }: Model, report: Report): void {
  checkUnique(
    services.map(({ name, place }) => ({ name, place, what: 'service' })),
    report,
  );
}

/** The slots of the second would join the runs of the first. */
export function checkScheduleNames({ services }: Model, report: Report): void {
  const named: Named[] = [];
  for (const { nodes } of services) {
    for (const { schedules } of nodes) {
      for (const { name, place } of schedules) if (name !== undefined) named.push({ name, place, what: 'schedule' });
    }
  }
  checkUnique(named, report);
}

function checkName(name: string, place: Place, report: Report): void {
  if (name.trim() === '') report('ONW1103', place, 'the name is empty; give one or leave the option out');
  else if (name.length > MAX_LENGTH)
    report('ONW1103', place, `the name has ${name.length} characters; at most ${MAX_LENGTH} are allowed`);
  else if (visible(name) !== name)
    report('ONW1103', place, `the name ${showWord(name)} has control or invisible characters; remove them`);
}

interface Named {
  readonly name: string;
  readonly place: Place;
  readonly what: 'service' | 'node' | 'schedule';
}

function checkUnique(named: readonly Named[], report: Report): void {
  const first = new Map<string, Named>();
  for (const item of named) {
    // With the accent as a separate letter, another string looks the same.
    const seen = item.name.normalize('NFC');
    const other = first.get(seen);
    if (other === undefined) {
      first.set(seen, item);
      continue;
    }
    const fix =
      item.what === 'service' ? 'give one of them another with @Service({ name })' : 'give one of them another `name`';
    const related = [{ place: other.place, text: 'the other one is here' }];
    report('ONW1102', item.place, `two ${item.what}s are called ${showWord(item.name)}; ${fix}`, { related });
  }
}
