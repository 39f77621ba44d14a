// The results as a table of text.

const HEAD = ['workload', 'by hand', 'onward', 'ratio', '±', 'goal', 'steps/s', 'heap kept', 'peak RSS', 'slices'];

/** @param {readonly import('./measure.js').Result[]} results */
export function tableOf(results) {
  const lines = [HEAD, ...results.map(lineOf)];
  const widths = HEAD.map((_, column) => Math.max(...lines.map((line) => line[column].length)));
  const printed = lines.map((line) =>
    line.map((cell, column) => (column === 0 ? cell.padEnd(widths[0]) : cell.padStart(widths[column]))).join('  '),
  );
  return [printed[0], '-'.repeat(printed[0].length), ...printed.slice(1)].join('\n');
}

/** How many times as long; far below one, how many times as fast. */
const ratioText = (ratio) => (ratio < 0.1 ? `1/${(1 / ratio).toFixed(0)}` : `x${ratio.toFixed(2)}`);

/** @param {import('./measure.js').Result} result */
function lineOf({ title, byHandNs, onwardNs, ratio, spread, goal, memory, slices, stepsPerSlice }) {
  return [
    title,
    `${byHandNs.toFixed(0)} ns`,
    `${onwardNs.toFixed(0)} ns`,
    ratioText(ratio),
    (spread / 2).toFixed(2),
    goal,
    `${(1_000 / onwardNs).toFixed(2)} M`,
    memory === undefined ? '' : `${memory.heapKeptPerStep.toFixed(2)} B/step`,
    memory === undefined ? '' : `${memory.peakRssMb.toFixed(0)} MB`,
    `${slices} of ${stepsPerSlice.toLocaleString('en')}`,
  ];
}
