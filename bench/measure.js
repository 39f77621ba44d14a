// One row, measured: slices of the hand-written and of the wired code in turn, in CPU time of this process.
//
// B1. Both ways do the same work and say so: a slice answers with what is missing, and anything but 0 is an error.
// B2. No collection is forced between slices: it would throw away optimised code along with the last instances of our
//     classes, which no busy process does. Only heap figures force one, before the warm-up and after the last slice.
// B3. Ratios are of the medians; the machine may be busy, so both ways get every other slice.

/**
 * @typedef {{ watched?: boolean, observed?: { hooks: readonly string[], perRun: number, isAwaited?: boolean } }} Variant
 * @typedef {{
 *   stepsPerRun: number,
 *   byHand: (runs: number) => Promise<number>,
 *   onward: (runs: number) => Promise<number>,
 * }} Workload
 * @typedef {{ title: string, goal: string, runsPerSlice: number, slices?: number, memory?: boolean, open: () => Workload }} Row
 * @typedef {{
 *   title: string, goal: string, slices: number, stepsPerSlice: number,
 *   byHandNs: number, onwardNs: number, ratio: number, spread: number,
 *   memory?: { heapKeptPerStep: number, peakRssMb: number },
 * }} Result
 */

const SLICES = 9;
const QUICK_SLICES = 2;
const QUICK_SHARE = 0.05;
const WARM_UP_SLICES = 4;

/** @param {Row} row @param {boolean} quick @returns {Promise<Result>} */
export async function measure(row, quick) {
  const workload = row.open();
  const runs = quick ? Math.max(1, Math.round(row.runsPerSlice * QUICK_SHARE)) : row.runsPerSlice;
  const slices = quick ? QUICK_SLICES : (row.slices ?? SLICES);
  const warmUp = quick ? 1 : WARM_UP_SLICES;
  const steps = runs * workload.stepsPerRun;
  const heapBefore = row.memory ? heapAfterGc() : 0;
  for (let at = 0; at < warmUp; at++) {
    await nsPerStep(workload.byHand, runs, steps);
    await nsPerStep(workload.onward, runs, steps);
  }
  const byHand = [];
  const onward = [];
  for (let at = 0; at < slices; at++) {
    byHand.push(await nsPerStep(workload.byHand, runs, steps));
    onward.push(await nsPerStep(workload.onward, runs, steps));
  }
  const ratios = onward.map((ns, at) => ns / byHand[at]);
  return {
    title: row.title,
    goal: row.goal,
    slices,
    stepsPerSlice: steps,
    byHandNs: median(byHand),
    onwardNs: median(onward),
    ratio: median(onward) / median(byHand),
    spread: Math.max(...ratios) - Math.min(...ratios),
    ...(row.memory && { memory: memorySince(heapBefore, steps * (warmUp + slices)) }),
  };
}

async function nsPerStep(way, runs, steps) {
  const before = process.cpuUsage();
  const missing = await way(runs);
  const { user, system } = process.cpuUsage(before);
  if (missing !== 0) throw new Error(`the work was not done: ${missing} missing in ${runs} runs`);
  return ((user + system) * 1_000) / steps;
}

/** What the hand-written code keeps is nothing: all that is kept is ours. */
function memorySince(heapBefore, steps) {
  return {
    heapKeptPerStep: (heapAfterGc() - heapBefore) / steps,
    peakRssMb: process.resourceUsage().maxRSS / 1024,
  };
}

function heapAfterGc() {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
}

function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
