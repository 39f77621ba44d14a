// Writes the model as the text of `onward.gen.ts`.
//
// WIRING-1. The same graph gives the same bytes, in any order of its files, and whatever was printed before.
// WIRING-2. The imports are printed after the body: they are the names that it uses.
// WIRING-3. What is printed of a service is kept as long as its model and the names in it are the same.

import { dirname, relative } from 'node:path/posix';
import { CONTRACT, HEADER } from '../header.ts';
import type { EdgeModel, Model, NodeModel, ServiceModel } from '../model/model.ts';
import type { ImportedSymbol } from '../model/scope.ts';
import { byCodeUnit } from '../project.ts';
import { isIdentifier, propertyKey, quote, visible } from '../quote.ts';
import { hashGraph } from './graph-hash.ts';
import { Names, Uses, type Use } from './names.ts';
import { Printer, type PrintedLine } from './printer.ts';
import { printService, Section, sectionsOf, type ServiceBlock } from './service-block.ts';
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
  /** Its imports that exist at run time. */
  readonly values: readonly ImportedSymbol[];
}

export function emitWiring(model: Model, options: EmitOptions): Wiring {
  const printer = new WiringPrinter(options);
  const lines = printer.sections(model).flatMap((section) => section.lines());
  return { text: lines.map((line) => `${line.text}\n`).join(''), lines, values: printer.values() };
}

/** Prints a wiring, and after a change what is another in it. */
export class WiringPrinter {
  readonly #options: EmitOptions;
  readonly #names = new Names();
  readonly #uses = new Uses();
  readonly #headings = new Map<string, Section>();
  #blocks = new Map<ServiceModel, ServiceBlock>();
  #classes: { readonly of: Model['classes']; readonly section: Section } | undefined;
  #frame: readonly Section[] = [];
  #head: Section | undefined;

  constructor(options: EmitOptions) {
    this.#options = options;
  }

  text(model: Model): string {
    let text = '';
    for (const section of this.sections(model)) text += section.text;
    return text;
  }

  /** The imports of the printed wiring that exist at run time. */
  values(): readonly ImportedSymbol[] {
    return this.#names.inUse().flatMap(({ symbol, isValue }) => (isValue ? symbol : []));
  }

  /** What was printed of these is of no use. */
  forget(services: Iterable<ServiceModel>): void {
    for (const service of services) this.#drop(service);
  }

  #drop(service: ServiceModel): void {
    const block = this.#blocks.get(service);
    if (block === undefined) return;
    for (const { used } of sectionsOf(block)) this.#uses.remove(used);
    this.#blocks.delete(service);
  }

  sections(model: Model): readonly Section[] {
    this.#printServices(model);
    const hash = hashGraph([...this.#blocks.values()].map((block) => block.hashed));
    let laidOut = this.#layOut(model, hash);
    for (const { used } of laidOut.frame) this.#uses.add(used);
    for (const { used } of this.#frame) this.#uses.remove(used);
    this.#frame = laidOut.frame;
    if (this.#uses.takeChange() || this.#head === undefined) {
      this.#head = this.#settle();
      laidOut = this.#layOut(model, hash);
    }
    return [this.#head, ...laidOut.sections];
  }

  #printServices({ services, touched }: Model): void {
    const current = new Set(services);
    for (const service of [...this.#blocks.keys()]) {
      if (touched.has(service) || !current.has(service)) this.#drop(service);
    }
    this.#blocks = new Map(services.map((service) => [service, this.#blocks.get(service) ?? this.#print(service)]));
  }

  #print(service: ServiceModel): ServiceBlock {
    const block = printService(this.#names, service);
    for (const { used } of sectionsOf(block)) this.#uses.add(used);
    return block;
  }

  /** Everything but the imports, in the order of the file; and what of it belongs to no service. */
  #layOut(model: Model, hash: string): { readonly sections: readonly Section[]; readonly frame: readonly Section[] } {
    const names = this.#names;
    const sections: Section[] = [];
    const frame: Section[] = [];
    let out = new Printer(names);
    const cut = (): void => {
      const printed = out;
      const section = new Section(() => printed);
      sections.push(section);
      frame.push(section);
      out = new Printer(names, printed.depth);
    };
    const blocks = [...this.#blocks.values()];
    out.line('/** The instances that `createRuntime` needs, by service name. */');
    out.open('export interface Services {');
    cut();
    sections.push(...blocks.map((block) => block.type));
    out.close('}');
    out.line();
    out.line('/** Every node by its id: the message it takes and the value it returns. */');
    out.open('export interface Nodes {');
    cut();
    sections.push(...blocks.map((block) => block.nodeTypes));
    out.close('}');
    out.line();
    printFacts(out, names, model, hash);
    cut();
    sections.push(this.#classSection(model.classes));
    out.line();
    out.open('nodes: {');
    cut();
    this.#grouped(sections, model.services, 'nodes');
    out.close('},');
    out.line();
    const watching = model.services.filter((service) => service.nodes.some((node) => node.edges.length > 0));
    if (watching.length === 0) out.line('edges: [],');
    else {
      out.open('edges: [');
      cut();
      this.#grouped(sections, watching, 'edges');
      out.close('],');
    }
    if (blocks.some((block) => block.isExhaustive)) printRoutes(out, names, model);
    out.close('});');
    cut();
    return { sections, frame };
  }

  #classSection(classes: Model['classes']): Section {
    const before = this.#classes;
    if (before?.of === classes) return before.section;
    const section = new Section(() => {
      const out = new Printer(this.#names, 1);
      printClasses(out, this.#names, classes);
      return out;
    });
    this.#uses.add(section.used);
    if (before !== undefined) this.#uses.remove(before.section.used);
    this.#classes = { of: classes, section };
    return section;
  }

  /** Services under the path of their file. */
  #grouped(sections: Section[], services: readonly ServiceModel[], what: 'nodes' | 'edges'): void {
    let last: string | undefined;
    for (const service of services) {
      const { path } = service.file;
      if (path !== last) sections.push(this.#heading(path, last === undefined));
      last = path;
      const block = this.#blocks.get(service);
      if (block !== undefined) sections.push(block[what]);
    }
  }

  #heading(path: string, isFirst: boolean): Section {
    const known = isFirst ? undefined : this.#headings.get(path);
    if (known !== undefined) return known;
    const heading = new Section(() => {
      const out = new Printer(this.#names, 2);
      if (!isFirst) out.line();
      out.line(`// ${visible(relative(this.#options.root, path))}`);
      return out;
    });
    if (!isFirst) this.#headings.set(path, heading);
    return heading;
  }

  /** Gives everything in use its name; prints the imports, and again what has another name in it. */
  #settle(): Section {
    const isRenamed = this.#names.settle(DECLARED, this.#uses.all());
    const kept = [...this.#blocks.values()].flatMap(sectionsOf);
    if (this.#classes !== undefined) kept.push(this.#classes.section);
    for (const section of kept) if (section.uses(isRenamed)) section.renew();
    const head = new Printer(this.#names);
    head.line(HEADER);
    head.line();
    printImports(head, this.#names, this.#options);
    return new Section(() => head);
  }
}

function printImports(out: Printer, names: Names, options: EmitOptions): void {
  const ours = names.oursInUse().map(([name, isValue]) => ({ text: name, name, isValue }));
  printImport(out, 'onward/wiring/v1', ours);
  const folder = dirname(options.output);
  const specifiers = new Map<string, string>();
  const modules = new Map<string, Use[]>();
  for (const use of names.inUse()) {
    const { module, isExternal } = use.symbol;
    const from = isExternal ? module : (specifiers.get(module) ?? relativeSpecifier(folder, module, options.habit));
    if (!isExternal) specifiers.set(module, from);
    const uses = modules.get(from);
    if (uses === undefined) modules.set(from, [use]);
    else uses.push(use);
  }
  for (const [from, uses] of [...modules].toSorted(([a], [b]) => byModule(a, b))) {
    const named = uses.map((use) => ({ text: importText(use), name: use.name, isValue: use.isValue }));
    printImport(out, from, named);
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

function printFacts(out: Printer, names: Names, { services }: Model, hash: string): void {
  const graph = names.ours('Graph');
  const define = names.ours('defineGraph', true);
  out.open(`export const graph: ${graph}<Nodes, Services> = ${define}<Nodes, Services>({`);
  out.line(`contract: ${CONTRACT},`);
  out.line(`graphHash: ${quote(hash)},`);
  const named = services.filter(({ name, class: { name: declared } }) => name !== declared);
  if (named.length > 0)
    out.array(
      'namedServices',
      named.map(({ name }) => quote(name)),
    );
}

/** A function: files may import each other, and a class may exist later than the wiring. */
function printClasses(out: Printer, names: Names, classes: Model['classes']): void {
  if (classes.length === 0) return;
  const named = classes.map((symbol) => {
    const text = names.value(symbol);
    return symbol.members === undefined ? text : `'${text}': ${text}`;
  });
  out.list('classes: () => ({', named, '}),');
}

/** The literal's `routes`, of the nodes that are exhaustive. */
function printRoutes(out: Printer, names: Names, { services }: Model): void {
  const exhaustive = services.flatMap((service) => service.nodes.filter((node) => node.facts.exhaustive));
  out.line();
  out.block('routes: {', '},', () => {
    for (const node of exhaustive) {
      const from = node.watchedBy.filter((edge) => edge.on === 'success');
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
