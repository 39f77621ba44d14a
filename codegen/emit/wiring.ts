// Writes the model as the text of `onward.gen.ts`.
//
// WIRING-1. The same graph gives the same bytes, in any order of its files.
// WIRING-2. The body is printed once and the imports after it: they are the names that the body uses.
// WIRING-3. `graphHash` depends on ids, on the names of message classes and on edges. What methods return, where files
//           are and how services are ordered does not change it.

import { createHash } from 'node:crypto';
import { dirname, relative } from 'node:path/posix';
import { CONTRACT, HEADER } from '../header.ts';
import type { EdgeModel, Model, NodeModel, ServiceModel } from '../model/model.ts';
import { byCodeUnit } from '../project.ts';
import { isIdentifier, propertyKey, quote, visible } from '../quote.ts';
import { printEdge } from './edge.ts';
import { Names, type Use } from './names.ts';
import { printNode, printNodeType } from './node.ts';
import { Printer, type PrintedLine } from './printer.ts';
import { relativeSpecifier, type Habit } from './specifier.ts';
import { returnedType } from './type.ts';

export interface EmitOptions {
  /** The tsconfig's folder; absolute, with `/`. */
  readonly root: string;
  /** Where the wiring will be; absolute, with `/`. */
  readonly output: string;
  readonly habit: Habit;
}

const DECLARED = ['Services', 'Nodes', 'graph'];

/** The text of a wiring, and what each of its lines is written for. */
export interface Wiring {
  readonly text: string;
  readonly lines: readonly PrintedLine[];
}

export function emitWiring(model: Model, options: EmitOptions): Wiring {
  const names = new Names();
  const body = new Printer(names);
  printBody(body, names, model, options);
  names.settle(DECLARED);
  const head = new Printer(names);
  head.line(HEADER);
  head.line();
  printImports(head, names, options);
  const lines = [...head.lines(), ...body.lines()];
  return { text: lines.map((line) => `${line.text}\n`).join(''), lines };
}

function printImports(out: Printer, names: Names, options: EmitOptions): void {
  const ours = names.oursInUse().map(([name, isValue]) => ({ text: name, name, isValue }));
  printImport(out, 'onward/wiring/v1', ours);
  const modules = new Map<string, Use[]>();
  for (const use of names.inUse()) {
    const { module, isExternal } = use.symbol;
    const from = isExternal ? module : relativeSpecifier(dirname(options.output), module, options.habit);
    modules.set(from, [...(modules.get(from) ?? []), use]);
  }
  for (const [from, uses] of [...modules].toSorted(([a], [b]) => byModule(a, b))) {
    const specifiers = uses.map((use) => ({ text: importText(use), name: use.name, isValue: use.isValue }));
    printImport(out, from, specifiers);
  }
  out.line();
}

/** Packages first, then files. */
function byModule(a: string, b: string): number {
  return Number(a.startsWith('.')) - Number(b.startsWith('.')) || byCodeUnit(a, b);
}

interface Specifier {
  readonly text: string;
  readonly name: string;
  readonly isValue: boolean;
}

function printImport(out: Printer, from: string, specifiers: readonly Specifier[]): void {
  const sorted = specifiers.toSorted((a, b) => Number(a.isValue) - Number(b.isValue) || byCodeUnit(a.name, b.name));
  const isTypesOnly = sorted.every((specifier) => !specifier.isValue);
  const texts = sorted.map(({ text, isValue }) => (isValue || isTypesOnly ? text : `type ${text}`));
  out.list(isTypesOnly ? 'import type {' : 'import {', texts, `} from ${quote(from)};`);
}

function importText({ symbol, name }: Use): string {
  if (symbol.exported === name) return name;
  const exported =
    symbol.exported === 'default' || isIdentifier(symbol.exported) ? symbol.exported : quote(symbol.exported);
  return `${exported} as ${name}`;
}

function printBody(out: Printer, names: Names, model: Model, options: EmitOptions): void {
  printServices(out, names, model);
  out.line();
  printNodeTypes(out, names, model);
  out.line();
  const graph = names.ours('Graph');
  out.block(
    `export const graph: ${graph}<Nodes, Services> = ${names.ours('defineGraph', true)}<Nodes, Services>({`,
    '});',
    () => {
      out.line(`contract: ${CONTRACT},`);
      out.line(`graphHash: ${quote(graphHash(model))},`);
      const named = model.services.filter(({ name, class: { name: declared } }) => name !== declared);
      if (named.length > 0)
        out.array(
          'namedServices',
          named.map(({ name }) => quote(name)),
        );
      out.line();
      out.block('nodes: {', '},', () =>
        printGroups(out, model, options, (service) => {
          for (const node of service.nodes) out.about({ kind: 'node', node }, () => printNode(out, names, node));
        }),
      );
      out.line();
      const edges = model.services.filter((service) => service.nodes.some((node) => node.edges.length > 0));
      if (edges.length === 0) out.line('edges: [],');
      else
        out.block('edges: [', '],', () =>
          printGroups(out, { services: edges }, options, (service) => {
            for (const edge of service.nodes.flatMap((node) => node.edges)) {
              out.about({ kind: 'edge', edge }, () => printEdge(out, names, edge));
            }
          }),
        );
      printRoutes(out, names, model);
    },
  );
}

function printServices(out: Printer, names: Names, model: Model): void {
  out.line('/** The instances that `createRuntime` needs, by service name. */');
  out.block('export interface Services {', '}', () => {
    for (const service of model.services) {
      const { name, symbol } = service;
      if (symbol === undefined) continue;
      out.about({ kind: 'service', service }, () => out.line(`readonly ${propertyKey(name)}: ${names.type(symbol)};`));
    }
  });
}

function printNodeTypes(out: Printer, names: Names, model: Model): void {
  out.line('/** Every node by its id: the message it takes and the value it returns. */');
  out.block('export interface Nodes {', '}', () => {
    for (const node of model.services.flatMap((service) => service.nodes)) {
      out.about({ kind: 'node', node }, () => printNodeType(out, names, node));
    }
  });
}

/** Services under the path of their file. */
function printGroups(out: Printer, model: Model, { root }: EmitOptions, print: (service: ServiceModel) => void): void {
  let last: string | undefined;
  for (const service of model.services) {
    const { path } = service.file;
    if (path !== last) {
      if (last !== undefined) out.line();
      out.line(`// ${visible(relative(root, path))}`);
    }
    last = path;
    print(service);
  }
}

function graphHash(model: Model): string {
  const nodes = model.services
    .flatMap((service) => service.nodes)
    .toSorted((a, b) => byCodeUnit(a.id, b.id))
    .map((node) => [
      node.id,
      node.kind,
      node.method,
      node.message === undefined ? null : (node.message.slot.class?.declaration.name ?? true),
      node.slots.map((slot) => slot.fills).toSorted(),
      node.edges.map((edge) => [
        edge.on,
        edge.from?.id ?? '*',
        edge.decorator,
        edge.when === 'recorded' ? null : (edge.when ?? null),
        edge.otherwise,
        edge.bind ?? null,
        edge.field?.name ?? null,
        ...laterFacts(edge),
      ]),
      ...(node.facts.waits === true ? [{ waits: true }] : []),
    ]);
  return createHash('sha256').update(JSON.stringify(nodes)).digest('base64url').slice(0, 12);
}

/** Facts that were added later are named, and left out if they are absent: the hash of a graph without them is unchanged. */
function laterFacts({ each, recover, join, errorField, when }: EdgeModel): object[] {
  const facts = {
    ...(each && { each }),
    ...(recover && { recover }),
    ...(join !== undefined && { source: join.source }),
    ...(errorField !== undefined && { errorField: errorField.name }),
    ...(when === 'recorded' && { whenRecorded: true }),
  };
  return Object.keys(facts).length === 0 ? [] : [facts];
}

/** The literal's `routes`; nothing if no node is exhaustive. */
function printRoutes(out: Printer, names: Names, { services }: Model): void {
  const nodes = services.flatMap((service) => service.nodes);
  const exhaustive = nodes.filter((node) => node.facts.exhaustive);
  if (exhaustive.length === 0) return;
  const edges = nodes.flatMap((node) => node.edges);
  out.line();
  out.block('routes: {', '},', () => {
    for (const node of exhaustive) {
      const from = edges.filter((edge) => edge.on === 'success' && edge.from === node);
      out.about({ kind: 'node', node }, () => printTable(out, names, node, from));
    }
  });
}

function printTable(out: Printer, names: Names, node: NodeModel, edges: readonly EdgeModel[]): void {
  const routes = `${names.ours('RoutesOf')}<${returnedType(names, node)}>`;
  // What `otherwise` takes is not listed.
  const isOpen = edges.some((edge) => edge.otherwise);
  const proof = isOpen ? `${names.global('Partial')}<${routes}>` : routes;
  const close = `} satisfies ${proof},`;
  const table = tableOf(edges);
  if (table.size === 0) return out.line(`${propertyKey(node.id)}: {${close}`);
  out.block(`${propertyKey(node.id)}: {`, close, () => {
    for (const [value, callbacks] of table) {
      out.array(propertyKey(value), [...callbacks].map(quote));
    }
  });
}

/** The callbacks of each literal, in declared order. */
function tableOf(edges: readonly EdgeModel[]): Map<string, Set<string>> {
  const table = new Map<string, Set<string>>();
  for (const { values, to } of edges) {
    for (const { value } of values ?? []) {
      const callbacks = table.get(String(value)) ?? new Set<string>();
      table.set(String(value), callbacks.add(to.id));
    }
  }
  return table;
}
