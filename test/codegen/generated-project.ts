// Random projects: services, methods, marks, edges, message classes, barrels and aliases. Most are right; some are not.
//
// The shape of a project and the names in it are drawn apart, so that one shape can be written with two sets of names.

import fc from 'fast-check';

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

const small = fc.nat({ max: 7 });
const edge = fc.record({
  service: small,
  method: small,
  on: fc.constantFrom('OnSuccess', 'OnSuccess', 'OnError'),
  when: fc.constantFrom('', '', '', 'when: () => true', 'otherwise: true'),
});
const method = fc.record({
  kind: fc.constantFrom('Job', 'Job', 'Handler', 'edges', 'edges'),
  message: fc.option(small),
  isContextTaken: fc.boolean(),
  returns: fc.nat({ max: 9 }),
  edges: fc.array(edge, { maxLength: 2 }),
  takes: fc.constantFrom('nothing', 'value', 'value', 'mark', 'mark and message', 'error', 'field', 'anything'),
  isNamed: fc.boolean(),
});
const service = fc.record({
  methods: fc.array(method, { minLength: 1, maxLength: 4 }),
  style: fc.constantFrom('named', 'aliased', 'namespace', 'barrel'),
  messages: fc.constantFrom('named', 'type', 'namespace', 'barrel'),
  base: fc.constantFrom('none', 'none', 'none', 'abstract', 'generic'),
  isDefault: fc.boolean(),
});
const message = fc.record({
  fields: fc.array(fc.record({ type: fc.constantFrom('string', 'number'), isOptional: fc.boolean() }), {
    minLength: 1,
    maxLength: 3,
  }),
  isMarked: fc.boolean(),
  isExtending: fc.boolean(),
});

export const anyShape = fc.record({
  services: fc.array(service, { minLength: 1, maxLength: 4 }),
  messages: fc.array(message, { minLength: 1, maxLength: 4 }),
});

type Shape = typeof anyShape extends fc.Arbitrary<infer S> ? S : never;
type Service = Shape['services'][number];
type Method = Service['methods'][number];

const ANNOTATIONS = ['Job', 'Handler', 'OnSuccess', 'OnError', 'ReturnValue', 'ErrorValue', 'Message', 'Service'];

/** The files of a project with these names. */
export function writeProject(shape: Shape, naming: Naming): Record<string, string> {
  const files: Record<string, string> = {
    'src/dsl.ts': `export { ${ANNOTATIONS.map((name) => `${name} as Our${name}`).join(', ')}, type StepContext } from 'onward';\n`,
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
    style === 'namespace' ? `dsl.${word}` : style === 'named' ? word : `Our${word}`;
  const imports = {
    named: `import { ${ANNOTATIONS.join(', ')}, type StepContext } from 'onward';`,
    aliased: `import { ${ANNOTATIONS.map((word) => `${word} as Our${word}`).join(', ')}, type StepContext } from 'onward';`,
    namespace: `import * as dsl from 'onward';\nimport type { StepContext } from 'onward';`,
    barrel: `import { ${ANNOTATIONS.map((word) => `Our${word}`).join(', ')}, type StepContext } from './dsl.ts';`,
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
  const options = node === undefined ? '' : `{ name: ${JSON.stringify(node)} }`;
  const annotations =
    own.kind === 'edges' && edges.length > 0 && node === undefined
      ? []
      : [`@${our(own.kind === 'Job' ? 'Job' : 'Handler')}(${options})`];
  for (const { target, on, when } of edges) {
    const name = JSON.stringify(
      nameOf(naming.method(target.service * 8 + target.method, methodAt(shape, target).isNamed)),
    );
    const thunk = target.service === at.service ? '' : `() => Svc${target.service}, `;
    const bind =
      own.takes === 'field' ? [`bind: { ${naming.field(messageNumber(shape, own) * 4)}: 'bound' as never }`] : [];
    const parts = [when, ...bind].filter((part) => part !== '');
    annotations.push(`@${our(on)}(${thunk}${name}${parts.length === 0 ? '' : `, { ${parts.join(', ')} }`})`);
  }
  const first = edges[0]?.target;
  const parameters =
    isCallback && first !== undefined
      ? callbackParameters({ shape, naming }, at, first, our)
      : jobParameters({ shape, naming }, at, own);
  if (own.isContextTaken) parameters.push('context?: StepContext');
  const returns = returnType({ shape, naming }, at.service, own);
  return `  ${annotations.join(' ')} ${naming.method(id, own.isNamed)}(${parameters.join(', ')})${returns === '' ? ' { return { id: 1 }; }' : `: ${returns} { throw new Error(); }`}`;
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
  return type === '' || awaited.includes('Msg') || own.edges.length > 1 ? 'unknown' : awaited;
}

function returnType(written: Written, service: number, own: Method): string {
  const message = own.message === null ? 'string' : messageType(written, service, own.message);
  const types = [
    'void',
    'string',
    'Promise<number>',
    message,
    `Promise<${message}[]>`,
    `${message} | undefined`,
    '',
    "'a' | 'b'",
    '{ id: string }',
    'Promise<readonly [string, 1]>',
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
