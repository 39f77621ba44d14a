import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const source = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** A folder with line 3 of OpenTelemetry's SDK, which stands in the place of line 2, which is installed here. */
const telemetry = process.env['OPENTELEMETRY'];
const lineThree = ['api', 'context-async-hooks', 'sdk-metrics', 'sdk-trace'].map((name) => ({
  // What line 2 calls `sdk-trace-base` is `sdk-trace`.
  find: new RegExp(`^@opentelemetry/${name}(-base)?$`),
  replacement: `${telemetry}/node_modules/@opentelemetry/${name}/dist/index.mjs`,
}));

const EXCLUDED = ['**/node_modules/**', 'test/package/fixture/**'];
/**
 * Tests of the pure core and of the generator: code that keeps nothing beyond a call. Their files share a process and the
 * modules that it has loaded, since loading them takes longer than the tests. All others have a process for each file.
 */
const PURE = [
  'test/{errors,graph,records,run}/**/*.test.ts',
  'test/codegen/{cases,cli,emit}/*.test.ts',
  'test/codegen/{agreement,catalogue*,golden,half-typed,newcomers,proofs,sensitive,whole-graph*}.test.ts',
];

export default defineConfig({
  resolve: {
    // Tests read the sources, as users' imports would spell them.
    alias: [
      ...(telemetry === undefined ? [] : lineThree),
      { find: /^onward$/, replacement: source('./src/index.ts') },
      { find: /^onward\/wiring\/v1$/, replacement: source('./src/wiring/v1.ts') },
      { find: /^onward\/client$/, replacement: source('./src/client.ts') },
      { find: /^onward\/definitions$/, replacement: source('./src/definitions.ts') },
      { find: /^onward\/observers$/, replacement: source('./src/observers.ts') },
      { find: /^onward\/nest$/, replacement: source('./src/nest/index.ts') },
      { find: /^onward\/observers\/opentelemetry$/, replacement: source('./src/observe/ready/opentelemetry.ts') },
      { find: /^onward\/engines\/sqlite$/, replacement: source('./src/engines/sqlite/index.ts') },
      { find: /^onward\/engines\/bullmq$/, replacement: source('./src/engines/bullmq/index.ts') },
      { find: /^onward\/engines\/store$/, replacement: source('./src/engines/store/index.ts') },
      { find: /^onward\/testing$/, replacement: source('./src/testing/index.ts') },
      { find: /^onward\/codegen$/, replacement: source('./codegen/index.ts') },
    ],
  },
  test: {
    // In the order of their names: what is left for the end is short.
    projects: [
      {
        extends: true,
        test: {
          name: 'apart',
          include: ['test/**/*.test.ts', 'examples/**/*.test.ts'],
          exclude: [...EXCLUDED, ...PURE],
        },
      },
      { extends: true, test: { name: 'together', include: PURE, exclude: EXCLUDED, isolate: false } },
    ],
    setupFiles: ['test/setup.ts'],
    // tsx, and the compiler on newer Nodes, would keep what they have compiled in the system's temp folder.
    env: { TSX_DISABLE_CACHE: '1', NODE_DISABLE_COMPILE_CACHE: '1' },
    testTimeout: 60_000,
    pool: 'forks',
    // Every core: most files wait for compilers and for programs that they have started.
    maxWorkers: '100%',
  },
});
