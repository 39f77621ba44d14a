// What observes a night besides the ready ones: how much of the programme is behind us, and a diary that is full.

import type { Observer, RunEvent } from 'onward';

/** Shows each step of an exposure, and how much of the programme is done. To be added to one run. */
export function programmeOf(total: number, show: (line: string) => void): Observer {
  let done = 0;
  return {
    name: 'the programme',
    onEvent(event: RunEvent): void {
      if (event.type === 'progress') show(`${event.text} ${Math.round(event.done * 100)} % (attempt ${event.attempt})`);
    },
    onStepEnd(): void {
      show(`programme ${Math.round((100 * ++done) / total)} %`);
    },
  };
}

/** Fails at the end of each night, which changes nothing for anybody else. */
export const diary: Observer = {
  name: 'the diary',
  onRunEnd(): void {
    throw new Error('it is full');
  },
};
