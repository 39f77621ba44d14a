// Ten asynchronous jobs in a row whose bodies take a context and read the id of the run, or the signal.

import { Job, OnSuccess } from '../../dist/src/index.js';
import { edge, node, runtimeOf, wiringOf } from '../wiring.js';

const LENGTH = 10;

class Count {
  /** @type {number} */
  n;
}

class Identified {
  seen = 0;
  async step1(count, context) {
    this.seen += context.runId.length > 0 ? 1 : 0;
    return { n: count.n + 1 };
  }
  async step2(count, context) {
    this.seen += context.runId.length > 0 ? 1 : 0;
    return { n: count.n + 1 };
  }
  async step3(count, context) {
    this.seen += context.runId.length > 0 ? 1 : 0;
    return { n: count.n + 1 };
  }
  async step4(count, context) {
    this.seen += context.runId.length > 0 ? 1 : 0;
    return { n: count.n + 1 };
  }
  async step5(count, context) {
    this.seen += context.runId.length > 0 ? 1 : 0;
    return { n: count.n + 1 };
  }
  async step6(count, context) {
    this.seen += context.runId.length > 0 ? 1 : 0;
    return { n: count.n + 1 };
  }
  async step7(count, context) {
    this.seen += context.runId.length > 0 ? 1 : 0;
    return { n: count.n + 1 };
  }
  async step8(count, context) {
    this.seen += context.runId.length > 0 ? 1 : 0;
    return { n: count.n + 1 };
  }
  async step9(count, context) {
    this.seen += context.runId.length > 0 ? 1 : 0;
    return { n: count.n + 1 };
  }
  async step10(count, context) {
    this.seen += context.runId.length > 0 ? 1 : 0;
    return { n: count.n + 1 };
  }
}

class Signalled {
  seen = 0;
  async step1(count, context) {
    this.seen += context.signal.aborted ? 0 : 1;
    return { n: count.n + 1 };
  }
  async step2(count, context) {
    this.seen += context.signal.aborted ? 0 : 1;
    return { n: count.n + 1 };
  }
  async step3(count, context) {
    this.seen += context.signal.aborted ? 0 : 1;
    return { n: count.n + 1 };
  }
  async step4(count, context) {
    this.seen += context.signal.aborted ? 0 : 1;
    return { n: count.n + 1 };
  }
  async step5(count, context) {
    this.seen += context.signal.aborted ? 0 : 1;
    return { n: count.n + 1 };
  }
  async step6(count, context) {
    this.seen += context.signal.aborted ? 0 : 1;
    return { n: count.n + 1 };
  }
  async step7(count, context) {
    this.seen += context.signal.aborted ? 0 : 1;
    return { n: count.n + 1 };
  }
  async step8(count, context) {
    this.seen += context.signal.aborted ? 0 : 1;
    return { n: count.n + 1 };
  }
  async step9(count, context) {
    this.seen += context.signal.aborted ? 0 : 1;
    return { n: count.n + 1 };
  }
  async step10(count, context) {
    this.seen += context.signal.aborted ? 0 : 1;
    return { n: count.n + 1 };
  }
}

/** Each call written out, as generated wiring has it. */
const calls = {
  step1: (service, count, { context }) => service.step1(count, context),
  step2: (service, count, { context }) => service.step2(count, context),
  step3: (service, count, { context }) => service.step3(count, context),
  step4: (service, count, { context }) => service.step4(count, context),
  step5: (service, count, { context }) => service.step5(count, context),
  step6: (service, count, { context }) => service.step6(count, context),
  step7: (service, count, { context }) => service.step7(count, context),
  step8: (service, count, { context }) => service.step8(count, context),
  step9: (service, count, { context }) => service.step9(count, context),
  step10: (service, count, { context }) => service.step10(count, context),
};

/** @param {(at: number) => unknown} contextOf what a body is given beside its message */
async function byHand(service, count, contextOf) {
  const count1 = await service.step1(count, contextOf(1));
  const count2 = await service.step2(count1, contextOf(2));
  const count3 = await service.step3(count2, contextOf(3));
  const count4 = await service.step4(count3, contextOf(4));
  const count5 = await service.step5(count4, contextOf(5));
  const count6 = await service.step6(count5, contextOf(6));
  const count7 = await service.step7(count6, contextOf(7));
  const count8 = await service.step8(count7, contextOf(8));
  const count9 = await service.step9(count8, contextOf(9));
  return service.step10(count9, contextOf(10));
}

/** @returns {import('../measure.js').Workload} */
function contextual(Service, contextOf) {
  const name = Service.name;
  const names = Object.keys(calls);
  Job()(Service.prototype, 'step1');
  for (let at = 2; at <= LENGTH; at++) OnSuccess(() => Service, `step${at - 1}`)(Service.prototype, `step${at}`);
  const nodes = names.map((step, at) =>
    node(`${name}.${step}`, at === 0 ? 'job' : 'handler', calls[step], at === 0 ? Count : true, { context: true }),
  );
  const edges = names.slice(1).map((step, at) => edge('success', `${name}.${names[at]}`, `${name}.${step}`));
  const service = new Service();
  const runtime = runtimeOf(wiringOf(name, nodes, edges), { [name]: service }, false);
  const missing = async (runs, way) => {
    const before = service.seen;
    for (let n = 0; n < runs; n++) await way(n);
    return service.seen - before - runs * LENGTH;
  };
  return {
    stepsPerRun: LENGTH,
    byHand: (runs) => missing(runs, (n) => byHand(service, { n }, contextOf)),
    onward: (runs) => missing(runs, async (n) => (await runtime.start(`${name}.step1`, { n })).value()),
  };
}

/** By hand each body is given an object with the id of the run. */
export const identified = () => contextual(Identified, () => ({ runId: 'r1' }));

/** By hand each body is given the signal of a controller of its own. */
export const signalled = () => contextual(Signalled, () => ({ signal: new AbortController().signal }));
