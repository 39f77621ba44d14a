// The classes that values of a graph may have, by the names under which records keep them.
//
// CLASSES-1. The names come from the wiring, not from the classes: a minifier renames those.
// CLASSES-2. An instance comes back with the prototype of its class and its own fields. No constructor runs.
// CLASSES-3. What was kept of a class that the graph does not have any more comes back as plain data, which is logged once.
// CLASSES-4. Which classes there are is asked when the first instance is kept or read: files that import each other are
//     loaded by then.
// CLASSES-5. Nothing can restore `#private` fields, so a class with such fields is not kept by name.

import { classNameOf } from './class-of.ts';
import { privateFieldOf } from './private-fields.ts';

/** A class whose instances come back from records, whatever its constructor takes, also with a private one. */
export interface KeptClass {
  readonly prototype: object;
}

export type NamedClasses = Readonly<Record<string, KeptClass>>;

export interface ClassesOptions {
  readonly named: () => NamedClasses;
  /** Classes whose instances are made again from their data wherever they are needed: messages. */
  readonly rebuilt: () => Iterable<KeptClass>;
  /** The classes of what is within those. */
  readonly nested: (rebuilt: Iterable<KeptClass>) => Iterable<KeptClass>;
  /** Hears, once a name, that something was kept of a class that there is not any more. */
  readonly onUnknown: (name: string) => void;
}

/** Both ways between a class and its name. */
export class Classes {
  readonly #options: ClassesOptions;
  readonly #unknown = new Set<string>();
  #tables: Tables | undefined;

  constructor(options: ClassesOptions) {
    this.#options = options;
  }

  #known(): Tables {
    this.#tables ??= tablesOf(this.#options);
    return this.#tables;
  }

  /** All of them: those with a name, messages, and what is within messages. */
  get all(): ReadonlySet<KeptClass> {
    const { named, rebuilt, nested } = this.#options;
    const messages = [...rebuilt()];
    return new Set([...Object.values(named()), ...messages, ...nested(messages)]);
  }

  nameOf(prototype: object): string | undefined {
    return this.#known().names.get(prototype);
  }

  /** Whether instances are kept as their data alone, because they are made again from it. */
  isRebuilt(prototype: object): boolean {
    return this.#known().rebuilt.has(prototype);
  }

  /** Why an instance of a class that has no name is not kept. */
  whyNot(prototype: object): string {
    const name = classNameOf(prototype);
    const field = privateFieldOf({ prototype });
    return field === undefined
      ? `an instance of ${name}, a class that the wiring does not name; write the class into the type of the method or the field and run \`npx onward generate\`, or name it in the option \`classes\` of createRuntime`
      : `an instance of ${name}, a class with \`${field}\`, which nothing can put back; make its \`#private\` fields \`private\` or public, or return plain data`;
  }

  /** Undefined if there is no such class any more. */
  prototypeOf(name: string): object | undefined {
    const prototype = this.#known().prototypes.get(name);
    if (prototype === undefined && !this.#unknown.has(name)) {
      this.#unknown.add(name);
      this.#options.onUnknown(name);
    }
    return prototype;
  }
}

interface Tables {
  readonly names: ReadonlyMap<object, string>;
  readonly prototypes: ReadonlyMap<string, object>;
  readonly rebuilt: ReadonlySet<object>;
}

function tablesOf({ named, rebuilt }: ClassesOptions): Tables {
  const entries = Object.entries(named()).map(([name, { prototype }]) => [name, prototype] as const);
  return {
    names: new Map(entries.map(([name, prototype]) => [prototype, name])),
    prototypes: new Map(entries),
    rebuilt: new Set([...rebuilt()].map(({ prototype }) => prototype)),
  };
}
