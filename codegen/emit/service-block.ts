// What the wiring says of one service: a line of `Services`, its members of `Nodes`, its nodes and its edges.

import type { ServiceModel } from '../model/model.ts';
import { propertyKey } from '../quote.ts';
import { printEdge } from './edge.ts';
import { hashService, type HashedService } from './graph-hash.ts';
import type { Names, Referent } from './names.ts';
import { printNode, printNodeType } from './node.ts';
import { Printer, type PrintedLine } from './printer.ts';

/** A part of the wiring. */
export class Section {
  readonly #print: () => Printer;
  /** What the names in it stand for. */
  readonly used: readonly Referent[];
  #text = '';

  constructor(print: () => Printer) {
    this.#print = print;
    this.used = this.#write();
  }

  get text(): string {
    return this.#text;
  }

  /** With the subject of each; printed again for it. */
  lines(): readonly PrintedLine[] {
    return this.#print().lines;
  }

  uses(isMeant: (referent: Referent) => boolean): boolean {
    return this.used.some(isMeant);
  }

  /** A name in it is another one now. */
  renew(): void {
    this.#write();
  }

  #write(): readonly Referent[] {
    const { lines, used } = this.#print();
    this.#text = lines.length === 0 ? '' : `${lines.map((line) => line.text).join('\n')}\n`;
    return [...used].slice();
  }
}

export interface ServiceBlock {
  readonly type: Section;
  readonly nodeTypes: Section;
  readonly nodes: Section;
  readonly edges: Section;
  readonly hashed: HashedService;
  /** Whether it has a node whose literals are all routed. */
  readonly isExhaustive: boolean;
}

export function printService(names: Names, service: ServiceModel): ServiceBlock {
  const { name, symbol, nodes } = service;
  const section = (depth: number, print: (out: Printer) => void): Section =>
    new Section(() => {
      const out = new Printer(names, depth);
      print(out);
      return out;
    });
  return {
    type: section(1, (out) => {
      if (symbol === undefined) return;
      out.about({ kind: 'service', service }, () => out.line(`readonly ${propertyKey(name)}: ${names.type(symbol)};`));
    }),
    nodeTypes: section(1, (out) => {
      for (const node of nodes) out.about({ kind: 'node', node }, () => printNodeType(out, names, node));
    }),
    nodes: section(2, (out) => {
      for (const node of nodes) out.about({ kind: 'node', node }, () => printNode(out, names, node));
    }),
    edges: section(2, (out) => {
      for (const edge of nodes.flatMap((node) => node.edges)) {
        out.about({ kind: 'edge', edge }, () => printEdge(out, names, edge));
      }
    }),
    hashed: hashService(service),
    isExhaustive: nodes.some((node) => node.facts.exhaustive),
  };
}

export function sectionsOf({ type, nodeTypes, nodes, edges }: ServiceBlock): readonly Section[] {
  return [type, nodeTypes, nodes, edges];
}
