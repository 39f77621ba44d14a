// What class-validator and class-transformer know about a message class, as plain data: its fields, their rules, how each
// is filled, and how to make a new instance. The only file that knows the two packages.
//
// CLASS-INFO-1. Read once per class, at its first message; what decorators add later is not seen.
// CLASS-INFO-2. Which validators hold for a class, inherited ones included, is class-validator's own answer.
// CLASS-INFO-3. The text of a validator becomes what is expected: "cents must be an integer number" is "an integer number".

import 'reflect-metadata';
import { Expose, TransformationType } from 'class-transformer';
import { defaultMetadataStorage as transforms } from 'class-transformer/cjs/storage.js';
import { getMetadataStorage } from 'class-validator';
import { markedFieldsOf } from '../decorators/record.ts';
import { OnwardError } from '../errors/onward-error.ts';
import { describeThrown } from '../values/describe.ts';

type Validation = ReturnType<ReturnType<typeof getMetadataStorage>['getTargetValidationMetadatas']>[number];
type Constraint = ReturnType<ReturnType<typeof getMetadataStorage>['getTargetValidatorConstraints']>[number];

const TO_CLASS = TransformationType.PLAIN_TO_CLASS;
const shapes = new WeakMap<AnyClass, ClassShape>();

/**
 * The shape of a class, read at the first call and kept.
 *
 * @throws {OnwardError} ONW2009 if the class cannot be instantiated without arguments.
 */
export function shapeOf(messageClass: AnyClass): ClassShape {
  const known = shapes.get(messageClass);
  if (known !== undefined) return known;
  assertOneCopy();
  const shape = readShape(messageClass);
  shapes.set(messageClass, shape);
  return shape;
}

function readShape(messageClass: AnyClass): ClassShape {
  const validations = validationsByField(messageClass);
  const excluded = new Set(transforms.getExcludedProperties(messageClass, TO_CLASS));
  const exposed = new Set(transforms.getExposedProperties(messageClass, TO_CLASS));
  const onlyExposed = transforms.getStrategy(messageClass) === 'excludeAll';
  const declared = new Set([
    ...validations.keys(),
    ...exposed,
    ...transformerFields(messageClass),
    ...markedFieldsOf(messageClass).keys(),
    ...dataFieldsOf(instantiate(messageClass)),
  ]);
  const fillable = new Map<string, FieldShape>();
  const checked: FieldShape[] = [];
  for (const name of declared) {
    const field = readField(messageClass, name, validations.get(name) ?? [], exposed.has(name));
    if (field.rules.length > 0 || field.nested !== undefined) checked.push(field);
    if (excluded.has(name) || (onlyExposed && !exposed.has(name)) || !isSettable(messageClass, name)) continue;
    fillable.set(field.inputName, field);
    if (!fillable.has(name)) fillable.set(name, field);
  }
  return { name: messageClass.name || 'the class', messageClass, fillable, checked, open: declared.size === 0 };
}

function readField(target: AnyClass, name: string, validations: readonly Validation[], exposed: boolean): FieldShape {
  const nested = validations.filter((validation) => validation.type === 'nestedValidation');
  const type = transforms.findTypeMetadata(target, name);
  return {
    name,
    inputName: transforms.findExposeMetadata(target, name)?.options?.name ?? name,
    exposed,
    conditions: validations.filter(isCondition).map(conditionOf),
    rules: [...validations.filter(isDefinedRule), ...validations.filter(isCustomRule)].flatMap(readRules),
    ...(nested.length === 0 ? {} : { nested: { each: [...nested, ...validations].some(asksForCollection) } }),
    ...(type === undefined ? {} : { type: readType(type) }),
    transforms: transforms
      .findTransformMetadatas(target, name, TO_CLASS)
      .filter((metadata) => (metadata.options?.groups?.length ?? 0) === 0)
      .map(
        (metadata) => (given: TransformArguments) =>
          metadata.transformFn({ value: given.value, key: given.key, obj: given.object, type: TO_CLASS, options: {} }),
      ),
  };
}

/** `each`, and `@IsArray` and its relatives: what the field holds is not one object. */
function asksForCollection({ each, name }: Validation): boolean {
  return each === true || /^(isArray|array[A-Z]\w*)$/.test(name ?? '');
}

const isDefinedRule = (validation: Validation): boolean => validation.type === 'isDefined';
const isCustomRule = (validation: Validation): boolean => validation.type === 'customValidation';
const isCondition = (validation: Validation): boolean => validation.type === 'conditionalValidation';

function conditionOf(validation: Validation): (object: object, value: unknown) => unknown {
  const condition: unknown = validation.constraints[0];
  return (object, value) => (typeof condition === 'function' ? condition(object, value) : true);
}

function readRules(validation: Validation): readonly Rule[] {
  return getMetadataStorage()
    .getTargetValidatorConstraints(validation.constraintCls)
    .map((constraint) => readRule(validation, constraint));
}

function readRule(validation: Validation, constraint: Constraint): Rule {
  // A container may be set after the class was read, and looking an instance up is slow: found at the first use.
  let found: Constraint['instance'] | undefined;
  const validator = (): Constraint['instance'] => (found ??= constraint.instance);
  const { validateIf, message } = validation;
  return {
    each: validation.each === true,
    constraints: validation.constraints ?? [],
    ...(validateIf === undefined ? {} : { applies: validateIf }),
    test: (value, given) => validator().validate(value, { ...given, constraints: [...given.constraints] }),
    explain: (given) => {
      const facts = { ...given, constraints: [...given.constraints] };
      const text = message || (validator().defaultMessage?.(facts) ?? '');
      const words = withTokens(typeof text === 'function' ? text(facts) : text, facts);
      return words === '' ? `a value that ${constraint.name} accepts` : expectedText(words, given.property);
    },
  };
}

function readType(metadata: NonNullable<ReturnType<typeof transforms.findTypeMetadata>>): FieldType {
  const choice = metadata.options?.discriminator;
  return {
    classOf: (given) => metadata.typeFunction?.(given) ?? metadata.reflectedType,
    ...(choice === undefined
      ? {}
      : {
          choice: {
            field: choice.property,
            classes: new Map(choice.subTypes.map((subType) => [subType.name, subType.value])),
            keep: metadata.options.keepDiscriminatorProperty === true,
          },
        }),
  };
}

function validationsByField(messageClass: AnyClass): Map<string, Validation[]> {
  const byField = new Map<string, Validation[]>();
  const all = getMetadataStorage().getTargetValidationMetadatas(messageClass, '', false, false);
  // Decorators of one field are applied from the bottom to the top: reversed, rules stand as in the source.
  for (const validation of all) {
    byField.set(validation.propertyName, [validation, ...(byField.get(validation.propertyName) ?? [])]);
  }
  return byField;
}

/** Fields with `@Type` or `@Transform`. The package has no public way to list them; without its maps there are none. */
function transformerFields(messageClass: AnyClass): readonly string[] {
  const found: string[] = [];
  for (let at: unknown = messageClass; typeof at === 'function'; at = Object.getPrototypeOf(at)) {
    for (const kept of ['_typeMetadatas', '_transformMetadatas']) {
      const byClass: unknown = Reflect.get(transforms, kept);
      const byField: unknown = byClass instanceof Map ? byClass.get(at) : undefined;
      if (byField instanceof Map) found.push(...[...byField.keys()].filter((key) => typeof key === 'string'));
    }
  }
  return found;
}

function dataFieldsOf(fresh: object): readonly string[] {
  return Object.keys(fresh).filter((key) => typeof Reflect.get(fresh, key) !== 'function');
}

/** Methods and getters are no fields: data never replaces them. */
function isSettable(messageClass: AnyClass, name: string): boolean {
  for (
    let at: unknown = messageClass.prototype;
    typeof at === 'object' && at !== null;
    at = Object.getPrototypeOf(at)
  ) {
    const found = Reflect.getOwnPropertyDescriptor(at, name);
    if (found !== undefined && at !== Object.prototype) return found.set !== undefined;
  }
  return true;
}

let oneCopy: boolean | undefined;

/** A bundler may take the package in twice; what the user's decorators write is then not what we read. */
function assertOneCopy(): void {
  if (oneCopy === undefined) {
    const probe = class Probe {};
    Expose()(probe.prototype, 'seen');
    oneCopy = transforms.findExposeMetadata(probe, 'seen') !== undefined;
  }
  if (oneCopy) return;
  throw new OnwardError(
    'ONW6010',
    'class-transformer is in the program twice, so its annotations cannot be read; mark it as external in your bundler',
  );
}

/** Any class, as a value. */
export type AnyClass = abstract new (...args: never[]) => object;

/** What a validator gets next to the value. */
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
  /** `@ValidateNested`: `each` if the field holds a collection, by that option or by another validator. */
  readonly nested?: { readonly each: boolean };
  readonly type?: FieldType;
  readonly transforms: readonly ((given: TransformArguments) => unknown)[];
}

/** What a `@Transform` gets. */
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

/** The default text of a validator without the name of the field, which the path says already. */
function expectedText(text: string, property: string): string {
  const start = [`each value in ${property} `, `${property} `].find((words) => text.startsWith(words));
  if (start === undefined) return text;
  const rest = text.slice(start.length);
  const [, negated, be, what] = /^(?:must|should) (not )?(be )?(.*)$/s.exec(rest) ?? [];
  if (what === undefined) return text;
  return be === undefined ? `${negated ?? ''}to ${what}` : `${negated ?? ''}${what}`;
}

/** Fills in `$property`, `$value`, `$target` and `$constraint1`, as class-validator documents them. */
function withTokens(text: string, given: RuleArguments): string {
  return text.replace(/\$(constraint(\d+)|value|property|target)/g, (token, name: string, index?: string) => {
    if (name === 'property') return given.property;
    if (name === 'target') return given.targetName;
    if (name === 'value') return isShowable(given.value) ? String(given.value) : token;
    const at = Number(index) - 1;
    return at in given.constraints ? constraintText(given.constraints[at]) : token;
  });
}

function constraintText(constraint: unknown): string {
  if (typeof constraint === 'symbol') return constraint.description ?? '';
  return Array.isArray(constraint) ? constraint.join(', ') : String(constraint);
}

function isShowable(value: unknown): boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}

/**
 * A new instance, its constructor called without arguments.
 *
 * @throws {OnwardError} ONW2009 if the constructor throws.
 */
export function instantiate(messageClass: AnyClass): object {
  try {
    const made: unknown = Reflect.construct(messageClass, []);
    if (typeof made === 'object' && made !== null && Object.isExtensible(made)) return made;
  } catch (cause) {
    throw cannotInstantiate(messageClass, `its constructor threw ${describeThrown(cause)}`, cause);
  }
  throw cannotInstantiate(messageClass, 'its constructor freezes what it makes, so that no field can be filled');
}

function cannotInstantiate(messageClass: AnyClass, reason: string, cause?: unknown): OnwardError {
  return new OnwardError(
    'ONW2009',
    `an instance of ${messageClass.name} cannot be made: ${reason}; ` +
      'a message is made without arguments and then filled, so give the class fields, not constructor parameters',
    { details: { class: messageClass.name }, ...(cause === undefined ? {} : { cause }) },
  );
}
