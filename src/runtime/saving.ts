// Where signatures and plans are saved by name. Loaded with the first one that is saved or asked for.

import { savedInMemory, type SavedTexts } from '../engines/saved-texts.ts';
import type { Application } from '../execute/application.ts';
import { keptClasses } from '../execute/kept-classes.ts';
import type { Planner } from '../plans/planner.ts';
import { planOfText, textOfPlan } from '../plans/saved.ts';
import type { Saveable } from '../plans/signature.ts';
import type { Classes } from '../values/classes.ts';
import { assertNone, problemsOfRequired, SAVED_KEY } from '../values/option-rules.ts';

export class Saving {
  readonly #planner: Planner;
  readonly #classes: Classes;
  readonly #texts: SavedTexts;

  /** @param texts of the engine; without, what is saved is gone with the process. */
  constructor(app: Application, planner: Planner, texts: SavedTexts = savedInMemory()) {
    this.#planner = planner;
    this.#classes = keptClasses(app);
    this.#texts = texts;
  }

  /** @throws {OnwardError} ONW3004 if it is no key; ONW3045 if something of it cannot be kept, ONW2021 if it is too large for the engine. */
  async save(key: unknown, what: Saveable): Promise<void> {
    const text = textOfPlan(what, this.#classes);
    await this.#texts.set(keyOf(key), text);
  }

  /** @throws {OnwardError} ONW3004 if it is no key; as what builds it if it does not fit the graph any more. */
  async load(given: unknown): Promise<Saveable | undefined> {
    const key = keyOf(given);
    const text = await this.#texts.get(key);
    return text === undefined ? undefined : planOfText(text, this.#planner, { key, classes: this.#classes });
  }

  async keys(): Promise<readonly string[]> {
    return [...(await this.#texts.keys())].toSorted();
  }

  /** @throws {OnwardError} ONW3004 if it is no key. */
  async remove(key: unknown): Promise<void> {
    await this.#texts.set(keyOf(key), null);
  }
}

function keyOf(key: unknown): string {
  assertNone(problemsOfRequired('the key', key, SAVED_KEY), 'nothing is saved under this key');
  return String(key);
}
