// Message classes within message classes: class-validator looks into one only if the field has both its annotations, and
// into a list of them only where it is said that it is one.
//
// NESTED-1. Only what is certain is reported: an annotation from another package may do the same, and an annotation that
//           says how to take the field settles the question.
// NESTED-2. A field is judged by all annotations that it has along the chain of classes.

import type { Model, NodeModel, Place } from '../model/model.ts';
import { filledMessage } from '../model/slots.ts';
import type { Declared, Scope } from '../model/scope.ts';
import type { Report } from '../problem.ts';
import { checkField } from './fields.ts';
import { checkLoadOrder } from './load-order.ts';
import { chainFields, hasValidators, nestedIn, type ChainField, type Nested } from './message-fields.ts';

export function checkNested(scope: Scope, { services }: Model, report: Report): void {
  const nodes = services.flatMap((service) => service.nodes);
  const filled = new Set(nodes.flatMap(filledFields));
  const seen = new Set<unknown>();
  const look = (open: Declared[], fromOutside: boolean): void => {
    for (let at = open.pop(); at !== undefined; at = open.pop()) {
      if (at.class === undefined || seen.has(at.class)) continue;
      seen.add(at.class);
      const isChecked = fromOutside && hasValidators(scope, at);
      for (const field of chainFields(scope, at) ?? []) {
        const { owner, member } = field.use;
        if (owner.class === at.class) checkLoadOrder(scope, field, report);
        const isFilled = filled.has(keyOf({ file: owner.file, at: member.at }));
        const nested = nestedIn(scope, field);
        const isLookedInto = isFilled || checkNestedField(scope, field, nested, report);
        if (isLookedInto && nested !== undefined) open.push(nested.class);
        const isReported = !isLookedInto && nested !== undefined && hasValidators(scope, nested.class);
        if (isChecked && !isFilled && !isReported) checkField(field, report);
      }
    }
  };
  // What comes from outside first: more is asked of it.
  look(
    nodes.flatMap((node) => (isSent(node) ? classesOf(node) : [])),
    true,
  );
  look(nodes.flatMap(classesOf), false);
}

function isSent({ kind, facts, message }: NodeModel): boolean {
  return kind === 'job' || facts.waits === true || message?.slot.isSent === true;
}

function classesOf({ slots }: NodeModel): Declared[] {
  return slots.flatMap((slot) => (slot.fills === 'error' || slot.class === undefined ? [] : [slot.class]));
}

/** A field that takes a return value or the value of a join's source is validated as a nested message anyway. */
function filledFields(node: NodeModel): string[] {
  const sources = new Set(node.edges.flatMap((edge) => edge.join?.keys ?? []));
  const fields = (filledMessage(node)?.fields ?? []).filter(
    (field) => field.mark !== undefined || sources.has(field.name),
  );
  return fields.map((field) => keyOf(field.place));
}

function keyOf({ file, at }: Place): string {
  return `${file.path}:${at[0]}`;
}

/** Whether class-validator looks into the field. */
function checkNestedField(scope: Scope, field: ChainField, nested: Nested | undefined, report: Report): boolean {
  if (nested === undefined || !hasValidators(scope, nested.class)) return false;
  const sources = field.annotations.map(({ source }) => source);
  const isValidated = sources.includes('class-validator ValidateNested');
  const isTyped = sources.includes('class-transformer Type');
  const { owner, member } = field.use;
  const warn = (text: string): void =>
    report('ONW1207', { file: owner.file, at: member.at }, text, { severity: 'warning' });
  if (isValidated && isTyped) {
    const text = eachText(field, nested);
    if (text !== undefined) warn(text);
    return true;
  }
  if (sources.some((source) => !/^class-(validator|transformer) /.test(source) || SAYS_HOW.has(source))) return false;
  const { name } = nested.class.declaration;
  const lists = nested.isList === true ? '{ each: true }' : '';
  const type = `@Type(() => ${name})`;
  warn(
    isValidated
      ? `no data fits \`${field.name}\`: without ${type} its value never becomes ${name}; write that next to @ValidateNested(${lists})`
      : `\`${field.name}\` holds ${name}, and nothing checks its fields; write @ValidateNested(${lists})${isTyped ? '' : ` and ${type}`} before it, or @Allow() to take it unchecked`,
  );
  return false;
}

/** What is wrong where the type and `each` contradict each other. */
function eachText({ name, annotations }: ChainField, { class: held, isList }: Nested): string | undefined {
  const nested = annotations.find(({ source }) => source === 'class-validator ValidateNested');
  const each = eachOf(nested?.record.arguments[0]);
  if (isList === undefined || nested === undefined || each === 'hidden') return undefined;
  const asksForList = annotations.some(
    ({ source, record }) =>
      /^class-validator (IsArray|Array[A-Z]\w*)$/.test(source) ||
      record.arguments.some((value) => eachOf(value) === true),
  );
  const item = held.declaration.name;
  if (isList && !each && !asksForList) {
    return `no data fits \`${name}\`: @ValidateNested() takes one ${item}, and the field holds a list of them; write @ValidateNested({ each: true })`;
  }
  return !isList && each
    ? `no data fits \`${name}\`: { each: true } takes a list of ${item}, and the field holds one; write @ValidateNested()`
    : undefined;
}

function eachOf(
  options: ChainField['annotations'][number]['record']['arguments'][number] | undefined,
): boolean | 'hidden' {
  if (options === undefined) return false;
  if (options.kind !== 'object' || options.isOpen || options.spreads.length > 0) return 'hidden';
  const each = options.entries.find(({ key }) => key === 'each');
  if (each === undefined) return false;
  return each.value.kind === 'literal' ? each.value.value === true : 'hidden';
}

const SAYS_HOW: ReadonlySet<string> = new Set([
  'class-validator Allow',
  'class-validator IsInstance',
  'class-validator Validate',
  'class-validator ValidateBy',
  'class-validator ValidatePromise',
  'class-transformer Exclude',
  'class-transformer Transform',
]);
