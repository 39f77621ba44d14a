// `onward graph`: the graph for a picture or a program.

import { resolve } from 'node:path';
import { analyse } from '../generate.ts';
import type { Model } from '../model/model.ts';
import type { Arguments } from './arguments.ts';
import { refuse } from './generate.ts';
import { printJson } from './print-json.ts';
import type { Terminal } from './terminal.ts';

export function graph(terminal: Terminal, given: Arguments): number {
  const isJson = given.json || given.format === 'json';
  const found = analyse(resolve(terminal.cwd, given.project));
  if (found.text === undefined) return refuse(terminal, { ...given, json: isJson }, found);
  terminal.out(isJson ? printJson(plainGraph(found.model), 2) : mermaid(found.model));
  return 0;
}

/** The graph as plain data. */
export function plainGraph(model: Model): object {
  const nodes = model.services.flatMap((service) => service.nodes);
  return {
    services: model.services.map((service) => service.name),
    nodes: nodes.map((node) => ({ id: node.id, kind: node.kind, method: node.method })),
    edges: nodes.flatMap((node) =>
      node.edges.map(({ on, from, to, when, otherwise, bind }) => ({
        on,
        from: from?.id ?? null,
        to: to.id,
        ...(when !== undefined && { when }),
        ...(otherwise && { otherwise }),
        ...(bind !== undefined && { bind }),
      })),
    ),
  };
}

/** Jobs are drawn as stadiums, handlers as boxes; error edges are dotted. */
function mermaid(model: Model): string {
  const nodes = model.services.flatMap((service) => service.nodes);
  const keys = new Map(nodes.map((node, at) => [node, `n${at}`]));
  const lines = nodes.map((node) => {
    const [open, close] = node.kind === 'job' ? ['([', '])'] : ['[', ']'];
    return `  ${keys.get(node)}${open}"${label(node.id)}"${close}`;
  });
  for (const { on, from, to, when, otherwise } of nodes.flatMap((node) => node.edges)) {
    const text = [on, ...(when === undefined ? [] : [`when ${when}`]), ...(otherwise ? ['otherwise'] : [])].join(', ');
    lines.push(`  ${from === null ? '' : keys.get(from)} ${on === 'error' ? '-.->' : '-->'}|${text}| ${keys.get(to)}`);
  }
  return `flowchart TD\n${lines.map((line) => `${line}\n`).join('')}`;
}

/** Mermaid reads entities in labels, so that nothing in a name can end one. */
function label(text: string): string {
  return [...text].map((letter) => (/[\p{L}\p{N}._ -]/u.test(letter) ? letter : `#${letter.codePointAt(0)};`)).join('');
}
