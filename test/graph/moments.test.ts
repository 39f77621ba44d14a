// The table of moments: what the core, the runtime, the decorators and the generator agree on.

import 'reflect-metadata';
import { expect, expectTypeOf, test } from 'vitest';
import * as onward from 'onward';
import { compileGraph } from '../../src/graph/compile.ts';
import { isRunMoment, type Moment, MOMENTS, RUN_MOMENTS } from '../../src/graph/moments.ts';
import type { EdgeOn } from '../../src/wiring/v1.ts';

const moments = Object.keys(MOMENTS) as Moment[];

test('MOMENTS-1: each moment has an annotation of the package, and no two share one', () => {
  const annotations = moments.map((moment) => MOMENTS[moment].annotation);
  const exported = new Map<string, unknown>(Object.entries(onward));
  for (const annotation of annotations) expect(exported.get(annotation), annotation).toBeTypeOf('function');
  expect(new Set(annotations).size).toBe(annotations.length);
});

test('MOMENTS-2: a wiring names the same moments', () => {
  expectTypeOf<Moment>().toEqualTypeOf<EdgeOn>();
});

test('the moments of runs are those that a graph keeps apart', () => {
  const nodes = [{ name: 'A.a' }, { name: 'A.b' }];
  const { run, runEdges } = compileGraph({
    nodes,
    edges: RUN_MOMENTS.map((moment) => ({ from: '*', to: 'A.b', moment })),
  });
  expect(moments.filter(isRunMoment)).toEqual(RUN_MOMENTS);
  expect(Object.keys(run)).toEqual(RUN_MOMENTS);
  expect(runEdges.map(({ moment }) => moment)).toEqual(RUN_MOMENTS);
});

test('a failure fails the run behind a moment that carries it on, and behind no other', () => {
  const { edges } = compileGraph({
    nodes: [{ name: 'A.a' }, { name: 'A.b' }],
    edges: moments.filter((moment) => moment !== 'join').map((moment) => ({ from: 'A.a', to: 'A.b', moment })),
  });
  expect(edges.filter(({ isCritical }) => isCritical).map(({ moment }) => moment)).toEqual(['success']);
});
