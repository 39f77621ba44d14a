// What differs between two graphs, each difference with its rule.
//
// COMPARE-1. A node that was renamed is compared with itself: what changed besides is reported, and its edges are not gone.
// COMPARE-2. A message class is reported once, however many nodes take it.

import type { TypeScript } from '../read/compiler.ts';
import type { EdgeModel } from '../model/model.ts';
import type { Place } from '../problem.ts';
import type { ClassFacts, EdgeFacts, FieldFacts, GraphFacts, JoinFacts, NodeFacts, Texts } from './facts.ts';
import { renamesIn, type Rename } from './rename.ts';
import { type ChangeKind, type Level, ruleOf } from './rules.ts';

export interface Change {
  readonly kind: ChangeKind;
  readonly level: Level;
  /** A node, a field as `Class.field`, an edge or a join by its id. */
  readonly subject: string;
  /** What `--allow` takes: `Billing.refund:removed`. */
  readonly name: string;
  readonly text: string;
  readonly finds?: string;
  readonly advice?: string;
  /** Where it is now; undefined for what is gone. */
  readonly place?: Place;
  /** Where it was; undefined for what is new. */
  readonly was?: Place;
}

const ORDER: readonly Level[] = ['breaking', 'look', 'safe'];

/** Breaking ones first; in the order of nodes, fields and edges within a level. */
export function changesBetween(ts: TypeScript, before: GraphFacts, after: GraphFacts): Change[] {
  const comparison = new Comparison(before, after);
  comparison.compareNodes(ts);
  comparison.compareEdges();
  comparison.compareJoins();
  const { changes } = comparison;
  return ORDER.flatMap((level) => changes.filter((change) => change.level === level));
}

interface Places {
  readonly place?: Place | undefined;
  readonly was?: Place | undefined;
}

interface Details extends Places {
  readonly details?: string;
  /** What the advice names. */
  readonly name?: string;
}

class Comparison {
  readonly changes: Change[] = [];
  readonly #before: GraphFacts;
  readonly #after: GraphFacts;
  /** New ids by old ones. */
  readonly #renamed = new Map<string, string>();
  readonly #comparedClasses = new Set<string>();

  constructor(before: GraphFacts, after: GraphFacts) {
    this.#before = before;
    this.#after = after;
  }

  #add(kind: ChangeKind, subject: string, { details = '', name = '', place, was }: Details): void {
    const { level, text, finds, advice } = ruleOf(kind);
    this.changes.push({
      kind,
      level,
      subject,
      name: `${subject}:${kind.slice(kind.indexOf(' ') + 1)}`,
      text: text.replace('%', () => details),
      ...(finds !== undefined && { finds }),
      ...(advice !== undefined && { advice: advice.replace('%name', () => `'${name}'`) }),
      ...(place !== undefined && { place }),
      ...(was !== undefined && { was }),
    });
  }

  // ── nodes ──

  compareNodes(ts: TypeScript): void {
    const gone = [...this.#before.nodes.values()].filter(({ id }) => !this.#after.nodes.has(id));
    const added = [...this.#after.nodes.values()].filter(({ id }) => !this.#before.nodes.has(id));
    const renames = renamesIn(ts, gone, added);
    for (const { from, to } of renames) this.#renamed.set(from.id, to.id);
    this.#reportRenames(renames);
    const kept = new Set(this.#renamed.values());
    for (const { id, place } of gone) if (!this.#renamed.has(id)) this.#add('node removed', id, { was: place });
    for (const { id, place, kind } of added) if (!kept.has(id)) this.#add('node added', id, { details: kind, place });
    for (const node of this.#before.nodes.values()) {
      const now = this.#after.nodes.get(this.#idOf(node.id));
      if (now !== undefined) this.#compareNode(node, now);
    }
  }

  #idOf(id: string): string {
    return this.#renamed.get(id) ?? id;
  }

  /** A service that was renamed renames all its nodes: that is one change. */
  #reportRenames(renames: readonly Rename[]): void {
    const services = new Map<string, Rename[]>();
    for (const rename of renames) {
      const { from, to } = rename;
      if (from.model.name !== to.model.name) this.#reportRename(rename);
      else {
        const names = `${from.model.service.name}\n${to.model.service.name}`;
        services.set(names, [...(services.get(names) ?? []), rename]);
      }
    }
    for (const [first, ...others] of services.values()) {
      if (first === undefined) continue;
      const [from, to] = [first.from.model.service, first.to.model.service];
      const isWhole = from.nodes.length === others.length + 1;
      if (isWhole) {
        const details = { details: to.name, name: from.name, place: to.place, was: from.place };
        this.#add('service renamed', from.name, details);
      } else for (const rename of [first, ...others]) this.#reportRename(rename);
    }
  }

  #reportRename({ from, to }: Rename): void {
    this.#add('node renamed', from.id, { details: to.id, name: from.model.name, place: to.place, was: from.place });
  }

  #compareNode(from: NodeFacts, to: NodeFacts): void {
    const places = { place: to.place, was: from.place };
    if (from.kind !== to.kind) this.#add(`node ${to.kind}`, from.id, places);
    if (from.waits !== to.waits) this.#add(to.waits ? 'node waits' : 'node waits-not', from.id, places);
    else this.#compareMessage(from, to);
    this.#compareReturns(from, to);
    this.#compareNodeOptions(from, to);
    if (from.schedules.join('\n') !== to.schedules.join('\n')) {
      const details = `starts at ${to.schedules.join(' and ') || 'no slots any more'}`;
      this.#add('node schedule', from.id, { details, ...places });
    }
  }

  #compareMessage({ id, message: from, place: was }: NodeFacts, { message: to, place }: NodeFacts): void {
    if (from?.class !== undefined && to?.class !== undefined) return this.#compareClass(from.class, to.class);
    const [before, now] = [from?.type ?? ['nothing'], to?.type ?? ['nothing']];
    if (isSame(before, now)) return;
    const details = `${now.join(' | ')}, and took ${before.join(' | ')}`;
    this.#add(isWithin(before, now) ? 'node wider' : 'node message', id, { details, place, was });
  }

  #compareReturns(from: NodeFacts, to: NodeFacts): void {
    const [before, now] = [from.returns, to.returns];
    if (before === undefined || now === undefined || isSame(before, now)) return;
    const details = `${now.join(' | ')}, was ${before.join(' | ')}`;
    const used = isUsed(from, this.#before) ? 'node returns' : 'node returns-unused';
    const kind = isWithin(before, now) ? 'node returns-more' : used;
    this.#add(kind, from.id, { details, place: to.place, was: from.place });
  }

  #compareNodeOptions({ id, options: from, place: was }: NodeFacts, { options: to, place }: NodeFacts): void {
    for (const { key, before, now, details } of changedOptions(from, to)) {
      const places = { place, was };
      if (key === 'tags') {
        const missing = wordsIn(now).filter((word) => !wordsIn(before).includes(word));
        const fewer = wordsIn(before).filter((word) => !wordsIn(now).includes(word));
        if (missing.length > 0) this.#add('node tags', id, { details: missing.join(', '), ...places });
        else this.#add('node tags-fewer', id, { details: `without ${fewer.join(', ')}`, ...places });
      } else if (key === 'waits') continue;
      else this.#add(`node ${NODE_OPTION[key]?.(before, now) ?? 'option'}`, id, { details, ...places });
    }
  }

  // ── fields ──

  #compareClass(from: ClassFacts, to: ClassFacts): void {
    const pair = `${from.place.file.path} ${from.name} ${to.place.file.path} ${to.name}`;
    if (this.#comparedClasses.has(pair)) return;
    this.#comparedClasses.add(pair);
    for (const [name, field] of from.fields) {
      const now = to.fields.get(name);
      if (now === undefined) this.#add('field removed', `${from.name}.${name}`, { was: field.place });
      else
        this.#compareField(`${from.name}.${name}`, field, {
          ...now,
          isFilled: now.isFilled || this.#isFilled(to, name),
        });
    }
    for (const [name, { isRequired, isFilled, place }] of to.fields) {
      if (from.fields.has(name)) continue;
      const isAsked = isRequired && !isFilled && !this.#isFilled(to, name);
      this.#add(isAsked ? 'field required' : 'field optional', `${from.name}.${name}`, { place });
    }
  }

  /** Every node that takes the class gets its messages from edges alone, and each of these fills the field. */
  #isFilled(of: ClassFacts, name: string): boolean {
    const takers = [...this.#after.nodes.values()].filter(({ message }) => message?.class === of);
    const isFilled = ({ kind, waits, model: { edges, callers } }: NodeFacts): boolean =>
      kind === 'handler' && !waits && callers.length === 0 && edges.every((edge) => fills(edge, name));
    return takers.length > 0 && takers.every((node) => node.model.edges.length > 0 && isFilled(node));
  }

  #compareField(subject: string, from: FieldFacts, to: FieldFacts): void {
    const places = { place: to.place, was: from.place };
    if (from.isRequired !== to.isRequired && !to.isFilled)
      this.#add(to.isRequired ? 'field now-required' : 'field now-optional', subject, places);
    if (!isSame(from.type, to.type)) {
      const details = `${to.type.join(' | ')}, was ${from.type.join(' | ')}`;
      const isSameData = from.class !== undefined && to.class !== undefined;
      const kind = isWithin(from.type, to.type) ? 'field wider' : 'field type';
      if (!isSameData) this.#add(kind, subject, { details, ...places });
    } else if (from.checks !== to.checks) {
      this.#add('field checks', subject, {
        details: `${to.checks || 'none'}, had ${from.checks || 'none'}`,
        ...places,
      });
    }
    if (from.class !== undefined && to.class !== undefined) this.#compareClass(from.class, to.class);
  }

  // ── edges and joins ──

  compareEdges(): void {
    const kept = new Set<string>();
    for (const edge of this.#before.edges.values()) {
      const id = this.#renamedIn(edge.id);
      const now = this.#after.edges.get(id);
      if (now === undefined) this.#removed('edge removed', edge);
      else this.#compareEdge(edge, now);
      kept.add(id);
    }
    // The edges of a node that is new come with it.
    for (const { id, place, model } of this.#after.edges.values())
      if (!kept.has(id)) this.#add('edge added', id, { place, details: model.to.id });
  }

  /** That a node is gone with its edges is said of the node. */
  #removed(kind: 'edge removed' | 'join removed', { id, place }: EdgeFacts | JoinFacts): void {
    const to = /([^>]+?)(?:#\d+)?$/.exec(id)?.[1] ?? '';
    const ends = kind === 'join removed' ? [to] : [to, id.slice(0, id.indexOf('>'))];
    const isGone = ends.some((end) => end !== '*' && !this.#after.nodes.has(this.#idOf(end)));
    if (!isGone) this.#add(kind, id, { was: place });
  }

  #renamedIn(id: string): string {
    const [, stem = id, number = ''] = /^(.*?)(#\d+)?$/s.exec(id) ?? [];
    return (
      stem
        .split('>')
        .map((part) => this.#idOf(part))
        .join('>') + number
    );
  }

  #compareEdge(from: EdgeFacts, to: EdgeFacts): void {
    const places = { place: to.place, was: from.place };
    for (const { key, details } of changedOptions(from.options, to.options))
      this.#add(`edge ${EDGE_OPTION[key] ?? 'option'}`, from.id, { details, ...places });
    if (from.field !== to.field && to.field !== '') this.#add('edge field', from.id, { details: to.field, ...places });
  }

  compareJoins(): void {
    const kept = new Set<string>();
    for (const join of this.#before.joins.values()) {
      const id = this.#renamedIn(join.id);
      const now = this.#after.joins.get(id);
      if (now === undefined) this.#removed('join removed', join);
      else this.#compareJoin(join, now);
      kept.add(id);
    }
    for (const { id, place } of this.#after.joins.values()) {
      if (!kept.has(id)) this.#add('join added', id, { place });
    }
  }

  #compareJoin(from: JoinFacts, to: JoinFacts): void {
    const places = { place: to.place, was: from.place };
    const before = from.sources.map((source) => source.replace(/(?<= from ).*$/s, (id) => this.#idOf(id)));
    if (before.join('\n') !== to.sources.join('\n')) {
      const details = `${to.sources.join(', ')}; had ${from.sources.join(', ')}`;
      this.#add('join sources', from.id, { details, ...places });
    }
    for (const { key, details } of changedOptions(from.options, to.options))
      this.#add(key === 'mode' ? 'join mode' : 'join option', from.id, { details, ...places });
  }
}

/** With a marked field, and in a join, all other fields come from `bind`: the compiler asks its function for those. */
function fills({ join, field, errorField, bind }: EdgeModel, name: string): boolean {
  if (join?.keys.includes(name) === true) return true;
  if (field?.name === name || errorField?.name === name) return true;
  if (bind === 'function') return (join ?? field ?? errorField) !== undefined;
  return bind?.includes(name) === true;
}

function isSame(some: readonly string[], others: readonly string[]): boolean {
  return isWithin(some, others) && isWithin(others, some);
}

function isWithin(some: readonly string[], all: readonly string[]): boolean {
  return some.every((item) => all.includes(item));
}

/** Whether a callback may be given its value. */
function isUsed({ id }: NodeFacts, { edges, joins }: GraphFacts): boolean {
  const isOfValue = ({ model: { on, from } }: EdgeFacts): boolean =>
    from?.id === id && (on === 'success' || on === 'end');
  const isSource = ({ sources }: JoinFacts): boolean => sources.some((source) => source.endsWith(` from ${id}`));
  return [...edges.values()].some(isOfValue) || [...joins.values()].some(isSource);
}

interface ChangedOption {
  readonly key: string;
  readonly before: string | undefined;
  readonly now: string | undefined;
  readonly details: string;
}

function changedOptions(from: Texts, to: Texts): ChangedOption[] {
  return [...new Set([...from.keys(), ...to.keys()])].flatMap((key) => {
    const [before, now] = [from.get(key), to.get(key)];
    if (before === now) return [];
    const details =
      before === undefined
        ? `${key} ${now}`
        : now === undefined
          ? `${key} ${before} left out`
          : `${key} ${before} → ${now}`;
    return [{ key, before, now, details }];
  });
}

type LevelOfOption = (
  before: string | undefined,
  now: string | undefined,
) => 'limit' | 'limit-raised' | 'timeout' | 'option';

const limit: LevelOfOption = (before, now) => {
  if (now === undefined) return 'limit-raised';
  return before !== undefined && Number(now) >= Number(before) ? 'limit-raised' : 'limit';
};

/** Options of a node that are more than a matter of pace; the others are safe. */
const NODE_OPTION: Readonly<Partial<Record<string, LevelOfOption>>> = {
  maxRounds: limit,
  maxPerRun: limit,
  timeout: () => 'timeout',
};

const EDGE_OPTION: Readonly<Partial<Record<string, 'when' | 'each' | 'recover' | 'critical' | 'bind'>>> = {
  when: 'when',
  otherwise: 'when',
  each: 'each',
  recover: 'recover',
  critical: 'critical',
  bind: 'bind',
};

/** `['a', 'b']` */
function wordsIn(text = ''): readonly string[] {
  return [...text.matchAll(/'([^']*)'/g)].map(([, word = '']) => word);
}
