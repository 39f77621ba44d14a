// Instances that code of the user's takes part in filling: transforms, setters, and functions of `@Type` that ask for the
// object. What they are given is copied while the message is read. They are filled when nothing can be given up any more, so
// that this code runs once, and judged when all is filled.
//
// FILLING-1. Fields are filled in the order of the description, each from the data as it is at its turn: a transform that
//            changes its object is seen by the fields behind it.
// FILLING-2. The object of a transform is made when it is asked for. It shares its parts with the instance, as it does where
//            it is the sanitizer's copy.
// FILLING-3. What is not simply assigned is filled by the interpreter's own code.

import type { Issues } from '../../values/issues.ts';
import { setOwnField } from '../../values/json.ts';
import type { ClassDescription, FieldDescription, TransformArguments } from '../description.ts';
import {
  instantiateDeclared,
  runTransforms,
  setField,
  takeUnknowns,
  type InstantiateOptions,
  type Owner,
} from '../instantiate-class.ts';
import { validateField, type ValidationContext } from '../validate.ts';
import { fieldsOf, type AskedField } from './question.ts';

/** What is compiled of such a class. */
export interface FilledClass {
  readonly description: ClassDescription;
  /** By it the class was chosen; it is no field of the class. */
  readonly tag: { readonly field: string; readonly keep: boolean } | undefined;
  /** Code of the user's may look at names that the class does not have. */
  readonly isLookedAt: boolean;
  /** Assigns what is simply assigned, and has the rest filled. */
  readonly fill: (message: object, given: object, filler: Filler) => void;
  /** Judges the fields, and asks about those that a rule does not accept. */
  readonly check: (message: object, checker: Checker) => void;
}

/** One instance that is to be filled. */
export interface Filling {
  readonly filled: FilledClass;
  readonly data: object;
  /** Safe copies of the fields, by their names in the class. */
  readonly given: object;
  /** Of the names that the class does not have. */
  others: object | undefined;
  readonly classes: ReadonlyMap<object, unknown> | undefined;
  readonly drops: boolean;
  /** The value of the tag. */
  readonly tag: unknown;
  /** Nobody else judges the instance. */
  isChecked: boolean;
}

/** Where the instance is in the message. */
interface Place {
  readonly instance: object;
  readonly at: string;
  readonly issues: Issues;
  readonly isSecret: boolean;
}

const NO_CLASSES: ReadonlyMap<object, unknown> = new Map();

export function fill(filling: Filling, place: Place): void {
  const { filled, given, tag } = filling;
  const filler = new Filler(filling, place);
  filled.fill(place.instance, given, filler);
  filler.others();
  if (filled.tag?.keep === true && tag !== undefined)
    setField({ ...place, shape: filled.description, options: place }, filled.tag.field, tag);
}

/** Fills for compiled code what is not simply assigned. */
class Filler {
  /** The object was asked for: what it holds counts, for it may have been changed. */
  isAsked = false;
  readonly #filling: Filling;
  readonly #place: Place;
  #owner: Owner | undefined;

  constructor(filling: Filling, place: Place) {
    this.#filling = filling;
    this.#place = place;
  }

  /** The data, as transforms see it. */
  get object(): object {
    return this.#whole().data;
  }

  #whole(): Owner {
    if (this.#owner !== undefined) return this.#owner;
    const { instance, at, issues, isSecret } = this.#place;
    const { filled, classes = NO_CLASSES, drops } = this.#filling;
    const options: InstantiateOptions = { unknownFields: drops ? 'drop' : 'refuse', issues, classes, isSecret };
    this.isAsked = true;
    this.#owner = { instance, data: objectOf(this.#filling), at, shape: filled.description, options };
    return this.#owner;
  }

  has(name: string): boolean {
    return this.isAsked && Object.hasOwn(this.object, name);
  }

  declared(field: FieldDescription): void {
    instantiateDeclared(field, this.#whole());
  }

  transformed(field: FieldDescription, value: unknown): unknown {
    const { issues, at, isSecret } = this.#place;
    const { description: shape } = this.#filling.filled;
    const options = { issues, isSecret: isSecret || field.sensitive };
    return runTransforms(field, value, new Given(this, field.name), { at, shape, options });
  }

  set({ name, sensitive }: FieldDescription, value: unknown): void {
    const { instance, at, issues, isSecret } = this.#place;
    const { description: shape } = this.#filling.filled;
    setField({ instance, at, shape, options: { issues, isSecret: isSecret || sensitive } }, name, value);
  }

  others(): void {
    if (this.isAsked || this.#filling.others !== undefined) takeUnknowns(this.#whole());
  }
}

/** What a transform gets next to the value. */
class Given implements TransformArguments {
  readonly key: string;
  readonly #filler: Filler;

  constructor(filler: Filler, key: string) {
    this.#filler = filler;
    this.key = key;
  }

  get object(): object {
    return this.#filler.object;
  }
}

/** The copies under the names in the data, in its order. */
function objectOf({ filled, data, given, others }: Filling): object {
  const { fillable } = filled.description;
  if (fillable.size === 0) return others ?? {};
  const object = {};
  for (const key of Object.keys(data)) {
    if (key === filled.tag?.field) continue;
    const field = fillable.get(key);
    const value = field === undefined ? ownOf(others, key) : ownOf(given, field.name);
    if (value !== undefined) setOwnField(object, key, value);
  }
  return object;
}

function ownOf(copies: object | undefined, key: string): unknown {
  return copies !== undefined && Object.hasOwn(copies, key) ? Reflect.get(copies, key) : undefined;
}

export function check({ filled }: Filling, instance: object, at: string, context: ValidationContext): void {
  filled.check(instance, new Checker(at, context));
}

/** Answers what compiled code asks about the fields of one instance, at once. */
class Checker {
  readonly #at: string;
  readonly #context: ValidationContext;

  constructor(at: string, context: ValidationContext) {
    this.#at = at;
    this.#context = context;
  }

  ask(fields: readonly AskedField[], which: number, instance: object): void {
    for (const { description, field } of fieldsOf({ fields, which }))
      validateField(description, field, instance, this.#at, this.#context, false);
  }
}
