// The values of a join's sources, by name: what the body of a join takes.
//
// JOIN-RECORD-1. A source that is missing is left out.
// JOIN-RECORD-2. If all are there, code that names them makes the record: it has the shape of a literal, whereas one that
//     is filled field by field is slow to make, and slow to read if it has more than a dozen. Joins with the same names
//     share that code. Where none can be generated, the record is filled.

import type { Join } from '../graph/graph.ts';
import { setOwnField } from '../values/json.ts';

/** Makes a record of what arrived, by source. */
export type MakeRecord = (values: readonly unknown[]) => object;

const makers = new WeakMap<Join, MakeRecord>();
/** By the names of all sources: what makes many records is at hand if it is one thing. */
const named = new Map<string, MakeRecord>();
/** A process may open one graph after the other. */
const MOST_NAMED = 1_000;

export function recordMaker(join: Join): MakeRecord {
  const known = makers.get(join);
  if (known !== undefined) return known;
  const maker = makerFor(join.sources.map(({ name }) => name));
  makers.set(join, maker);
  return maker;
}

function makerFor(names: readonly string[]): MakeRecord {
  const key = JSON.stringify(names);
  const known = named.get(key);
  if (known !== undefined) return known;
  // Generated when it is needed first: a graph has more joins than a process meets.
  let whole: MakeRecord | undefined;
  const make: MakeRecord = (values) => {
    if (values.length !== names.length || values.includes(undefined)) return filled(names, values);
    whole ??= generated(names) ?? ((all) => filled(names, all));
    return whole(values);
  };
  if (named.size === MOST_NAMED) named.clear();
  named.set(key, make);
  return make;
}

function filled(names: readonly string[], values: readonly unknown[]): object {
  const record: Record<string, unknown> = {};
  for (const [at, name] of names.entries()) {
    const value = values[at];
    // By an assignment a field of this name would be taken for the prototype.
    if (value !== undefined && name === '__proto__') setOwnField(record, name, value);
    else if (value !== undefined) record[name] = value;
  }
  return record;
}

/** Undefined: this process generates no code, or a field of this name would be the prototype. */
function generated(names: readonly string[]): MakeRecord | undefined {
  if (names.includes('__proto__')) return undefined;
  const fields = names.map((name, at) => `${JSON.stringify(name)}: values[${at}]`);
  try {
    return Reflect.construct(Function, ['values', `return { ${fields.join(', ')} };`]) as MakeRecord;
  } catch {
    return undefined;
  }
}
