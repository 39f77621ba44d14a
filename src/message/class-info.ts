// Reads what class-validator and class-transformer know about a message class into its description. The only file that
// knows what the two packages keep.
//
// CLASS-INFO-1. A class is read at its first message, and again after something was registered for it, for a base class
//               or for a class of that name: `registerDecorator`, `@Type`, `@Transform`, `@Expose` and `@Exclude` may come
//               late. What replaces an earlier `@Type`, `@Expose` or `@Exclude` of the same field is not seen late.
// CLASS-INFO-2. Which validators hold for a class, inherited ones included, is class-validator's own answer.

import 'reflect-metadata';
import { Expose, TransformationType } from 'class-transformer';
import { defaultMetadataStorage as transforms } from 'class-transformer/cjs/storage.js';
import { getMetadataStorage } from 'class-validator';
import { markedFieldsOf } from '../decorators/record.ts';
import { OnwardError } from '../errors/onward-error.ts';
import type {
  AnyClass,
  ClassDescription,
  Condition,
  FieldDescription,
  FieldType,
  Rule,
  RuleArguments,
  TransformArguments,
} from './description.ts';
import { sensitiveFieldsOf } from '../values/sensitive.ts';
import { instantiate, isSettable } from './instance.ts';
import { expectedText, withTokens } from './rule-text.ts';

type Validation = ReturnType<ReturnType<typeof getMetadataStorage>['getTargetValidationMetadatas']>[number];
type Constraint = ReturnType<ReturnType<typeof getMetadataStorage>['getTargetValidatorConstraints']>[number];

const TO_CLASS = TransformationType.PLAIN_TO_CLASS;
const known = new WeakMap<AnyClass, { readonly description: ClassDescription; readonly registered: Registered }>();

/**
 * The description of a class, kept while nothing is registered for it.
 *
 * @throws {OnwardError} ONW2009 if the class cannot be instantiated without arguments.
 */
export function describeClass(messageClass: AnyClass): ClassDescription {
  const found = known.get(messageClass);
  if (found?.registered.isCurrent() === true) return found.description;
  assertOneCopy();
  const registered = new Registered([messageClass]);
  const description = readClass(messageClass);
  known.set(messageClass, { description, registered });
  return description;
}

/** What was registered for some classes, in both packages, when this was made. */
export class Registered {
  readonly #lists: readonly (readonly unknown[])[];
  readonly #tables: readonly Table[];
  readonly #count: number;
  /** Classes for which a package has nothing yet, and how many classes had anything when that was last true. */
  readonly #without: readonly { readonly kept: Table; readonly messageClass: unknown }[];
  #classes = countClasses();

  constructor(messageClasses: Iterable<AnyClass>) {
    const line = new Set<unknown>();
    for (const messageClass of messageClasses) for (const each of lineOf(messageClass)) line.add(each);
    const all = KEPT.flatMap((kept) => [...line].map((messageClass) => ({ kept, messageClass })));
    const found = all.map(({ kept, messageClass }) => kept.get(messageClass));
    this.#tables = found.filter((item) => item instanceof Map);
    // Of one field there may be several transforms.
    this.#lists = [...found, ...this.#tables.flatMap((table) => [...table.values()])].filter(Array.isArray);
    this.#count = this.#countAll();
    this.#without = all.filter(({ kept, messageClass }) => !kept.has(messageClass));
  }

  /** Whether nothing has been registered since. */
  isCurrent(): boolean {
    return this.#countAll() === this.#count && (countClasses() === this.#classes || this.#isStillWithout());
  }

  #countAll(): number {
    let count = 0;
    for (const list of this.#lists) count += list.length;
    for (const table of this.#tables) count += table.size;
    return count;
  }

  #isStillWithout(): boolean {
    if (this.#without.some(({ kept, messageClass }) => kept.has(messageClass))) return false;
    this.#classes = countClasses();
    return true;
  }
}

type Table = ReadonlyMap<unknown, unknown>;

/**
 * What the packages have per class: validators as lists, the rest by field. There is no public way to ask; without these
 * maps, what is added late is not seen.
 */
const KEPT: readonly Table[] = [
  Reflect.get(getMetadataStorage(), 'validationMetadatas'),
  ...['_typeMetadatas', '_transformMetadatas', '_exposeMetadatas', '_excludeMetadatas'].map((name) =>
    Reflect.get(transforms, name),
  ),
].filter((kept: unknown) => kept instanceof Map);

function countClasses(): number {
  let count = 0;
  for (const kept of KEPT) count += kept.size;
  return count;
}

/** The class and those it is derived from. */
function lineOf(messageClass: AnyClass): readonly unknown[] {
  const line: unknown[] = [];
  for (let at: unknown = messageClass; typeof at === 'function'; at = Object.getPrototypeOf(at)) {
    if (at !== Function.prototype) line.push(at);
  }
  return line;
}

function readClass(messageClass: AnyClass): ClassDescription {
  const validations = validationsByField(messageClass);
  const excluded = new Set(transforms.getExcludedProperties(messageClass, TO_CLASS));
  const exposed = new Set(transforms.getExposedProperties(messageClass, TO_CLASS));
  const onlyExposed = transforms.getStrategy(messageClass) === 'excludeAll';
  const fresh = instantiate(messageClass);
  const declared = new Set([
    ...validations.keys(),
    ...exposed,
    ...transformerFields(messageClass),
    ...markedFieldsOf(messageClass).keys(),
    ...dataFieldsOf(fresh),
  ]);
  const fillable = new Map<string, FieldDescription>();
  const fields: FieldDescription[] = [];
  for (const name of declared) {
    const field = readField(messageClass, name, validations.get(name) ?? [], exposed.has(name));
    fields.push(field);
    if (excluded.has(name) || (onlyExposed && !exposed.has(name)) || !isSettable(messageClass, name)) continue;
    fillable.set(field.inputName, field);
    if (!fillable.has(name)) fillable.set(name, field);
  }
  return {
    name: messageClass.name || 'the class',
    messageClass,
    fields,
    fillable,
    open: declared.size === 0,
    defaults: new Set(
      [...declared].filter((name) => Object.getOwnPropertyDescriptor(fresh, name)?.value !== undefined),
    ),
    hasSecrets: sensitiveFieldsOf(messageClass.prototype) !== undefined,
  };
}

function readField(
  target: AnyClass,
  name: string,
  validations: readonly Validation[],
  exposed: boolean,
): FieldDescription {
  const nested = validations.filter((validation) => validation.type === 'nestedValidation');
  const type = transforms.findTypeMetadata(target, name);
  return {
    name,
    inputName: transforms.findExposeMetadata(target, name)?.options?.name ?? name,
    exposed,
    sensitive: sensitiveFieldsOf(target.prototype)?.has(name) === true,
    conditions: validations.filter(isCondition).map(readCondition),
    rules: [...validations.filter(isDefinedRule), ...validations.filter(isCustomRule)].flatMap(readRules),
    ...(nested.length === 0 ? {} : { nested: { each: [...nested, ...validations].some(asksForCollection) } }),
    ...(type === undefined ? {} : { type: readType(type) }),
    transforms: transforms
      .findTransformMetadatas(target, name, TO_CLASS)
      .filter((metadata) => (metadata.options?.groups?.length ?? 0) === 0)
      .map(
        (metadata) => (value: unknown, given: TransformArguments) =>
          metadata.transformFn({
            value,
            key: given.key,
            // Compiled code makes it when it is asked for.
            get obj() {
              return given.object;
            },
            type: TO_CLASS,
            options: {},
          }),
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

function readCondition({ name, constraints }: Validation): Condition {
  const condition: unknown = constraints[0];
  return { name, holds: (object, value) => (typeof condition === 'function' ? condition(object, value) : true) };
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
  const constraints = validation.constraints ?? [];
  const ownFacts: RuleArguments = { targetName: '', property: '', object: {}, value: undefined, constraints };
  const facts = { ...ownFacts, constraints: [...constraints] };
  return {
    name: validation.name,
    each: validation.each === true,
    constraints,
    ...(validateIf === undefined ? {} : { applies: validateIf }),
    test: (value, given) => validator().validate(value, { ...given, constraints: [...given.constraints] }),
    hasUserText: typeof message === 'function',
    accepts: (value) => validator().validate(value, facts),
    defaultText: (given) => validator().defaultMessage?.({ ...given, constraints: [...given.constraints] }),
    explain: (given) => {
      const ofRule = { ...given, constraints: [...given.constraints] };
      const text = message || (validator().defaultMessage?.(ofRule) ?? '');
      const words = withTokens(typeof text === 'function' ? text(ofRule) : text, ofRule);
      return words === '' ? `a value that ${constraint.name} accepts` : expectedText(words, given.property);
    },
  };
}

function readType(metadata: NonNullable<ReturnType<typeof transforms.findTypeMetadata>>): FieldType {
  const { typeFunction, reflectedType } = metadata;
  const choice = metadata.options?.discriminator;
  const fixed = typeFunction === undefined || typeFunction.length === 0;
  return {
    classOf: (given) => typeFunction?.(given) ?? reflectedType,
    ...(fixed && { fixedClass: (): unknown => typeFunction?.() ?? reflectedType }),
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
  for (const at of lineOf(messageClass)) {
    for (const kept of ['_typeMetadatas', '_transformMetadatas']) {
      const ofClass: unknown = Reflect.get(transforms, kept);
      const byField: unknown = ofClass instanceof Map ? ofClass.get(at) : undefined;
      if (byField instanceof Map) found.push(...[...byField.keys()].filter((key) => typeof key === 'string'));
    }
  }
  return found;
}

function dataFieldsOf(fresh: object): readonly string[] {
  return Object.keys(fresh).filter((key) => typeof Reflect.get(fresh, key) !== 'function');
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
