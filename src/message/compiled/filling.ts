// Instances that code of the user's takes part in filling: transforms, setters, and functions of `@Type` that ask for the
// object. What they are given is copied while the message is read. They are filled when nothing can be given up any more, so
// that this code runs once, and judged when all is filled.
//
// FILLING-1. Fields are filled in the order of the description, each from the data as it is at its turn: a transform that
//            changes its object is seen by the fields behind it.
// FILLING-2. The object of a transform is made when it is asked for. It shares its parts with the instance, as it does where
//            it is the sanitizer's copy.
// FILLING-3. What is nested in a field is made of its copy by the compiled readers of its class. What they have found about
//            it holds if no code of the user's could change it since: otherwise it is judged again.
// FILLING-4. What is neither simply assigned nor nested is filled by the interpreter's own code.

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
import { DONE, validateField, type ValidationContext } from '../validate.ts';
import {
  fieldsOf,
  isFilling,
  trailPath,
  unknownField,
  unknownPath,
  type AskedField,
  type Question,
} from './question.ts';
import { CopyReader, type Classes, type Reader } from './reader.ts';

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

/** Makes messages of the copy of a field. */
type ReadCopies = (copy: unknown, level: number, reader: Reader) => unknown;

/** One instance that is to be filled. */
export interface Filling {
  readonly filled: FilledClass;
  readonly data: object;
  /** Safe copies of the fields, by their names in the class. */
  readonly given: object;
  /** Of the names that the class does not have. */
  others: object | undefined;
  readonly classes: Classes | undefined;
  readonly drops: boolean;
  /** The value of the tag. */
  readonly tag: unknown;
  /** Nobody else judges the instance. */
  isChecked: boolean;
  /** The data is a safe copy. */
  readonly isCopy: boolean;
  /** Code of the user's could change the data or the instance when nested messages were read. */
  isShown: boolean;
  /** The nested messages that compiled code has read. */
  read: NestedMessages[] | undefined;
}

/** What one field holds, and what compiled code did not decide about it. */
interface NestedMessages {
  readonly field: FieldDescription;
  readonly value: unknown;
  readonly questions: readonly Question[];
}

/** Where something is in the message. */
interface Around {
  readonly at: string;
  readonly issues: Issues;
  readonly isSecret: boolean;
}

interface Place extends Around {
  readonly instance: object;
}

const NO_CLASSES: ReadonlyMap<object, unknown> = new Map();

/** Fills all that is to be filled, and reports the names that no class has, in the order of the message. */
export function fillAll(questions: readonly Question[], around: Around): void {
  for (const question of questions) {
    const { about, instance, trail } = question;
    const isSecret = around.isSecret || question.isSecret;
    const at = trailPath(trail, around.at);
    if (isFilling(about)) fill(about, { instance, at, issues: around.issues, isSecret });
    else if (about !== undefined)
      around.issues.add(unknownPath(question, about, around.at), () => unknownField(question, about));
  }
}

/** Judges what was asked about, and what is filled, in the order of the message. */
export function judgeAll(questions: readonly Question[], from: string, context: ValidationContext): void {
  for (const question of questions) {
    const { about, instance, trail, isSecret } = question;
    const own = isSecret ? { ...context, isSecret } : context;
    const at = trailPath(trail, from);
    for (const { description, field, nestedDone } of fieldsOf(question))
      validateField(description, field, instance, at, own, nestedDone ? DONE : undefined);
    if (isFilling(about) && about.isChecked) about.filled.check(instance, new Checker(about, at, own));
  }
}

function fill(filling: Filling, place: Place): void {
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
    const { filled, classes: { noted: classes = NO_CLASSES } = {}, drops } = this.#filling;
    const options: InstantiateOptions = { unknownFields: drops ? 'drop' : 'refuse', issues, classes, isSecret };
    this.isAsked = true;
    this.#owner = { instance, data: objectOf(this.#filling), at, shape: filled.description, options };
    return this.#owner;
  }

  has(name: string): boolean {
    return this.isAsked && Object.hasOwn(this.object, name);
  }

  declared(field: FieldDescription): void {
    if (field.transforms.length > 0 || field.type?.fixedClass === undefined) this.shown();
    instantiateDeclared(field, this.#whole());
  }

  /** Code of the user's gets the object, or the instance. */
  shown(): void {
    this.#filling.isShown = true;
  }

  /** Fills a field with the messages that compiled code makes of its copy. False if the interpreter has to. */
  nested(field: FieldDescription, copy: unknown, read: ReadCopies): boolean {
    const { drops, classes } = this.#filling;
    const reader = new CopyReader(drops, classes);
    let value: unknown;
    try {
      value = read(copy, 1, reader);
    } catch {
      // What it threw, the interpreter meets again.
      return false;
    }
    const questions = reader.takeQuestions();
    const { instance, at, issues, isSecret } = this.#place;
    fillAll(questions, { at, issues, isSecret: isSecret || field.sensitive });
    if (field.transforms.length === 0) {
      if (reader.fits) (this.#filling.read ??= []).push({ field, value, questions });
      Reflect.set(instance, field.name, value);
    } else this.set(field, this.transformed(field, value));
    return true;
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
    this.shown();
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
    this.#filler.shown();
    return this.#filler.object;
  }
}

/** The copies under the names in the data, in its order. */
function objectOf({ filled, data, given, others, isCopy }: Filling): object {
  const { fillable } = filled.description;
  if (isCopy && filled.tag === undefined) return data;
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

/** Answers what compiled code asks about the fields of one instance, at once. */
class Checker {
  readonly #filling: Filling;
  readonly #at: string;
  readonly #context: ValidationContext;

  constructor(filling: Filling, at: string, context: ValidationContext) {
    this.#filling = filling;
    this.#at = at;
    this.#context = context;
  }

  ask(fields: readonly AskedField[], which: number, instance: object): void {
    for (const { description, field } of fieldsOf({ fields, which }))
      validateField(description, field, instance, this.#at, this.#context, this.#nestedIn(field, instance));
  }

  /** What compiled code has found holds while nobody could have changed it. */
  #nestedIn(field: FieldDescription, instance: object): (() => void) | undefined {
    const { read, isShown } = this.#filling;
    const known = isShown ? undefined : read?.find((each) => each.field === field);
    if (known === undefined || Reflect.get(instance, field.name) !== known.value) return undefined;
    const context = field.sensitive ? { ...this.#context, isSecret: true } : this.#context;
    return () => judgeAll(known.questions, this.#at, context);
  }
}
