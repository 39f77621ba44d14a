// What is known about a message class, as plain data: its fields, their rules, and how each is filled.

/** Any class, as a value. */
export type AnyClass = abstract new (...args: never[]) => object;

/** What a validator is told beside the value. */
export interface RuleArguments {
  readonly targetName: string;
  readonly property: string;
  readonly object: object;
  readonly value: unknown;
  readonly constraints: readonly unknown[];
}

/** One validator of one field. */
export interface Rule {
  /** Judges every item of a collection rather than the value itself. */
  readonly each: boolean;
  readonly constraints: readonly unknown[];
  /** Whether the rule applies at all. Absent: always. */
  readonly applies?: (object: object, value: unknown) => unknown;
  /** True, false, or a promise of it. */
  readonly test: (value: unknown, given: RuleArguments) => unknown;
  /** What is expected, in words. */
  readonly explain: (given: RuleArguments) => string;
}

/** Fields whose class is chosen by a tag among them. */
export interface TagChoice {
  readonly field: string;
  readonly classes: ReadonlyMap<string, unknown>;
  /** The tag stays a field of the built object. */
  readonly keep: boolean;
}

/** What `@Type` says. */
export interface FieldType {
  readonly classOf: (given: {
    readonly newObject: object;
    readonly object: object;
    readonly property: string;
  }) => unknown;
  readonly choice?: TagChoice;
}

/** One field: how it is filled, and what is asked of it. */
export interface FieldShape {
  readonly name: string;
  /** The name in the data, where it is another one. */
  readonly inputName: string;
  /** Filled even if the data has no such field (`@Expose`). */
  readonly exposed: boolean;
  readonly conditions: readonly ((object: object, value: unknown) => unknown)[];
  readonly rules: readonly Rule[];
  /** `@ValidateNested`: `each` if it was said of the items. */
  readonly nested?: { readonly each: boolean };
  readonly type?: FieldType;
  readonly transforms: readonly ((given: TransformArguments) => unknown)[];
}

/** What a `@Transform` is told. */
export interface TransformArguments {
  readonly value: unknown;
  readonly key: string;
  readonly object: object;
}

/** Everything that is known about a class. */
export interface ClassShape {
  readonly name: string;
  readonly messageClass: AnyClass;
  /** Every field that data may fill, by its names in the data. */
  readonly fillable: ReadonlyMap<string, FieldShape>;
  /** Fields with rules, in the order of the source. */
  readonly checked: readonly FieldShape[];
  /** Nothing at all is declared: every field is taken as it comes. */
  readonly open: boolean;
}
