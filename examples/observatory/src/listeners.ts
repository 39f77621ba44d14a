// Observers of the nights, besides the ready ones.

import { chained, type Observer } from 'onward';
import { notify } from 'onward/observers';

type Say = (line: string) => void;

/** Shows each step of an exposure, and how much of the programme is done. To be added to one run. */
export function programmeOf(total: number, show: Say): Observer {
  let done = 0;
  return {
    name: 'the programme',
    onEvent(event) {
      if (event.type === 'progress') show(`${event.text} ${Math.round(event.done * 100)} % (attempt ${event.attempt})`);
    },
    onStepEnd() {
      show(`programme ${Math.round((100 * ++done) / total)} %`);
    },
  };
}

/** Rings the director for what cannot wait, and writes letters about each night, and ahead of a long one. */
export function pager(ring: Say): Observer {
  return chained(
    notify({
      when: ({ type }) => type === 'custom',
      send: (event) => {
        if (event.type === 'custom') ring(`ringing the director: ${String(event.data)}`);
      },
    }),
    {
      onRunStart({ runId, tags }) {
        if (tags.includes('long')) ring(`a letter: ${runId} will be long`);
      },
      onError({ type, severity, error }) {
        if (type === 'step.failed' && severity === 'critical') ring(`ringing the director: ${String(error)}`);
      },
      onRunEnd({ runId, status }) {
        ring(`a letter: ${runId} ${status}`);
      },
    },
  );
}

/** Fails at the end of each night, which changes nothing for anybody else. */
export const diary: Observer = {
  name: 'the diary',
  onRunEnd() {
    throw new Error('it is full');
  },
};
