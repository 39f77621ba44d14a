// From annotated sources to what every callback is given: generated, taken by a runtime, run.

import { cpSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { createRuntime } from 'onward';
import { beforeAll, expect, it } from 'vitest';
import type { Graph, JobType } from '../../src/wiring/v1.ts';
import { folderBelowRepository } from '../support/folders.ts';

const golden = fileURLToPath(new URL('./golden/whole', import.meta.url));
let work = '';

beforeAll(() => {
  work = folderBelowRepository('end-to-end');
  cpSync(`${golden}/src`, work, { recursive: true });
  cpSync(`${golden}/expected.gen.ts`, `${work}/onward.gen.ts`);
  writeFileSync(`${work}/package.json`, '{ "type": "module" }');
  writeFileSync(
    `${work}/tsconfig.json`,
    '{ "compilerOptions": { "experimentalDecorators": true, "target": "es2022" } }',
  );
});

type Charge = (order: { readonly id: string }) => Promise<object>;
type Wired = Graph<
  { readonly 'Shop.charge': JobType<{ readonly id: string }, Charge> },
  { readonly Shop: { readonly told: string[] } }
>;

/** What the callbacks of one run were told, and how the run ended. */
async function told(id: string): Promise<{ readonly told: string[]; readonly status: string; readonly state: object }> {
  const { graph }: { readonly graph: Wired } = await import(/* @vite-ignore */ `${work}/onward.gen.ts`);
  const { Shop }: { readonly Shop: new () => { readonly told: string[] } } = await import(
    /* @vite-ignore */ `${work}/shop.ts`
  );
  const shop = new Shop();
  const runtime = createRuntime(graph, { services: { Shop: shop } });
  const { status, state } = await (await runtime.start('Shop.charge', { id })).report();
  await runtime.close();
  return { told: shop.told.toSorted(), status, state };
}

it('every callback is given what its edge takes', async () => {
  expect(await told('good')).toMatchInlineSnapshot(`
    {
      "state": {
        "charged": 1,
      },
      "status": "completed",
      "told": [
        "begin good",
        "end good GOOD undefined",
        "first 4 undefined",
        "keep GOOD undefined kept",
        "over Shop.charge completed",
        "pack GOOD 4 [good of GOOD, second of GOOD] fragile",
        "well good",
      ],
    }
  `);
});

it('a recovered value stands for the failed one', async () => {
  expect(await told('bad')).toMatchInlineSnapshot(`
    {
      "state": {},
      "status": "completed",
      "told": [
        "begin bad",
        "end bad DECLINED BAD undefined",
        "first 12 undefined",
        "keep DECLINED BAD undefined kept",
        "over Shop.charge completed",
        "pack DECLINED BAD 12 [declined bad of DECLINED BAD, second of DECLINED BAD] fragile",
        "well declined bad",
      ],
    }
  `);
});

it('after an end there is an error where there is no value', async () => {
  expect(await told('worse')).toMatchInlineSnapshot(`
    {
      "state": {},
      "status": "failed",
      "told": [
        "begin worse",
        "end worse undefined lost",
        "keep undefined Error: lost kept",
        "over Shop.charge failed",
      ],
    }
  `);
});
