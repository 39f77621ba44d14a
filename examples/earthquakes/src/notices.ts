// Tells people of quakes that matter. The line to them is bad: now and then it fails, by a rule that a seed fixes.

import { ErrorValue, Handler, OnError, OnSuccess, type StepContext } from 'onward';
import { Desk, STRONG } from './desk.ts';
import { Quake } from './feature.ts';

/** Whether the line fails for this quake at this attempt. */
export type Line = (quakeId: string, attempt: number) => boolean;

export class LineDown extends Error {
  override readonly name = 'LineDown';
}

const RETRY = { attempts: 3, delay: '5ms', factor: 2 } as const;

export class Notices {
  readonly paged: string[] = [];
  readonly posted: string[] = [];
  readonly undelivered: string[] = [];
  readonly #isDown: Line;

  constructor(isDown: Line) {
    this.#isDown = isDown;
  }

  /** PAGER has raised an alert. */
  @Handler({ retry: RETRY })
  @OnSuccess(() => Desk, 'receive', { when: (quake) => quake.alert !== null })
  page(quake: Quake, context: StepContext): void {
    this.#send(quake, context);
    this.paged.push(quake.id);
  }

  @Handler({ retry: RETRY })
  @OnSuccess(() => Desk, 'receive', { when: (quake) => quake.magnitude >= STRONG })
  post(quake: Quake, context: StepContext): void {
    this.#send(quake, context);
    this.posted.push(quake.id);
  }

  /** After the last attempt: the message is the one that could not be delivered. */
  @OnError('page', { when: LineDown })
  @OnError('post', { when: LineDown })
  giveUp(quake: Quake, @ErrorValue() error: LineDown): void {
    this.undelivered.push(`${quake.id}: ${error.message}`);
  }

  #send(quake: Quake, { step }: StepContext): void {
    if (this.#isDown(quake.id, step.attempt)) throw new LineDown(`no line at attempt ${step.attempt}`);
  }
}
