// One job that hands its value to itself until it is done: one run of many rounds.

import { Job, OnSuccess } from '../../dist/src/index.js';
import { edge, node, runtimeOf, wiringOf } from '../wiring.js';

const ROUNDS = 100_000;

class Round {
  /** @type {number} */
  left;
}

class Loop {
  ended = 0;

  /** @param {Round} round */
  async turn(round) {
    if (round.left === 0) this.ended++;
    return { left: round.left - 1 };
  }
}
const more = (round) => round.left >= 0;
Job()(Loop.prototype, 'turn');
OnSuccess(() => Loop, 'turn', { when: more })(Loop.prototype, 'turn');

const graph = wiringOf(
  'loop',
  [node('Loop.turn', 'job', (loop, round) => loop.turn(round), Round)],
  [{ ...edge('success', 'Loop.turn', 'Loop.turn'), when: 'predicate' }],
);

/** @returns {import('../measure.js').Workload} */
export function loop() {
  const service = new Loop();
  const runtime = runtimeOf(graph, { Loop: service }, false);
  return {
    stepsPerRun: ROUNDS,
    async byHand(runs) {
      const before = service.ended;
      for (let at = 0; at < runs; at++) {
        let round = await service.turn({ left: ROUNDS - 1 });
        while (more(round)) round = await service.turn(round);
      }
      return service.ended - before - runs;
    },
    async onward(runs) {
      const before = service.ended;
      for (let at = 0; at < runs; at++) {
        const run = await runtime.start('Loop.turn', { left: ROUNDS - 1 });
        await run.value();
      }
      return service.ended - before - runs;
    },
  };
}
