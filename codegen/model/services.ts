// Services and their nodes, from the classes that have annotated methods; with the options of a node that the graph is
// checked by, as far as they can be read.

import { tidied } from '../../src/schedule/calendar.ts';
import type { Findings, Part } from '../findings.ts';
import { Table } from '../memory.ts';
import type { Report } from '../problem.ts';
import { quote } from '../quote.ts';
import type { FileRecord, ValueRecord } from '../read/file-record.ts';
import { isEdgeAnnotation } from '../read/our-names.ts';
import { annotationOf } from './annotation.ts';
import { annotatedMethods, chainOf, type AnnotatedMethod } from './class-chain.ts';
import { MOMENTS, classUses } from './edge-options.ts';
import { isUndefined, foldedString, optionOf, type Folded, fold } from './fold.ts';
import type { Annotation, ClassPlace, NodeModel, Place, ScheduleModel, ServiceModel, NodeFacts } from './model.ts';
import { readMessage, readSlots } from './slots.ts';
import type { Scope } from './scope.ts';
import { mayBePromise } from './promise-type.ts';
import { awaited, awaitedRecord, classOf, nameType } from './type-name.ts';

/** A service with the annotations its edges are read from, once every node is known. */
export interface ServiceDraft {
  readonly service: ServiceModel;
  readonly methods: ReadonlyMap<NodeModel, AnnotatedMethod>;
  /** Whether a body of it calls a node by a written name. */
  readonly isCalling: boolean;
}

const DRAFTS = new Table<FileRecord, Part<readonly ServiceDraft[]>>();

export function readServices(scope: Scope, findings: Findings): ServiceDraft[] {
  return scope.sources
    .selected()
    .flatMap((file) =>
      findings.part(DRAFTS, file, (report) =>
        file.classes.flatMap((item) => readService(scope, { file, class: item }, report) ?? []),
      ),
    );
}

function readService(scope: Scope, owner: ClassPlace, report: Report): ServiceDraft | undefined {
  const { file, class: item } = owner;
  if (item.isAbstract || item.name === undefined || !item.isTopLevel) return undefined;
  const chain = chainOf(scope, owner);
  const annotated = annotatedMethods(scope, chain);
  if (annotated.size === 0) return undefined;
  const symbol = scope.symbolOf(file, { name: item.name, kind: 'class' });
  if (symbol === undefined && isElsewhere(scope, file.path)) {
    const text = `${item.name} is left out of the wiring: it belongs to another package, and nothing that you import from there exports it`;
    report('ONW1206', { file, at: item.at }, text, { severity: 'info' });
    return undefined;
  }
  const service: ServiceModel = {
    name: serviceName(scope, owner, report) ?? item.name,
    place: { file, at: item.at },
    file,
    class: item,
    chain: chain.classes,
    ...(symbol !== undefined && { symbol }),
    nodes: [],
  };
  const methods = new Map<NodeModel, AnnotatedMethod>();
  for (const [method, found] of annotated) {
    const node = readNode(scope, service, method, found, report);
    service.nodes.push(node);
    methods.set(node, found);
  }
  return { service, methods, isCalling: service.nodes.some(({ member }) => member.calls.length > 0) };
}

/** It belongs to another package, whose own affair is what it does not export. */
function isElsewhere({ sources: { program } }: Scope, path: string): boolean {
  return !program.isOwn(path) && !program.isListed(path);
}

function serviceName(scope: Scope, { file, class: item }: ClassPlace, report: Report): string | undefined {
  const annotations = item.annotations.flatMap((record) => annotationOf(scope, file, record) ?? []);
  const annotation = annotations.find(({ name }) => name === 'Service');
  return readName(scope, annotation, report);
}

function readNode(
  scope: Scope,
  service: ServiceModel,
  method: string,
  found: AnnotatedMethod,
  report: Report,
): NodeModel {
  const { member, file } = found;
  const annotation = optionsAnnotation(found.annotations);
  const named = optionsOf(annotation);
  const name = readName(scope, annotation, report) ?? method;
  const facts = readFacts(scope, named);
  const slots = readSlots(scope, found);
  const message = readMessage(scope, slots, facts);
  const returns = nameType(scope, found.place, member.type);
  const value = returns === undefined || mayBePromise(scope, found.place, member.type) ? undefined : awaited(returns);
  const valueClass = classOf(scope, found.place, awaitedRecord(member.type));
  return {
    id: `${service.name}.${name}`,
    name,
    service,
    method,
    kind: annotation?.name === 'Job' ? 'job' : 'handler',
    place: { file, at: member.at },
    member,
    isDeclared: annotation !== undefined,
    facts,
    schedules: found.annotations
      .filter((item) => item.name === 'Schedule' && item.record.isCalled)
      .map((item) => readSchedule(scope, `${service.name}.${name}`, item)),
    slots,
    watches: found.annotations.flatMap(({ name: on }) => (isEdgeAnnotation(on) ? [MOMENTS[on]] : [])),
    edges: [],
    watchedBy: [],
    callers: [],
    ...(named !== undefined && { options: named }),
    ...(message !== undefined && { message }),
    ...(returns !== undefined && { returns }),
    ...(value !== undefined && { value }),
    ...(valueClass !== undefined && { valueClass }),
  };
}

function readSchedule(scope: Scope, job: string, { record, file, options: place }: Annotation): ScheduleModel {
  const [first, second] = record.arguments;
  const pattern = first === undefined ? undefined : foldedString(scope, { file: place, value: first });
  const options = second === undefined || isUndefined(second) ? undefined : { file: place, value: second };
  const zone = optionOf(scope, options, 'timezone');
  const timezone = zone === undefined || zone === 'hidden' ? undefined : foldedString(scope, zone);
  const called = optionOf(scope, options, 'name');
  const byPattern = pattern === undefined ? undefined : tidied(`${job} ${pattern}`);
  const name = called === undefined ? byPattern : called === 'hidden' ? undefined : foldedString(scope, called);
  return {
    place: { file, at: record.at },
    ...(name !== undefined && { name }),
    ...(pattern !== undefined && { pattern }),
    ...(options !== undefined && { options }),
    ...(timezone !== undefined && { timezone }),
  };
}

/** `@Job` wins over `@Handler`; both at once is reported by the checks. */
function optionsAnnotation(annotations: readonly Annotation[]): Annotation | undefined {
  return annotations.find((item) => item.name === 'Job') ?? annotations.find((item) => item.name === 'Handler');
}

/** What an annotation was given; undefined if that is nothing. */
function optionsOf(annotation: Annotation | undefined): Folded | undefined {
  const value = annotation?.record.arguments[0];
  if (annotation === undefined || value === undefined || isUndefined(value)) return undefined;
  return { file: annotation.options, value };
}

/** The option `name`; undefined if there is none. */
function readName(scope: Scope, annotation: Annotation | undefined, report: Report): string | undefined {
  const options = optionsOf(annotation);
  const written = optionOf(scope, options, 'name');
  if (annotation === undefined || options === undefined || written === undefined) return undefined;
  const text = foldedString(scope, options);
  if (text !== undefined) {
    const shown = `@${annotation.name}({ name: ${quote(text)} })`;
    report('ONW1140', placeOf(options, 'hidden'), `@${annotation.name} takes options, not a string; write ${shown}`);
    return undefined;
  }
  const name = written === 'hidden' ? undefined : foldedString(scope, written);
  if (name === undefined) {
    report(
      'ONW1131',
      placeOf(options, written),
      'the `name` cannot be read at build time; write it as a literal or name a constant',
    );
  }
  return name;
}

function placeOf(options: Folded, written: Folded | 'hidden'): Place {
  const { file, value }: { file: Place['file']; value: ValueRecord } = written === 'hidden' ? options : written;
  return { file, at: value.at };
}

function readFacts(scope: Scope, options: Folded | undefined): NodeFacts {
  if (options === undefined) return { exhaustive: false, waits: false };
  const read = (key: string): Folded | 'hidden' | undefined => optionOf(scope, options, key);
  const maxRounds = numberOf(scope, read('maxRounds'));
  const maxPerRun = numberOf(scope, read('maxPerRun'));
  const throws = read('throws');
  return {
    exhaustive: isTrue(scope, read('exhaustive')),
    waits: isSet(scope, read('waits')),
    ...(maxRounds !== undefined && { maxRounds }),
    ...(maxPerRun !== undefined && { maxPerRun }),
    ...(throws !== undefined && { throws: throws === 'hidden' ? throws : (classUses(scope, throws) ?? 'hidden') }),
  };
}

function numberOf(scope: Scope, option: Folded | 'hidden' | undefined): number | 'hidden' | undefined {
  if (option === undefined || option === 'hidden') return option;
  const { value } = fold(scope, option);
  return value.kind === 'literal' && typeof value.value === 'number' ? value.value : 'hidden';
}

function isTrue(scope: Scope, option: Folded | 'hidden' | undefined): boolean {
  return isSet(scope, option) === true;
}

function isSet(scope: Scope, option: Folded | 'hidden' | undefined): boolean | 'hidden' {
  if (option === undefined || option === 'hidden') return option ?? false;
  const { value } = fold(scope, option);
  return value.kind === 'literal' ? value.value === true : 'hidden';
}
