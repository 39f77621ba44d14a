// Messages: a class that can be imported, built and validated at run time; and the sources of a join, each of which fills a
// field of the message and appears once.

import { inBackticks } from '../../src/values/describe.ts';
import { chainOf } from '../model/class-chain.ts';
import type { NodeModel, Slot, EdgeModel } from '../model/model.ts';
import type { Declared, Scope } from '../model/scope.ts';
import type { TypeRecord } from '../read/file-record.ts';
import type { Report } from '../problem.ts';
import { isDeclaration } from '../read/outputs.ts';
import { didYouMean } from '../../src/errors/nearest-name.ts';
import { filledMessage } from '../model/slots.ts';

export function checkMessage(scope: Scope, node: NodeModel, report: Report): void {
  for (const slot of node.slots) {
    if (slot.parameter.isRest) {
      report('ONW1202', slot.place, 'a rest parameter cannot take a single value; write a parameter with a type');
    } else if (slot.class !== undefined && slot.fills !== 'error') {
      checkExport(scope, slot.class, slot.place, report);
    }
  }
  for (const { class: ofField, mark, place } of node.message?.fields ?? []) {
    if (mark !== undefined && ofField !== undefined) checkExport(scope, ofField, place, report);
  }
  const slot = node.message?.slot;
  if (slot === undefined || slot.parameter.isRest) return;
  if (slot.class !== undefined) checkClass(scope, node, slot, slot.class, report);
  else if (node.kind === 'job') checkNoClass(scope, node, slot, report);
  if (node.kind === 'job') checkAlwaysGiven(node, slot, report);
}

/** The runtime and the types of `start` ask for the message of every job. */
function checkAlwaysGiven({ id }: NodeModel, { class: ofClass, parameter, place }: Slot, report: Report): void {
  // A type that is not a class is reported already.
  if (ofClass === undefined || !parameter.isOptional) return;
  const [what, which] = parameter.hasDefault === true ? ['has a default', 'default'] : ['is optional', '`?`'];
  report('ONW1210', place, `the message of ${id} ${what}, and a job always gets its message; remove the ${which}`);
}

/** The wiring has to import it. */
function checkExport({ sources }: Scope, declared: Declared, place: Slot['place'], report: Report): void {
  const { declaration, symbol, isTypeOnly } = declared;
  const { name } = declaration;
  const related = placeOfClass(declared, 'declared here');
  if (symbol === undefined) {
    const text = sources.program.isOwn(declared.file.path)
      ? `${name} is not exported; the wiring has to import it: write \`export class ${name}\``
      : `${name} belongs to another package, and nothing that you import from there exports it; export it from the entry of its package`;
    report('ONW1206', place, text, { related });
  } else if (isTypeOnly === true) {
    const text = `${name} is exported as a type only; a message is built from its class: export it without \`type\``;
    report('ONW1206', place, text, { related });
  }
}

function checkClass(scope: Scope, node: NodeModel, slot: Slot, declared: Declared, report: Report): void {
  const item = declared.class;
  if (item === undefined) return;
  const { name } = declared.declaration;
  const related = placeOfClass(declared, 'declared here');
  if (item.typeParameters.length > 0) {
    report(
      'ONW1130',
      slot.place,
      `${name} is generic; a message has one shape: extend it with a class that gives the types`,
      { related },
    );
  }
  if (item.isAbstract) {
    report(
      'ONW1201',
      slot.place,
      `${name} is abstract, so no message can be built from it; name a class that extends it`,
      { related },
    );
  }
  // What comes from outside is built from data.
  if (node.kind !== 'job' && node.facts.waits !== true) return;
  if (item.requiredConstructorParameters > 0) {
    const text = `the constructor of ${name} needs arguments; a message is built from data: give each parameter a default or remove it`;
    report('ONW1205', slot.place, text, { related });
  }
  if (isUnchecked(scope, node, declared)) {
    const text = `${name} has no validator, so nothing checks its fields; add some from class-validator`;
    report('ONW1203', slot.place, text, { severity: 'warning', related });
  }
}

/** It has fields, and no decorator on any of them. The declarations of a package have lost their decorators. */
function isUnchecked(scope: Scope, { message }: NodeModel, { file, class: item }: Declared): boolean {
  if (message === undefined || item === undefined || isDeclaration(file.path)) return false;
  const { isComplete } = chainOf(scope, { file, class: item });
  const fields = message.fields.filter((field) => !field.isMethod);
  return isComplete && fields.length > 0 && fields.every((field) => !field.hasAnnotations);
}

function checkNoClass(scope: Scope, node: NodeModel, slot: Slot, report: Report): void {
  const { type } = slot.parameter;
  if (type === undefined) {
    report('ONW1202', slot.place, `the message of the job ${node.id} has no written type; name its class`);
    return;
  }
  const place = { file: slot.place.file, at: type.at };
  const [first = ''] = type.kind === 'name' ? type.path : [];
  if (isTypeParameter(node, first)) {
    report('ONW1130', place, `${first} is a type parameter; a message has one shape: name its class`);
    return;
  }
  if (type.kind === 'name' && slot.place.file.imports.some((item) => item.local === first)) {
    if (scope.lookUp(slot.place.file, type.path) === undefined) {
      report('ONW1204', place, `${type.path.join('.')} cannot be found; check its import`);
      return;
    }
  }
  const what = describe(scope, slot, type);
  report(
    'ONW1201',
    place,
    `the message of the job ${node.id} is ${what}; only a class can be built and validated: write one`,
  );
}

function isTypeParameter({ member, service }: NodeModel, name: string): boolean {
  return member.typeParameters.includes(name) || service.chain.some((item) => item.class.typeParameters.includes(name));
}

function describe(scope: Scope, slot: Slot, type: TypeRecord): string {
  switch (type.kind) {
    case 'keyword':
      return `\`${type.text}\``;
    case 'literal':
      return 'a literal type';
    case 'array':
      return 'an array';
    case 'union':
    case 'intersection':
      return `${type.kind === 'union' ? 'a union' : 'an intersection'} of types`;
    case 'name': {
      const found = scope.declared(slot.place.file, type.path);
      const kinds = { interface: 'an interface', alias: 'a type alias', enum: 'an enum' };
      const kind = found?.declaration.kind;
      const shown = type.path.join('.');
      return kind === 'interface' || kind === 'alias' || kind === 'enum'
        ? `${kinds[kind]}, ${shown}`
        : `${shown}, which is not a class of yours`;
    }
    case 'other':
      return 'a type without a name, such as a tuple or `{ … }`';
  }
}

function placeOfClass(
  { file, class: item }: Declared,
  text: string,
): { readonly place: Slot['place']; readonly text: string }[] {
  return item === undefined ? [] : [{ place: { file, at: item.at }, text }];
}

export function checkJoinSources(scope: Scope, node: NodeModel, report: Report): void {
  const edges = node.edges.filter((edge) => edge.on === 'join');
  for (const decorator of new Set(edges.map((edge) => edge.decorator))) {
    const sources = edges.filter((edge) => edge.decorator === decorator);
    checkTwice(sources, report);
    for (const source of sources) checkField(scope, source, report);
  }
}

/** The second one would take a value only if the node ran again. */
function checkTwice(sources: readonly EdgeModel[], report: Report): void {
  const first = new Map<NodeModel | null, EdgeModel>();
  for (const source of sources) {
    const other = first.get(source.from);
    if (other === undefined) first.set(source.from, source);
    else {
      const text = `${source.from?.id} is a source of this join twice; keep one of them`;
      const related = other.join === undefined ? [] : [{ place: other.join.place, text: 'the other one is here' }];
      report('ONW1115', source.join?.place ?? source.place, text, { related });
    }
  }
}

/** A callback without a message needs no fields. */
function checkField(scope: Scope, { join, field, from, to }: EdgeModel, report: Report): void {
  const message = filledMessage(to);
  if (field?.class !== undefined) checkExport(scope, field.class, field.place, report);
  if (join === undefined || field !== undefined || message?.isComplete !== true) return;
  const fields = message.fields.filter((item) => !item.isMethod).map((item) => item.name);
  const free = fields.filter((name) => !join.keys.includes(name));
  const hint = didYouMean(join.source, free, inBackticks) ?? `it has ${fields.join(', ') || 'none'}`;
  const owner = message.slot.class?.declaration.name ?? 'the message';
  const text = `the value of ${from?.id} goes to \`${join.source}\`, and ${owner} has no such field; ${hint}`;
  report('ONW1115', join.place, text, { related: [{ place: message.slot.place, text: 'the message is taken here' }] });
}
