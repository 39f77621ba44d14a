// What an engine is opened with: the application, and its graph as stores see it.

import type { Application } from './application.ts';
import type { Clock } from './clock.ts';

/** The core of a runtime, given to its engine. */
export interface Core {
  readonly app: Application;
  readonly clock: Clock;
}
