// Every folder of `golden/` is a case: sources in, a wiring or the errors out.

import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { renderProblems } from '../../codegen/cli/diagnostics.ts';
import { analyse } from '../../codegen/generate.ts';

const GOLDEN = fileURLToPath(new URL('./golden', import.meta.url));
const cases = readdirSync(GOLDEN, { withFileTypes: true }).flatMap((entry) =>
  entry.isDirectory() ? [entry.name] : [],
);

describe('the generator', () => {
  it.each(cases)('gives what golden/%s expects', async (name) => {
    const found = analyse(`${GOLDEN}/${name}/tsconfig.json`);
    const reported = renderProblems(found.problems, `${GOLDEN}/${name}`, false);
    expect(() => found.print()).not.toThrow();
    if (found.text !== undefined) await expect(found.text).toMatchFileSnapshot(`golden/${name}/expected.gen.ts`);
    const isQuiet = found.text !== undefined && reported === '';
    if (!isQuiet) await expect(reported).toMatchFileSnapshot(`golden/${name}/expected-errors.txt`);
    expect(found.text === undefined).toBe(name.startsWith('wrong-'));
  });
});
