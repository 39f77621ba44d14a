// Ten asynchronous jobs in a row, each handing a small object to the next.

import { Job, OnSuccess } from '../../dist/src/index.js';
import { edge, node, runtimeOf, wiringOf } from '../wiring.js';

const LENGTH = 10;

export class Count {
  /** @type {number} */
  n;
}

export class Chain {
  /** @param {Count} count */
  async step1(count) {
    return { n: count.n + 1 };
  }
  /** @param {Count} count */
  async step2(count) {
    return { n: count.n + 1 };
  }
  /** @param {Count} count */
  async step3(count) {
    return { n: count.n + 1 };
  }
  /** @param {Count} count */
  async step4(count) {
    return { n: count.n + 1 };
  }
  /** @param {Count} count */
  async step5(count) {
    return { n: count.n + 1 };
  }
  /** @param {Count} count */
  async step6(count) {
    return { n: count.n + 1 };
  }
  /** @param {Count} count */
  async step7(count) {
    return { n: count.n + 1 };
  }
  /** @param {Count} count */
  async step8(count) {
    return { n: count.n + 1 };
  }
  /** @param {Count} count */
  async step9(count) {
    return { n: count.n + 1 };
  }
  /** @param {Count} count */
  async step10(count) {
    return { n: count.n + 1 };
  }
}
Job()(Chain.prototype, 'step1');
for (let at = 2; at <= LENGTH; at++) OnSuccess(() => Chain, `step${at - 1}`)(Chain.prototype, `step${at}`);

/** Each call written out, as generated wiring has it: a shared one would be slower than what users get. */
const calls = {
  step1: (chain, count) => chain.step1(count),
  step2: (chain, count) => chain.step2(count),
  step3: (chain, count) => chain.step3(count),
  step4: (chain, count) => chain.step4(count),
  step5: (chain, count) => chain.step5(count),
  step6: (chain, count) => chain.step6(count),
  step7: (chain, count) => chain.step7(count),
  step8: (chain, count) => chain.step8(count),
  step9: (chain, count) => chain.step9(count),
  step10: (chain, count) => chain.step10(count),
};

/** @param {Chain} chain @param {{ n: number }} count */
export async function chainByHand(chain, count) {
  const count1 = await chain.step1(count);
  const count2 = await chain.step2(count1);
  const count3 = await chain.step3(count2);
  const count4 = await chain.step4(count3);
  const count5 = await chain.step5(count4);
  const count6 = await chain.step6(count5);
  const count7 = await chain.step7(count6);
  const count8 = await chain.step8(count7);
  const count9 = await chain.step9(count8);
  return chain.step10(count9);
}

export function chainGraph() {
  const names = Object.keys(calls);
  const nodes = names.map((name, at) =>
    node(`Chain.${name}`, at === 0 ? 'job' : 'handler', calls[name], at === 0 ? Count : true),
  );
  const edges = names.slice(1).map((name, at) => edge('success', `Chain.${names[at]}`, `Chain.${name}`));
  return wiringOf('chain', nodes, edges);
}

/** @param {import('../measure.js').Variant} variant @returns {import('../measure.js').Workload} */
export function chain({ watched = false, observed, hasId = false }) {
  const service = new Chain();
  const runtime = runtimeOf(chainGraph(), { Chain: service }, false);
  let events = 0;
  let ids = 0;
  const count = observed?.isAwaited === true ? async () => void events++ : () => void events++;
  if (observed !== undefined) runtime.observe(Object.fromEntries(observed.hooks.map((hook) => [hook, count])));
  return {
    stepsPerRun: LENGTH,
    async byHand(runs) {
      let sum = 0;
      for (let at = 0; at < runs; at++) sum += (await chainByHand(service, { n: at })).n;
      return sum - expected(runs);
    },
    async onward(runs) {
      let steps = 0;
      let sum = 0;
      events = 0;
      for (let at = 0; at < runs; at++) {
        const options = hasId ? { id: `order-${ids++}` } : undefined;
        const run = await runtime.start('Chain.step1', { n: at }, options);
        if (watched) for await (const event of run.events()) steps += event.type === 'step.completed' ? 1 : 0;
        sum += (await run.value()).n;
      }
      const missing = watched ? steps - runs * LENGTH : events - runs * (observed?.perRun ?? 0);
      // Each gives the started job's value: one more than its message.
      return Math.abs(missing) + Math.abs(sum - (runs * (runs + 1)) / 2);
    },
  };
}

/** All runs at once: what counts is what they keep alive together. @returns {import('../measure.js').Workload} */
export function concurrentChains() {
  const service = new Chain();
  const runtime = runtimeOf(chainGraph(), { Chain: service }, false);
  const sumOf = async (runs, way) => {
    const values = await Promise.all(Array.from({ length: runs }, (_, n) => way(n)));
    return values.reduce((sum, { n }) => sum + n, 0);
  };
  return {
    stepsPerRun: LENGTH,
    byHand: async (runs) => (await sumOf(runs, (n) => chainByHand(service, { n }))) - expected(runs),
    // Each gives the started job's value: one more than its message.
    onward: async (runs) =>
      (await sumOf(runs, async (n) => (await runtime.start('Chain.step1', { n })).value())) -
      ((runs * (runs - 1)) / 2 + runs),
  };
}

/** What the sums of all last values come to. */
function expected(runs) {
  return (runs * (runs - 1)) / 2 + runs * LENGTH;
}
