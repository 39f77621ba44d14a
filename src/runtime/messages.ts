// The messages that come into a runtime from outside: which class a node takes, and how data becomes one.
//
// MESSAGES-1. A node that takes no message takes no data either: what would be dropped is refused.

import type { SafeParsed } from '../api/runtime.ts';
import { didYouMean, listed } from '../errors/nearest-name.ts';
import { OnwardError } from '../errors/onward-error.ts';
import { takesNoMessage } from '../execute/wrong-target.ts';
import type { MessageParser, ParserOptions } from '../message/parser.ts';
import { Refusal } from '../message/refusal.ts';
import { describeValue, printable, quoted } from '../values/describe.ts';
import type { MessageClass, NodeWiring } from '../wiring/v1.ts';
import type { WiredGraph, WiredNode } from './wired-node.ts';

export class Messages {
  readonly #nodes: WiredGraph['nodes'];
  readonly #parser: MessageParser | undefined;
  readonly #parses = new Map<string, (data: unknown) => unknown>();
  #lastNode: string | undefined;
  #lastParse: (data: unknown) => unknown = () => undefined;

  /** @param parser undefined: messages are taken as they are. */
  constructor(nodes: WiredGraph['nodes'], parser: MessageParser | undefined) {
    this.#nodes = nodes;
    this.#parser = parser;
  }

  isJob(id: string): boolean {
    return this.#nodes.get(id)?.wiring.kind === 'job';
  }

  /**
   * The message of a job, or a promise of it where the class has asynchronous validators.
   *
   * @param checkedBy the class of a signature that is to check the data first.
   * @throws {OnwardError} ONW3005 if there is no such job, ONW2001 to ONW2010 if the data does not fit.
   */
  ofJob(job: string, data: unknown, checkedBy?: MessageClass): unknown {
    return this.#checked(job, this.#jobOf(job).wiring.message, data, checkedBy);
  }

  /** As `ofJob`, where options come after the message: they are what a job without one is given by mistake. */
  ofStart(job: string, data: unknown, what?: string, checkedBy?: MessageClass): unknown {
    const { message } = this.#jobOf(job).wiring;
    if (message === undefined && data !== undefined)
      throw takesNoMessage(job, data, `start(${what ?? `'${job}'`}, undefined, { … })`);
    return this.#checked(job, message, data, checkedBy);
  }

  #checked(job: string, message: NodeWiring['message'], data: unknown, checkedBy?: MessageClass): unknown {
    if (checkedBy === undefined || this.#parser === undefined) return this.#build(job, message, data);
    const checked = this.#parser.build(checkedBy, data);
    // What another class has checked may have fields that the node does not know.
    const narrowed = (): unknown => this.#build(job, message, data, { unknownFields: 'drop' });
    return checked instanceof Promise ? checked.then(narrowed) : narrowed();
  }

  /** The message of any node, as `ofJob` gives it. */
  ofNode(node: string, data: unknown): unknown {
    return this.#build(node, this.#nodes.get(node)?.wiring.message, data);
  }

  #build(node: string, message: NodeWiring['message'], data: unknown, options?: ParserOptions): unknown {
    if (message === undefined) {
      if (data !== undefined) throw takesNoMessage(node, data);
      return undefined;
    }
    if (message === true) return undefined;
    return this.#parser === undefined ? data : this.#parser.build(message, data, options);
  }

  /**
   * What is sent to a node that waits.
   *
   * @throws {OnwardError} ONW3055 if no node of that name waits.
   */
  ofWaiting(node: unknown, data: unknown): unknown {
    if (typeof node === 'string' && waits(this.#nodes, node)) return this.ofNode(node, data);
    const waiting = [...this.#nodes.keys()].filter((id) => waits(this.#nodes, id));
    const name = typeof node === 'string' ? node : describeValue(node);
    const hint = didYouMean(name, waiting) ?? `those that wait are ${listed(waiting) || 'none'}`;
    const text =
      typeof node === 'string'
        ? `${printable(name)} waits for no message`
        : `expected the id of a node that waits for a message, got ${printable(name)}`;
    throw new OnwardError('ONW3055', `${text}; ${hint}`, { details: { node } });
  }

  /** As `ofJob`, for a node that waits, too; data that does not fit is answered. */
  safely(node: string, data: unknown): SafeParsed<unknown> | Promise<SafeParsed<unknown>> {
    if (node !== this.#lastNode) {
      this.#lastParse = this.#parses.get(node) ?? this.#parseOf(node);
      this.#lastNode = node;
    }
    const parsed = this.#lastParse(data);
    return parsed instanceof Promise ? parsed.then(safeParsed) : safeParsed(parsed);
  }

  #parseOf(node: string): (data: unknown) => unknown {
    const wiring = this.#nodes.get(node)?.wiring;
    if (wiring === undefined || !waits(this.#nodes, node)) this.#jobOf(node);
    const message = wiring?.message;
    const isParsed = message !== undefined && message !== true && this.#parser !== undefined;
    const parse = isParsed ? this.#parser.of(message) : (data: unknown): unknown => this.ofNode(node, data);
    this.#parses.set(node, parse);
    return parse;
  }

  /** @throws {OnwardError} ONW3005 if there is no such job. */
  #jobOf(job: unknown): WiredNode {
    const node = typeof job === 'string' ? this.#nodes.get(job) : undefined;
    if (node?.wiring.kind === 'job') return node;
    const jobs = [...this.#nodes.values()].filter(({ wiring }) => wiring.kind === 'job').map(({ id }) => id);
    if (typeof job !== 'string') {
      const text = `expected the id of a job, got ${describeValue(job)}; the jobs are ${listed(jobs)}`;
      throw new OnwardError('ONW3005', text);
    }
    const handler = this.#nodes.has(job) ? 'it is a handler: annotate it with @Job to start it' : undefined;
    const hint = handler ?? didYouMean(job, jobs) ?? `the jobs are ${listed(jobs)}`;
    throw new OnwardError('ONW3005', `there is no job ${quoted(job)}; ${hint}`, { details: { job } });
  }
}

function waits(nodes: WiredGraph['nodes'], node: string): boolean {
  return nodes.get(node)?.wiring.waits === true;
}

function safeParsed(parsed: unknown): SafeParsed<unknown> {
  return parsed instanceof Refusal ? parsed : { success: true, data: parsed };
}
