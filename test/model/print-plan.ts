// A plan as a few lines of text: what a failing test shows.

import type { EntryPlan, SignedPlan, StartPlan } from './start-plan.ts';
import {
  nodeName,
  type Control,
  type EdgePlan,
  type GraphPlan,
  type NodePlan,
  type Operation,
  type Turn,
  type When,
} from './graph-plan.ts';

export function printPlan(plan: GraphPlan): string {
  const { tags, stepLimit, maxPerRun, deadline } = plan.run;
  const run = [
    tags.length > 0 && `tags ${tags.join(' ')}`,
    `stepLimit ${stepLimit}`,
    ...maxPerRun.map(([node, limit]) => `maxPerRun ${nodeName(node)} ${limit}`),
    deadline > 0 && `deadline ${deadline}`,
    ...plan.controls.map(printControl),
  ];
  return [
    `run: ${words(run, ', ')}`,
    printStart(plan.start),
    ...plan.nodes.map(printNode),
    ...plan.edges.map(printEdge),
  ].join('\n');
}

function printControl(control: Control): string {
  const { at } = control;
  if (control.do === 'cancelStep') return `at ${at} cancel ${nodeName(control.node)}`;
  if (control.do === 'add') return `at ${at} add ${printSigned(control.signed)}`;
  return control.do === 'send' ? `at ${at} send ${control.id} to ${nodeName(control.node)}` : `at ${at} ${control.do}`;
}

function printStart({ kind, entries, onSuccess, onFailure, ...rest }: StartPlan): string {
  return words([
    `start: ${kind}`,
    ...entries.map(printEntry),
    rest.keepGoing && 'keepGoing',
    rest.concurrency !== null && `concurrency ${rest.concurrency}`,
    rest.stopAfterFailures !== null && `stopAfterFailures ${rest.stopAfterFailures}`,
    rest.isOpen && 'open',
    rest.maxSteps !== null && `maxSteps ${rest.maxSteps}`,
    onSuccess && `onSuccess ${printSigned(onSuccess)}`,
    onFailure && `onFailure ${printSigned(onFailure)}`,
  ]);
}

function printEntry(entry: EntryPlan): string {
  const { group, always, condition } = entry;
  const asked = condition && ('is' in condition ? `if ${condition.is}` : `if-function ${condition.answers}`);
  return `[${words([printSigned(entry), group !== null && `group ${group}`, always && 'always', asked])}]`;
}

function printSigned({ node, bound, success, error }: SignedPlan): string {
  const callbacks = [
    ...success.map((signed) => `success ${printSigned(signed)}`),
    ...error.map((signed) => `error ${printSigned(signed)}`),
  ];
  return `${nodeName(node)}${bound === null ? '' : '+'}${callbacks.length === 0 ? '' : `(${callbacks.join(', ')})`}`;
}

function printNode(node: NodePlan, at: number): string {
  const { retry } = node;
  const options = [
    retry.attempts > 1 && `attempts ${retry.attempts} delay ${retry.delay}*${retry.factor}<=${retry.maxDelay}`,
    node.waits && 'waits',
    node.timeout > 0 && `timeout ${node.timeout}`,
    node.tag !== null && `tag ${node.tag}`,
    node.maxRounds !== null && `maxRounds ${node.maxRounds}`,
    node.maxPerRun !== null && `maxPerRun ${node.maxPerRun}`,
    node.obeys && 'obeys',
  ];
  return words([`${nodeName(at)}:`, ...options, `does ${node.turns.map(printTurn).join(' / ')}`]);
}

function printTurn({ operations, fails, fault, tag, items }: Turn): string {
  const fault_ = fails > 0 && `fails ${fails}x ${fault}`;
  return words([...operations.map(printOperation), fault_, `gives ${items < 0 ? tag : `[${items}]`}`]);
}

function printOperation(operation: Operation): string {
  switch (operation.do) {
    case 'spawn': {
      const delay = operation.delay > 0 && `delay ${operation.delay}`;
      return words([`spawn(${nodeName(operation.node)})`, operation.detached && 'detached', delay]);
    }
    case 'call':
      return words([`call(${nodeName(operation.node)})`, operation.fresh && 'fresh', operation.catches && 'caught']);
    case 'add':
      return `add(${operation.amount})`;
    default:
      return operation.do;
  }
}

function printEdge(edge: EdgePlan): string {
  const to = nodeName(edge.to);
  const critical = edge.critical ? 'critical' : 'uncritical';
  if (edge.on === 'join') {
    const sources = edge.sources.map(nodeName).join(' ');
    return words([
      `join ${edge.mode} (${sources}) -> ${to}`,
      `missing: ${edge.onMissing}`,
      edge.cancelRest && 'cancelRest',
      edge.bind && 'bind',
      critical,
    ]);
  }
  const line = `${edge.from === null ? '*' : nodeName(edge.from)} -${edge.on}-> ${to}`;
  if (edge.on === 'success') {
    const { each } = edge;
    const items = each && `each ${each.concurrency} stop ${each.stopAfterFailures ?? 'never'}`;
    return words([line, ...printChoice(edge), items, edge.bind && 'bind', critical]);
  }
  return edge.on === 'error'
    ? words([line, ...printChoice(edge), edge.recover && 'recover', critical])
    : words([line, critical]);
}

function printChoice(edge: { when: When | null; otherwise: boolean; after: number }): (string | false)[] {
  const { when, otherwise, after } = edge;
  const asked = when !== null && ('is' in when ? `when ${when.is}` : 'when throws');
  return [asked, otherwise && 'otherwise', after > 0 && `after ${after}`];
}

function words(parts: readonly (string | false | null)[], separator = ' '): string {
  return parts.filter((part) => typeof part === 'string').join(separator);
}
