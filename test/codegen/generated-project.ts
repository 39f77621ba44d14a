// Random projects: services, methods, marks, edges, message classes, barrels and aliases. Most are right; some are not.
//
// The shape of a project and the names in it are drawn apart, so that one shape can be written with two sets of names.

import { careful, RUNS, WATCHING, type Edge, type Method, type Service, type Shape } from './generated-shape.ts';

/** Every name of a project, by what it names and its number. */
export interface Naming {
  type(at: number): string;
  /** As it stands in a class: a name or a quoted one. It may hold anything if the node has a name of its own. */
  method(at: number, isNamed: boolean): string;
  /** The text of the `name` option; undefined for none. */
  node(at: number): string | undefined;
  field(at: number): string;
  file(at: number): string;
}

export const TAME: Naming = {
  type: (at) => `Type${at}`,
  method: (at) => `method${at}`,
  node: (at) => `node${at}`,
  field: (at) => `field${at}`,
  file: (at) => `file${at}`,
};

const ANNOTATIONS = [
  ...['Job', 'Handler', 'OnSuccess', 'OnError', 'Join', 'from', ...WATCHING, ...RUNS],
  ...['ReturnValue', 'ErrorValue', 'Message', 'Service'],
];
const TYPES = 'type RunReport, type StepContext';

/** The files of a project with these names. */
export function writeProject(drawn: Shape, naming: Naming): Record<string, string> {
  const shape = withoutLists(careful(drawn));
  const files: Record<string, string> = {
    'src/dsl.ts': `export { ${ANNOTATIONS.map((name) => `${name} as Our${name}`).join(', ')}, ${TYPES} } from 'onward';\n`,
    'src/messages/index.ts': shape.messages
      .map((_, at) => `export * from './${specifier(naming.file(at))}.ts';\n`)
      .join(''),
  };
  for (const [at] of shape.messages.entries())
    files[`src/messages/${naming.file(at)}.ts`] = writeMessage(shape, naming, at);
  for (const [at] of shape.services.entries())
    files[`src/${naming.file(at + 10)}.ts`] = writeService(shape, naming, at);
  return files;
}

function writeMessage({ messages }: Shape, naming: Naming, at: number): string {
  const own = messages[at];
  const base = own?.isExtending === true && at > 0 ? naming.type(at - 1) : undefined;
  const lines = (own?.fields ?? []).map(
    ({ type, isOptional }, field) => `  @Allow() ${naming.field(at * 4 + field)}${isOptional ? '?' : '!'}: ${type};`,
  );
  if (own?.isMarked === true && base === undefined)
    lines.push(`  @ReturnValue() ${naming.field(at * 4 + 3)}!: unknown;`);
  return `import { Allow } from 'class-validator';
import { ReturnValue } from 'onward';
${base === undefined ? '' : `import { ${base} } from './${specifier(naming.file(at - 1))}.ts';\n`}void ReturnValue;
export class ${naming.type(at)}${base === undefined ? '' : ` extends ${base}`} {
${lines.join('\n')}
}
`;
}

function writeService(shape: Shape, naming: Naming, at: number): string {
  const { style, methods, messages, base, isDefault } = serviceAt(shape, at);
  const name = serviceName(naming, at);
  const our = (word: string): string =>
    style === 'namespace' ? `dsl.${word}` : style === 'named' && word !== 'from' ? word : `Our${word}`;
  const imports = {
    // A class may be called `from` as well.
    named: `import { ${ANNOTATIONS.filter((word) => word !== 'from').join(', ')}, from as Ourfrom, ${TYPES} } from 'onward';`,
    aliased: `import { ${ANNOTATIONS.map((word) => `${word} as Our${word}`).join(', ')}, ${TYPES} } from 'onward';`,
    namespace: `import * as dsl from 'onward';\nimport { ${TYPES} } from 'onward';`,
    barrel: `import { ${ANNOTATIONS.map((word) => `Our${word}`).join(', ')}, ${TYPES} } from './dsl.ts';`,
  };
  const others = shape.services.flatMap((other, index) =>
    index === at
      ? []
      : `import ${other.isDefault ? `Svc${index}` : `{ ${serviceName(naming, index)} as Svc${index} }`} from './${specifier(naming.file(index + 10))}.ts';\n`,
  );
  const taken = shape.messages.map((_, index) => {
    const path = messages === 'barrel' ? 'index' : specifier(naming.file(index));
    if (messages === 'namespace') return `import * as ns${index} from './messages/${path}.ts';\n`;
    return `import ${messages === 'type' ? 'type ' : ''}{ ${naming.type(index)} as Msg${index} } from './messages/${path}.ts';\n`;
  });
  const body = methods.map((_, index) => writeMethod(shape, naming, { service: at, method: index }, our)).join('\n');
  const head = isDefault ? 'export default class' : 'export class';
  const declared = {
    none: `${head} ${name} {\n${body}\n}\n`,
    abstract: `abstract class Base {\n${body}\n}\n${head} ${name} extends Base {}\n`,
    generic: `abstract class Base<T, U = T> { keep?: [T, U];\n${body}\n}\n${head} ${name} extends Base<string> {}\n`,
  };
  return `${imports[style]}\n${others.join('')}${taken.join('')}${declared[base]}`;
}

/** A shape with names. */
interface Written {
  readonly shape: Shape;
  readonly naming: Naming;
}

interface At {
  readonly service: number;
  readonly method: number;
}

function writeMethod(shape: Shape, naming: Naming, at: At, our: (word: string) => string): string {
  const own = methodAt(shape, at);
  const edges = own.edges.map((item) => ({ ...item, target: targetOf(shape, item) }));
  const isCallback = own.kind === 'edges' || edges.length > 0;
  const id = at.service * 8 + at.method;
  const node = own.isNamed ? naming.node(id) : undefined;
  const named = node === undefined ? [] : [`name: ${JSON.stringify(node)}`];
  const given = [...named, ...(own.edges.length > 0 && !own.isCareless ? ['maxRounds: 3'] : [])];
  const options = given.length === 0 ? '' : `{ ${given.join(', ')} }`;
  const annotations =
    own.kind === 'edges' && edges.length > 0 && options === ''
      ? []
      : [`@${our(own.kind === 'Job' ? 'Job' : 'Handler')}(${options})`];
  for (const item of edges) annotations.push(`@${our(item.on)}(${edgeArguments({ shape, naming }, at, item, our)})`);
  const first = edges[0]?.target;
  const parameters =
    isCallback && first !== undefined
      ? callbackParameters({ shape, naming }, at, first, our)
      : jobParameters({ shape, naming }, at, own);
  if (own.isContextTaken) parameters.push('context?: StepContext');
  const returns = returnType({ shape, naming }, at.service, own);
  return `  ${annotations.join(' ')} ${naming.method(id, own.isNamed)}(${parameters.join(', ')})${returns === '' ? ' { return { id: 1 }; }' : `: ${returns} { throw new Error(); }`}`;
}

type Targeted = Edge & { readonly target: At };

/** What stands between the brackets of an edge annotation. */
function edgeArguments({ shape, naming }: Written, at: At, edge: Targeted, our: (word: string) => string): string {
  const own = methodAt(shape, at);
  const { target, on, when, mode } = edge;
  const name = JSON.stringify(
    nameOf(naming.method(target.service * 8 + target.method, methodAt(shape, target).isNamed)),
  );
  const thunk = target.service === at.service ? '' : `() => Svc${target.service}, `;
  const field = naming.field(messageNumber(shape, own) * 4);
  if (on === 'Join') {
    const source = thunk === '' ? name : `${our('from')}(${thunk}${name})`;
    return `{ ${field}: ${source} }${mode === '' ? '' : `, { ${mode} }`}`;
  }
  const isRun = RUNS.some((known) => known === on);
  const bind = own.takes === 'field' && !isRun ? [`bind: { ${field}: 'bound' as never }`] : [];
  const parts = [...optionsOf(shape, own, edge, when), ...bind];
  const options = parts.length === 0 ? [] : [`{ ${parts.join(', ')} }`];
  const isAny = isRun && (edge.isAny || methodAt(shape, target).kind !== 'Job');
  return [...(isAny ? [] : [`${thunk}${name}`]), ...options].join(', ');
}

function optionsOf(shape: Shape, own: Method, { target, on, each, recover, after }: Targeted, when: string): string[] {
  const from = methodAt(shape, target);
  if (on !== 'OnSuccess' && on !== 'OnError') return after ? ['critical: true'] : [];
  const isSame = own.returns === from.returns && own.message === from.message;
  return [
    ...(when === '' ? [] : [when]),
    ...(on === 'OnSuccess' && each && isList(from) ? ['each: true'] : []),
    ...(on === 'OnError' && recover && isSame ? ['recover: true'] : []),
    ...(after ? ["after: '1s'"] : []),
  ];
}

/** Whether the return type, by its number, is a list. */
function isList({ returns }: Method): boolean {
  return returns === 4 || returns === 9;
}

function jobParameters(written: Written, { service: at }: At, own: Method): string[] {
  return own.message === null ? [] : [`message: ${messageType(written, at, own.message)}`];
}

function callbackParameters(
  written: Written,
  { service: at, method: number }: At,
  target: At,
  our: (word: string) => string,
): string[] {
  const own = methodAt(written.shape, { service: at, method: number });
  if (own.edges.length === 1 && RUNS.some((on) => on === own.edges[0]?.on)) {
    return own.takes === 'nothing' ? [] : ['report: RunReport'];
  }
  const value = valueType(written, own, target);
  const message = own.message === null ? 'unknown' : messageType(written, at, own.message);
  switch (own.takes) {
    case 'nothing':
      return [];
    case 'value':
      return [`value: ${value}`];
    case 'mark':
      return [`@${our('ReturnValue')}() value: ${value}`];
    case 'mark and message':
      return [`@${our('Message')}() message: unknown`, `@${our('ReturnValue')}() value: ${value}`];
    case 'error':
      return [`@${our('ErrorValue')}() error: unknown`];
    case 'field':
      return [`message: ${message}`];
    case 'anything':
      return ['value: any'];
  }
}

/** What the target gives, where it can be written in this file; `unknown` where it cannot. */
function valueType(written: Written, own: Method, target: At): string {
  const type = returnType(written, -1, methodAt(written.shape, target));
  const awaited = type.replace(/^Promise<(.*)>$/, '$1');
  const [first, ...others] = own.edges;
  if (type === '' || awaited.includes('Msg') || others.length > 0 || first === undefined) return 'unknown';
  const isEach = first.each && isList(methodAt(written.shape, target));
  if (first.on === 'OnSuccess') return isEach ? itemOf(awaited) : awaited;
  return first.on === 'OnEnd' ? `${awaited} | undefined` : 'unknown';
}

function itemOf(list: string): string {
  return list.endsWith('[]') ? list.slice(0, -2) : 'string | 1';
}

function returnType(written: Written, service: number, own: Method): string {
  const message = own.message === null ? 'string' : messageType(written, service, own.message);
  // A service called `Promise` hides the global one in its file.
  const isHidden = service >= 0 && serviceName(written.naming, service) === 'Promise';
  const promise = (type: string): string => (isHidden ? type : `Promise<${type}>`);
  const types = [
    'void',
    'string',
    promise('number'),
    message,
    promise(`${message}[]`),
    `${message} | undefined`,
    '',
    "'a' | 'b'",
    '{ id: string }',
    promise('readonly [string, 1]'),
  ];
  return types[own.returns] ?? 'void';
}

function messageType({ shape, naming }: Written, service: number, message: number): string {
  const number = message % shape.messages.length;
  if (service < 0) return 'unknown';
  return serviceAt(shape, service).messages === 'namespace' ? `ns${number}.${naming.type(number)}` : `Msg${number}`;
}

function messageNumber({ messages }: Shape, own: Method): number {
  return (own.message ?? 0) % messages.length;
}

/**
 * The fields that joins fill take one value, so that no source of a join runs for each item: its edges stand at another
 * method than the join, so that the proof of the wiring alone refuses the list.
 */
function withoutLists(shape: Shape): Shape {
  const joins = shape.services.flatMap(({ methods }) =>
    methods.flatMap(({ edges }) => edges.filter(({ on }) => on === 'Join').map((item) => targetOf(shape, item))),
  );
  const isSource = (service: number, method: number): boolean =>
    joins.some((source) => source.service === service && source.method === method);
  const services = shape.services.map((item, service) => ({
    ...item,
    methods: item.methods.map((own, method) =>
      isSource(service, method) ? { ...own, edges: own.edges.map((edge) => ({ ...edge, each: false })) } : own,
    ),
  }));
  return { ...shape, services };
}

function serviceName(naming: Naming, at: number): string {
  return naming.type(at + 10);
}

function serviceAt({ services }: Shape, at: number): Service {
  const found = services[at];
  if (found === undefined) throw new RangeError(`there is no service ${at}`);
  return found;
}

function methodAt(shape: Shape, { service: at, method: number }: At): Method {
  const found = serviceAt(shape, at).methods[number];
  if (found === undefined) throw new RangeError(`there is no method ${number}`);
  return found;
}

function targetOf(
  shape: Shape,
  { service: at, method: number }: { readonly service: number; readonly method: number },
): At {
  const number_ = at % shape.services.length;
  return { service: number_, method: number % serviceAt(shape, number_).methods.length };
}

/** The value of a name as it stands in a class. */
function nameOf(written: string): string {
  return /^["']/.test(written) ? String(JSON.parse(written)) : written;
}

function specifier(file: string): string {
  return JSON.stringify(file).slice(1, -1).replaceAll("'", "\\'").replaceAll('\\"', '"');
}
