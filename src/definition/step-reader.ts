// Reads the message and the condition of one step, and keeps which earlier steps they refer to.

import { joinPath } from '../message/describe.ts';
import type { Json } from '../run/json.ts';
import type { Expression, ExpressionNode } from './expression.ts';
import { isList } from './json-kinds.ts';
import type { Problems } from './problems.ts';
import { usedSteps, type StepIndex, type UsedStep } from './references.ts';
import { SyntaxProblem } from './syntax-problem.ts';
import { expressionsOf, readText, templateOf, type Template } from './template.ts';

export class StepReader {
  readonly #at: number;
  readonly #index: StepIndex;
  readonly #problems: Problems;
  readonly #uses = new Map<number, UsedStep>();

  constructor(at: number, index: StepIndex, problems: Problems) {
    this.#at = at;
    this.#index = index;
    this.#problems = problems;
  }

  /** What has been referred to so far. */
  get uses(): UsedStep[] {
    return [...this.#uses.values()];
  }

  isDuplicate(id: Json): boolean {
    return typeof id === 'string' && this.#index.places.get(id) !== this.#at;
  }

  message(json: Json): Template {
    return templateOf(json, `steps[${this.#at}].message`, (text, path) => this.#text(text, path));
  }

  /** Of a list, all must hold. */
  condition(json: Json | undefined): Expression | null {
    const path = `steps[${this.#at}].if`;
    if (json === undefined) return null;
    if (!isList(json)) return this.#condition(json, path);
    const all = json.map((part, at) => this.#condition(part, joinPath(path, at)));
    return all.length === 1 ? (all[0] ?? null) : together(all.filter((part) => part !== null));
  }

  #condition(json: Json, path: string): Expression | null {
    if (typeof json === 'boolean') return { source: String(json), root: { kind: 'literal', value: json } };
    // What is no text, and what does not begin and end like an expression, the schema has told.
    if (typeof json !== 'string' || !json.startsWith('${') || !json.endsWith('}')) return null;
    const template = this.#text(json, path);
    if (template.kind === 'value') return template.expression;
    if (template.kind === 'text') {
      this.#problems.add(path, () => ({ expected: 'one expression in ${…}', got: 'a text with more in it' }));
    }
    return null;
  }

  #text(text: string, path: string): Template {
    try {
      const template = readText(text);
      for (const expression of expressionsOf(template)) {
        const used = usedSteps(expression, this.#at, this.#index, (words) => this.#problems.add(path, words));
        for (const step of used) this.#uses.set(step.step, step);
      }
      return template;
    } catch (error) {
      if (!(error instanceof SyntaxProblem)) throw error;
      this.#problems.add(path, () => ({ expected: error.expected, got: error.got }));
      return { kind: 'data', value: text };
    }
  }
}

function together(all: readonly Expression[]): Expression {
  const of: ExpressionNode[] = all.map(({ root }) => root);
  return { source: all.map(({ source }) => `(${source})`).join(' && '), root: { kind: 'all', of } };
}
