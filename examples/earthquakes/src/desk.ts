// The desk reads every record; what happens to it next stands at the methods that take it.

import { IsArray, IsString } from 'class-validator';
import { Job, OnSuccess } from 'onward';
import { Feature, Quake } from './feature.ts';

/** From this magnitude on a quake is strong. */
export const STRONG = 4.5;

export class Desk {
  /** Ids of quakes that nobody has to be told of. */
  readonly filed: string[] = [];

  @Job()
  receive(feature: Feature): Quake {
    const { mag, title, alert } = feature.properties;
    return { id: feature.id, title, magnitude: mag, alert };
  }

  @OnSuccess(() => Desk, 'receive', { otherwise: true })
  file(quake: Quake): void {
    this.filed.push(quake.id);
  }
}

export class Suspect {
  @IsString() id!: string;
  @IsArray() @IsString({ each: true }) problems!: string[];
}

/** Records that do not fit their class wait here for somebody to look at them. */
export class Quarantine {
  readonly kept = new Map<string, readonly string[]>();

  @Job()
  keep(suspect: Suspect): void {
    this.kept.set(suspect.id, suspect.problems);
  }
}
