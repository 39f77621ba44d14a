// What is known about a message class, as plain data: its fields, how each is filled, and its rules with their names and
// arguments. The interpreter works on it, and the compiler makes code of it.
//
// DESCRIPTION-1. Nothing here knows class-validator or class-transformer: `class-info.ts` reads them.
// DESCRIPTION-2. Fields stand in the order in which they are filled and validated.

/** Any class, as a value. */
export type AnyClass = abstract new (...args: never[]) => object;

/** Everything that is known about a class. */
export interface ClassDescription {
  readonly name: string;
  readonly messageClass: AnyClass;
  /** Every declared field, also those that data never fills. */
  readonly fields: readonly FieldDescription[];
  /** The fields that data may fill, by their names in the data. */
  readonly fillable: ReadonlyMap<string, FieldDescription>;
  /** Nothing at all is declared: every field is taken as it comes. */
  readonly open: boolean;
  /** Fields that a new instance has a value in. */
  readonly defaults: ReadonlySet<string>;
  /** A field of it is sensitive: what is given in its place, or next to its fields, may be a secret. */
  readonly hasSecrets: boolean;
}

/** One field: how it is filled, and what is asked of it. */
export interface FieldDescription {
  readonly name: string;
  /** The name in the data, where it is another one. */
  readonly inputName: string;
  /** Filled even if the data has no such field (`@Expose`). */
  readonly exposed: boolean;
  /** No text shows what it holds (`@Sensitive`). */
  readonly sensitive: boolean;
  readonly conditions: readonly Condition[];
  readonly rules: readonly Rule[];
  /** `@ValidateNested`: `each` if the field holds a collection, by that option or by another validator. */
  readonly nested?: { readonly each: boolean };
  readonly type?: FieldType;
  readonly transforms: readonly ((value: unknown, given: TransformArguments) => unknown)[];
}

/** Whether the rules of a field apply. */
export interface Condition {
  /** `isOptional`, or what the library calls a condition of the user's. */
  readonly name: string | undefined;
  readonly holds: (object: object, value: unknown) => unknown;
}

/** One validator of one field. */
export interface Rule {
  /** As the library names it, such as `isInt`; users name theirs as they like. */
  readonly name: string | undefined;
  /** Judges every item of a collection rather than the value itself. */
  readonly each: boolean;
  readonly constraints: readonly unknown[];
  /** Whether the rule applies at all. Absent: always. */
  readonly applies?: (object: object, value: unknown) => unknown;
  /** True, false, or a promise of it. */
  readonly test: (value: unknown, given: RuleArguments) => unknown;
  /** The same for a rule that looks at nothing but the value and its own arguments. */
  readonly accepts: (value: unknown) => unknown;
  /** What is expected, in words. */
  readonly explain: (given: RuleArguments) => string;
  /** Its words come from a function of the user's. */
  readonly hasUserText: boolean;
  /** What the validator says of itself, without a text of the user's. */
  readonly defaultText: (given: RuleArguments) => unknown;
}

/** What a validator gets next to the value. */
export interface RuleArguments {
  readonly targetName: string;
  readonly property: string;
  readonly object: object;
  readonly value: unknown;
  readonly constraints: readonly unknown[];
}

/** What `@Type` says. */
export interface FieldType {
  readonly classOf: (given: {
    readonly newObject: object;
    readonly object: object;
    readonly property: string;
  }) => unknown;
  /** The same where the annotation asks for nothing. */
  readonly fixedClass?: () => unknown;
  readonly choice?: TagChoice;
}

/** Fields whose class is chosen by a tag among them. */
export interface TagChoice {
  readonly field: string;
  readonly classes: ReadonlyMap<string, unknown>;
  /** The tag stays a field of the built object. */
  readonly keep: boolean;
}

/** What a `@Transform` gets next to the value. */
export interface TransformArguments {
  readonly key: string;
  readonly object: object;
}

/** Classes whose values are data themselves, not made of fields. */
const BUILT_IN: ReadonlySet<unknown> = new Set([
  Object,
  String,
  Number,
  Boolean,
  BigInt,
  Symbol,
  Array,
  Date,
  Map,
  Set,
  RegExp,
  URL,
  Uint8Array,
  Buffer,
  Function,
  Promise,
]);

/** Whether values of the class are made by filling fields. */
export function isFilled(value: unknown): value is AnyClass {
  return typeof value === 'function' && !BUILT_IN.has(value);
}

/** Whether anything is asked of the field. */
export function isChecked({ rules, nested }: FieldDescription): boolean {
  return rules.length > 0 || nested !== undefined;
}

/**
 * The name in the data under which the field is given: its own name counts where the exposed one is missing and no other
 * field is called so. Undefined if the data does not have it.
 */
export function givenName({ fillable }: ClassDescription, field: FieldDescription, data: object): string | undefined {
  const { name, inputName } = field;
  if (fillable.get(inputName) === field && Object.hasOwn(data, inputName)) return inputName;
  return fillable.get(name) === field && Object.hasOwn(data, name) && !Object.hasOwn(data, inputName)
    ? name
    : undefined;
}
