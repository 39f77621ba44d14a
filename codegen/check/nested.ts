// Message classes within message classes: class-validator looks into one only if the field has both its annotations, and
// into a list of them only where it is said that it is one.
//
// NESTED-1. Only what is certain is reported: an annotation from another package may do the same, and an annotation that
//           says how to take the field settles the question.
// NESTED-2. A field is judged by all annotations that it has along the chain of classes.

import type { Model, NodeModel, ServiceModel } from '../model/model.ts';
import { filledMessage } from '../model/slots.ts';
import type { Declared, Scope } from '../model/scope.ts';
import { partOf, type Findings, type Part } from '../findings.ts';
import { Table } from '../memory.ts';
import type { Problem, Report } from '../problem.ts';
import type { ClassRecord, MemberRecord } from '../read/file-record.ts';
import { checkField } from './fields.ts';
import { checkLoadOrder } from './load-order.ts';
import { chainFields, hasValidators, nestedIn, type ChainField, type Nested } from './message-fields.ts';

/** What is known of a class as a message, for every node that takes it. */
interface MessageClass {
  readonly isValidated: boolean;
  readonly fields: readonly MessageField[];
}

interface MessageField {
  readonly member: MemberRecord;
  readonly nested?: Declared;
  readonly isNestedValidated: boolean;
  /** Whether class-validator looks into it. */
  readonly isLookedInto: boolean;
  /** Of a field that no value of another step fills. */
  readonly problems: readonly Problem[];
  /** Of a field that is checked less than its type says. */
  readonly gaps: readonly Problem[];
}

const CLASSES = new Table<ClassRecord, Part<MessageClass>>();

export function checkNested(scope: Scope, { services, touched }: Model, findings: Findings): void {
  const taken = services.map((service) =>
    findings.part(
      TAKEN,
      service,
      () => takenBy(scope, service),
      () => touched.has(service),
    ),
  );
  const filled = new Set(taken.flatMap((item) => item.filled));
  const seen = new Set<ClassRecord>();
  const look = (open: Declared[], fromOutside: boolean): void => {
    for (let at = open.pop(); at !== undefined; at = open.pop()) {
      const declared = at;
      if (declared.class === undefined || seen.has(declared.class)) continue;
      seen.add(declared.class);
      const message = findings.part(CLASSES, declared.class, (report) => readClass(scope, declared, report));
      for (const field of message.fields) {
        const { nested } = field;
        const isFilled = filled.has(field.member);
        if (!isFilled) findings.add(field.problems);
        const isLookedInto = isFilled || field.isLookedInto;
        if (isLookedInto && nested !== undefined) open.push(nested);
        const isReported = !isLookedInto && field.isNestedValidated;
        if (fromOutside && message.isValidated && !isFilled && !isReported) findings.add(field.gaps);
      }
    }
  };
  // What comes from outside first: more is asked of it.
  look(
    taken.flatMap((item) => item.sent),
    true,
  );
  look(
    taken.flatMap((item) => item.classes),
    false,
  );
}

/** What the nodes of a service take. */
interface Taken {
  /** The classes that may have something to report. */
  readonly classes: readonly Declared[];
  /** Those of them that come from outside. */
  readonly sent: readonly Declared[];
  /** The fields that values of other steps fill. */
  readonly filled: readonly MemberRecord[];
}

const TAKEN = new Table<ServiceModel, Part<Taken>>();

function takenBy(scope: Scope, { nodes }: ServiceModel): Taken {
  const filled = nodes.flatMap(filledFields);
  const sent = nodes.flatMap((node) => (isSent(node) ? classesOf(node) : []));
  const classes = nodes.flatMap(classesOf);
  if (!scope.sources.memory.isTracking) return { classes, sent, filled };
  // All of them are looked at after each change.
  const own = new Set(filled);
  const isLoud = (declared: Declared): boolean => !isQuiet(scope, declared, own, new Set());
  return { classes: classes.filter(isLoud), sent: sent.filter(isLoud), filled };
}

/** Whether neither a class nor those nested in it have anything to report, whichever node takes it. */
function isQuiet(scope: Scope, declared: Declared, filled: ReadonlySet<MemberRecord>, seen: Set<ClassRecord>): boolean {
  if (declared.class === undefined || seen.has(declared.class)) return true;
  seen.add(declared.class);
  const { memory } = scope.sources;
  const make = (): Part<MessageClass> => partOf((report) => readClass(scope, declared, report));
  const { value, problems } = memory.recall(CLASSES.of(memory), declared.class, make);
  return (
    problems.length === 0 &&
    value.fields.every(
      ({ member, nested }) => filled.has(member) && (nested === undefined || isQuiet(scope, nested, filled, seen)),
    )
  );
}

function readClass(scope: Scope, declared: Declared, report: Report): MessageClass {
  const isValidated = hasValidators(scope, declared);
  const fields = (chainFields(scope, declared) ?? []).flatMap((field): MessageField[] => {
    const { owner, member } = field.use;
    if (owner.class === declared.class) checkLoadOrder(scope, field, report);
    const nested = nestedIn(scope, field);
    const look = partOf((problem) => checkNestedField(scope, field, nested, problem));
    const gaps = isValidated ? partOf((problem) => checkField(field, problem)).problems : [];
    // Most fields are fine for every node.
    if (nested === undefined && gaps.length === 0) return [];
    const item = {
      member,
      ...(nested !== undefined && { nested: nested.class }),
      isNestedValidated: nested !== undefined && hasValidators(scope, nested.class),
      isLookedInto: look.value,
      problems: look.problems,
      gaps,
    };
    return [item];
  });
  return { isValidated, fields };
}

function isSent({ kind, facts, message }: NodeModel): boolean {
  return kind === 'job' || facts.waits === true || message?.slot.isSent === true;
}

function classesOf({ slots }: NodeModel): Declared[] {
  return slots.flatMap((slot) => (slot.fills === 'error' || slot.class === undefined ? [] : [slot.class]));
}

/** A field that takes a return value or the value of a join's source is validated as a nested message anyway. */
function filledFields(node: NodeModel): MemberRecord[] {
  const sources = new Set(node.edges.flatMap((edge) => edge.join?.keys ?? []));
  const fields = (filledMessage(node)?.fields ?? []).filter(
    (field) => field.mark !== undefined || sources.has(field.name),
  );
  return fields.map((field) => field.member);
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
