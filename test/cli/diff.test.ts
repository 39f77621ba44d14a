// `onward diff`: what is said of a change, and what a run in flight finds when that change is deployed in the middle of it.

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { RULES, ruleOf, type ChangeKind } from '../../codegen/diff/rules.ts';
import { flown, REMOVED, repository, type Edit, type Flight } from './diff-pairs.ts';

interface Pair {
  readonly name: string;
  readonly edits: readonly Edit[];
  /** `level name` of every change. */
  readonly changes: readonly string[];
  readonly flight: Flight;
  /** The steps with their codes, and how the run stands. */
  readonly ends: readonly string[];
}

const LATER = { options: { notBefore: '1h' } } as const;
const PAIRS: readonly Pair[] = [
  {
    name: 'a node that is removed',
    edits: [REMOVED],
    changes: ['breaking Shop.pack:removed'],
    flight: {},
    ends: ['Shop.charge 0', 'Shop.pack 102', 'failed'],
  },
  {
    name: 'a node that is renamed',
    edits: [['  pack(order', '  wrap(order']],
    changes: ['breaking Shop.pack:renamed'],
    flight: {},
    ends: ['Shop.charge 0', 'Shop.pack 102', 'failed'],
  },
  {
    name: 'a node that is renamed and keeps its name',
    edits: [
      [
        "@OnSuccess('charge', { after: '1h' })\n  @Handler()\n  pack(order",
        "@OnSuccess('charge', { after: '1h' })\n  @Handler({ name: 'pack' })\n  wrap(order",
      ],
    ],
    changes: [],
    flight: {},
    ends: ['Shop.charge 0', 'Shop.pack 0', 'completed'],
  },
  {
    name: 'a service that is renamed',
    edits: [['class Shop', 'class Store']],
    changes: ['breaking Shop:renamed'],
    flight: {},
    ends: ['Shop.charge 0', 'Shop.pack 102', 'failed'],
  },
  {
    name: 'a field that is new and required',
    edits: [['@IsInt() cents!: number;', '@IsInt() cents!: number;\n  @IsString() currency!: string;']],
    changes: ['breaking Order.currency:required'],
    flight: LATER,
    ends: ['Shop.charge 107', 'failed'],
  },
  {
    name: 'a field that is new and optional',
    edits: [['@IsInt() cents!: number;', '@IsInt() cents!: number;\n  @IsOptional() @IsString() currency?: string;']],
    changes: ['safe Order.currency:optional'],
    flight: LATER,
    ends: ['Shop.charge 0', 'Shop.pack 0', 'completed'],
  },
  {
    name: 'a field that is removed',
    edits: [
      ['  @IsString() id!: string;\n', ''],
      ['return order.id', "return 'x'"],
    ],
    changes: ['breaking Order.id:removed'],
    flight: LATER,
    ends: ['Shop.charge 107', 'failed'],
  },
  {
    name: 'a field of another type',
    edits: [
      ['@IsInt() cents!: number', '@IsString() cents!: string'],
      ['order.cents > 1_000', "order.cents === 'x'"],
      ['order.cents', '1'],
      ['order.cents', '1'],
      ['order.cents', '1'],
    ],
    changes: ['breaking Order.cents:type'],
    flight: LATER,
    ends: ['Shop.charge 107', 'failed'],
  },
  {
    name: 'other checks',
    edits: [['@IsInt() cents', '@IsInt() @Min(10) cents']],
    changes: ['look Order.cents:checks'],
    flight: LATER,
    ends: ['Shop.charge 107', 'failed'],
  },
  {
    name: 'a callback that is removed',
    edits: [["  @OnSuccess('charge', { after: '1h' })\n", '']],
    changes: ['breaking Shop.charge>success>Shop.pack:removed'],
    flight: {},
    ends: ['Shop.charge 0', 'Shop.pack 0', 'completed'],
  },
  {
    name: 'a callback that is new',
    edits: [['  @Job()\n  quote(', "  @OnSuccess('pack')\n  @Handler()\n  praise(): void {}\n\n  @Job()\n  quote("]],
    changes: ['safe Shop.praise:added', 'safe Shop.pack>success>Shop.praise:added'],
    flight: {},
    ends: ['Shop.charge 0', 'Shop.pack 0', 'Shop.praise 0', 'completed'],
  },
  {
    name: 'a callback that is asked for another error',
    edits: [['{ when: BankError }', '{ when: TypeError }']],
    changes: ['look Shop.charge>error>Shop.apologise:when'],
    flight: { ...LATER, cents: 2_000 },
    ends: ['Shop.charge 101', 'failed'],
  },
  {
    name: 'a node that waits now',
    edits: [['  @Handler()\n  pack(order: Order)', '  @Handler({ waits: true })\n  pack(order: Sent<Order>)']],
    changes: ['breaking Shop.pack:waits'],
    flight: {},
    ends: ['Shop.charge 0', 'Shop.pack -1', 'running'],
  },
  {
    name: 'a node that waits no more',
    edits: [
      [
        '@Handler({ waits: true })\n  approve(approval: Sent<Approval>): string {\n    return approval.by;',
        "@Handler()\n  approve(): string {\n    return 'x';",
      ],
    ],
    changes: ['breaking Shop.approve:waits-not'],
    flight: { job: 'Shop.quote' },
    ends: ['Shop.quote 0', 'Shop.approve -1', 'running'],
  },
  {
    name: 'a join with another source ahead',
    edits: [
      ["{ weight: 'weigh', label: 'print' }", "{ name: 'split', weight: 'weigh', label: 'print' }"],
      ['  weight!: number;', '  name!: string;\n  weight!: number;'],
    ],
    changes: ['breaking join>Shop.ship:sources', 'safe Parts.name:optional'],
    flight: { job: 'Shop.split' },
    ends: ['Shop.split 0', 'Shop.weigh 0', 'Shop.print 0', 'Shop.ship 206', 'completed'],
  },
  {
    name: 'a join of the first',
    edits: [
      ["{ weight: 'weigh', label: 'print' })", "{ weight: 'weigh', label: 'print' }, { mode: 'any' })"],
      ['  weight!: number;\n  label!', '  weight?: number;\n  label?'],
      ['return parts.label + String', 'return String'],
    ],
    changes: ['breaking join>Shop.ship:mode'],
    flight: { job: 'Shop.split' },
    ends: ['Shop.split 0', 'Shop.weigh 0', 'Shop.print 0', 'Shop.ship 0', 'completed'],
  },
  {
    name: 'a join that is removed',
    edits: [["  @Join({ weight: 'weigh', label: 'print' })\n", '']],
    changes: ['breaking join>Shop.ship:removed'],
    flight: { job: 'Shop.split' },
    ends: ['Shop.split 0', 'Shop.weigh 0', 'Shop.print 0', 'completed'],
  },
  {
    name: 'another value',
    edits: [
      ['split(order: Order): Order {', 'split(order: Order): Order | undefined {'],
      ['weigh(order: Order)', 'weigh(order: Order | undefined)'],
      ['print(order: Order)', 'print(order: Order | undefined)'],
      ['order.cents;\n  }\n\n  @OnSuccess(', 'order?.cents ?? 0;\n  }\n\n  @OnSuccess('],
    ],
    changes: ['safe Shop.split:returns-more', 'safe Shop.weigh:wider', 'safe Shop.print:wider'],
    flight: { job: 'Shop.split' },
    ends: ['Shop.split 0', 'Shop.weigh 0', 'Shop.print 0', 'Shop.ship 0', 'completed'],
  },
  {
    name: 'tags that are asked for',
    edits: [['  @Handler()\n  pack(', "  @Handler({ tags: ['paid'] })\n  pack("]],
    changes: ['breaking Shop.pack:tags'],
    flight: LATER,
    ends: ['Shop.charge 0', 'Shop.pack 105', 'failed'],
  },
  {
    name: 'options of pace',
    edits: [
      ['attempts: 3 }', "attempts: 5, delay: '1s' }, timeout: '1m'"],
      ['split(order', 'split(order'],
    ],
    changes: ['look Shop.charge:timeout', 'safe Shop.charge:option'],
    flight: {},
    ends: ['Shop.charge 0', 'Shop.pack 0', 'completed'],
  },
  {
    name: 'a callback that takes all items at once now',
    edits: [
      ["{ each: true, concurrency: 1, after: '1h' }", "{ after: '1h' }"],
      [
        'wrap(order: Order): number {',
        "wrap(order: Order[]): number {\n    if (!Array.isArray(order)) throw new Error('one');",
      ],
      ['return order.cents;\n  }\n\n  @Job({ retry', 'return order.length;\n  }\n\n  @Job({ retry'],
    ],
    changes: [
      'breaking ShopFloor.wrap:message',
      'breaking ShopFloor.list>success>ShopFloor.wrap:each',
      'safe ShopFloor.list>success>ShopFloor.wrap:option',
    ],
    flight: { job: 'ShopFloor.list' },
    ends: ['ShopFloor.list 0', 'ShopFloor.wrap 101', 'ShopFloor.wrap 101', 'failed'],
  },
  {
    name: 'a callback that takes item by item now',
    edits: [
      ["@OnSuccess('fill', { after: '1h' })", "@OnSuccess('fill', { each: true, after: '1h' })"],
      [
        'stack(orders: Order[]): number {',
        "stack(orders: Order): number {\n    if (Array.isArray(orders)) throw new Error('all');",
      ],
      ['return orders.length', 'return orders.cents'],
    ],
    changes: ['breaking ShopFloor.stack:message', 'breaking ShopFloor.fill>success>ShopFloor.stack:each'],
    flight: { job: 'ShopFloor.fill', options: { tags: ['eu'] } },
    ends: ['ShopFloor.fill 0', 'ShopFloor.stack 107', 'failed'],
  },
  {
    name: 'tags that are asked for no more',
    edits: [["@Handler({ tags: ['eu'] })", '@Handler()']],
    changes: ['safe ShopFloor.stack:tags-fewer'],
    flight: { ...LATER, job: 'ShopFloor.fill' },
    ends: ['ShopFloor.fill 0', 'ShopFloor.stack 0', 'completed'],
  },
  {
    name: 'a value of another type',
    edits: [
      ['weigh(order: Order): number {\n    return order.cents', 'weigh(order: Order): string {\n    return order.id'],
      ['  weight!: number;', '  weight!: string;'],
    ],
    changes: ['breaking Shop.weigh:returns', 'breaking Parts.weight:type'],
    flight: { job: 'Shop.split' },
    ends: ['Shop.split 0', 'Shop.weigh 0', 'Shop.print 0', 'Shop.ship 0', 'completed'],
  },
  {
    name: 'a value of another type that nothing takes',
    edits: [
      [
        'sew(cloth: Cloth): number {\n    return cloth.cut ?? 0',
        'sew(cloth: Cloth): string {\n    return String(cloth.cut)',
      ],
    ],
    changes: ['look ShopFloor.sew:returns-unused'],
    flight: { job: 'ShopFloor.weave' },
    ends: ['ShopFloor.weave 0', 'ShopFloor.cut 0', 'ShopFloor.dye 101', 'ShopFloor.sew 206', 'completed'],
  },
  {
    name: 'a field that is required now',
    edits: [['@IsOptional() @IsString() note?: string', '@IsString() note!: string']],
    changes: ['breaking Order.note:now-required'],
    flight: LATER,
    ends: ['Shop.charge 107', 'failed'],
  },
  {
    name: 'a field that is optional now',
    edits: [
      ['@IsString() id!: string', '@IsOptional() @IsString() id?: string'],
      ['return order.id', "return order.id ?? ''"],
    ],
    changes: ['safe Order.id:now-optional'],
    flight: LATER,
    ends: ['Shop.charge 0', 'Shop.pack 0', 'completed'],
  },
  {
    name: 'a field that takes more',
    edits: [
      ['  cut?: number;', '  cut?: number | string;'],
      ['return cloth.cut ?? 0', 'return Number(cloth.cut)'],
    ],
    changes: ['safe Cloth.cut:wider'],
    flight: { job: 'ShopFloor.weave' },
    ends: ['ShopFloor.weave 0', 'ShopFloor.cut 0', 'ShopFloor.dye 101', 'ShopFloor.sew 206', 'completed'],
  },
  {
    name: 'a callback that recovers no more',
    edits: [["@OnError('pay', { recover: true })", "@OnError('pay')"]],
    changes: ['look ShopFloor.pay>error>ShopFloor.rescue:recover'],
    flight: { job: 'ShopFloor.pay' },
    ends: ['ShopFloor.pay 101', 'ShopFloor.rescue 0', 'failed'],
  },
  {
    name: 'a callback whose failure counts now',
    edits: [["{ critical: false, after: '1h' }", "{ after: '1h' }"]],
    changes: ['look ShopFloor.sell>success>ShopFloor.gift:critical'],
    flight: { job: 'ShopFloor.sell' },
    ends: ['ShopFloor.sell 0', 'ShopFloor.gift 101', 'ShopFloor.write 0', 'failed'],
  },
  {
    name: 'other bound fields',
    edits: [["{ tone: 'kind' }", "{ tone: 'curt' }"]],
    changes: ['look ShopFloor.sell>success>ShopFloor.write:bind'],
    flight: { job: 'ShopFloor.sell' },
    ends: ['ShopFloor.sell 0', 'ShopFloor.gift 101', 'ShopFloor.write 101', 'failed'],
  },
  {
    name: 'a field that is new and required, and that the only edge binds',
    edits: [
      ['@IsString() tone!: string;', '@IsString() tone!: string; @IsString() by!: string;'],
      ["{ tone: 'kind' }", "{ tone: 'kind', by: 'us' }"],
    ],
    changes: ['look ShopFloor.sell>success>ShopFloor.write:bind', 'safe Note.by:optional'],
    flight: { job: 'ShopFloor.sell' },
    ends: ['ShopFloor.sell 0', 'ShopFloor.gift 101', 'ShopFloor.write 0', 'completed'],
  },
  {
    name: 'a field that is new and required, and that a function of the only edge binds',
    edits: [
      ['@IsString() tone!: string;', '@IsString() tone!: string; @IsString() by!: string;'],
      ["{ tone: 'kind' }", "() => ({ tone: 'kind', by: 'us' })"],
    ],
    changes: ['look ShopFloor.sell>success>ShopFloor.write:bind', 'safe Note.by:optional'],
    flight: { job: 'ShopFloor.sell' },
    ends: ['ShopFloor.sell 0', 'ShopFloor.gift 101', 'ShopFloor.write 0', 'completed'],
  },
  {
    name: 'a field that is new and required, and that one of two edges binds',
    edits: [
      [
        '  @IsString() id!: string;\n}\n\nexport class ShopFloor',
        '  @IsString() id!: string; @IsString() by!: string;\n}\n\nexport class ShopFloor',
      ],
      [
        'stamp(order: Order): Slip {\n    return { id: order.id };',
        "stamp(order: Order): Slip {\n    return { id: order.id, by: 'us' };",
      ],
      [
        'press(order: Order): Slip {\n    return { id: order.id };',
        "press(order: Order): Slip {\n    return { id: order.id, by: 'us' };",
      ],
      ["{ bind: { id: 'b' }, after", "{ bind: { id: 'b', by: 'us' }, after"],
    ],
    changes: ['breaking Slip.by:required', 'look ShopFloor.press>success>ShopFloor.stick:bind'],
    flight: { job: 'ShopFloor.stamp' },
    ends: ['ShopFloor.stamp 0', 'ShopFloor.stick 107', 'failed'],
  },
  {
    name: 'a value that goes into another field',
    edits: [
      ['@ReturnValue() order!: Order;', '@ReturnValue() what!: Order;'],
      ['note.order.id', 'note.what.id'],
    ],
    changes: [
      'breaking Note.order:removed',
      'look ShopFloor.sell>success>ShopFloor.write:field',
      'safe Note.what:optional',
    ],
    flight: { job: 'ShopFloor.sell' },
    ends: ['ShopFloor.sell 0', 'ShopFloor.gift 101', 'ShopFloor.write 0', 'completed'],
  },
  {
    name: 'a join that is added',
    edits: [
      [
        "  @Join({ weight: 'weigh', label: 'print' })",
        "  @Join({ weight: 'weigh', label: 'print' })\n  @Handler()\n  box(parts: Parts): string {\n    return parts.label;\n  }\n\n  @Join({ weight: 'weigh', label: 'print' })",
      ],
    ],
    changes: ['look join>Shop.box:added', 'safe Shop.box:added'],
    flight: { job: 'Shop.split' },
    ends: ['Shop.split 0', 'Shop.weigh 0', 'Shop.print 0', 'Shop.ship 0', 'Shop.box 206', 'completed'],
  },
  {
    name: 'a join that runs though a source is missing',
    edits: [["@Join({ cut: 'cut', dyed: 'dye' })", "@Join({ cut: 'cut', dyed: 'dye' }, { onMissing: 'run' })"]],
    changes: ['look join>ShopFloor.sew:option'],
    flight: { job: 'ShopFloor.weave' },
    ends: ['ShopFloor.weave 0', 'ShopFloor.cut 0', 'ShopFloor.dye 101', 'ShopFloor.sew 0', 'completed'],
  },
  {
    name: 'a join that gives up the rest',
    edits: [["{ mode: 'any' })", "{ mode: 'any', cancelRest: true })"]],
    changes: ['look join>ShopFloor.cheer:option'],
    flight: { job: 'ShopFloor.race' },
    ends: ['ShopFloor.race 0', 'ShopFloor.one 0', 'ShopFloor.two 203', 'ShopFloor.cheer 0', 'completed'],
  },
  {
    name: 'a lower limit',
    edits: [['{ maxRounds: 3 }', '{ maxRounds: 2 }']],
    changes: ['look ShopFloor.rub:limit'],
    flight: { job: 'ShopFloor.polish' },
    ends: ['ShopFloor.polish 0', 'ShopFloor.rub 0', 'ShopFloor.rub 0', 'ShopFloor.rub 109', 'failed'],
  },
  {
    name: 'a higher limit',
    edits: [['{ maxRounds: 3 }', '{ maxRounds: 30 }']],
    changes: ['safe ShopFloor.rub:limit-raised'],
    flight: { job: 'ShopFloor.polish' },
    ends: [
      'ShopFloor.polish 0',
      'ShopFloor.rub 0',
      'ShopFloor.rub 0',
      'ShopFloor.rub 0',
      'ShopFloor.rub 0',
      'ShopFloor.rub -1',
      'running',
    ],
  },
  {
    name: 'a schedule',
    edits: [['  @Job()\n  tidy(', "  @Job()\n  @Schedule('@daily')\n  tidy("]],
    changes: ['safe ShopFloor.tidy:schedule'],
    flight: { job: 'ShopFloor.sell' },
    ends: ['ShopFloor.sell 0', 'ShopFloor.gift 101', 'ShopFloor.write 0', 'completed'],
  },
  {
    name: 'a job that is a handler now',
    edits: [['  @Job()\n  quote(', "  @OnSuccess('pack')\n  @Handler()\n  quote("]],
    changes: ['look Shop.quote:handler', 'safe Shop.pack>success>Shop.quote:added'],
    flight: { job: 'Shop.quote' },
    ends: ['Shop.quote 0', 'Shop.approve -1', 'running'],
  },
  {
    name: 'a handler that is a job now',
    edits: [['  @Handler()\n  pack(order', '  @Job()\n  pack(order']],
    changes: ['safe Shop.pack:job'],
    flight: {},
    ends: ['Shop.charge 0', 'Shop.pack 0', 'completed'],
  },
];

describe('what is said of a change, and what a run in flight finds', () => {
  it('of every kind there is', () => {
    const said = PAIRS.flatMap(({ changes }) => changes.map((change) => change.split(' ')[1] ?? ''));
    const kinds = said.map((name) => {
      const [subject = '', what = ''] = name.split(':');
      const isMessage = /^(Order|Note|Parts|Cloth|Slip)\./.test(subject);
      if (subject.startsWith('join>')) return `join ${what}`;
      if (subject.includes('>')) return `edge ${what}`;
      return `${isMessage ? 'field' : subject.includes('.') ? 'node' : 'service'} ${what}`;
    });
    expect([...new Set(kinds)].toSorted()).toEqual(Object.keys(RULES).toSorted());
  });

  it.each(PAIRS)('$name', async ({ edits, changes, flight, ends }) => {
    const project = repository(edits);
    const { out } = await project.onward('diff', 'main', '--json');
    const found: { readonly changes: readonly { readonly level: string; readonly name: string }[] } = JSON.parse(out);
    const said = found.changes.map(({ level, name }) => `${level} ${name}`);
    expect({ said, ends: await flown(edits, flight) }).toEqual({ said: changes, ends });
  });
});

it('the table of docs/deploying.md has every rule, and no other', () => {
  const page = readFileSync(new URL('../../docs/deploying.md', import.meta.url), 'utf8');
  const rows = [...page.matchAll(/^\| `(\w+ [\w-]+)` \| (\w+) \| (.+) \|$/gm)].map(([, ...cells]) => cells);
  const finds = (kind: ChangeKind): string => ruleOf(kind).finds ?? 'nothing else than before';
  const kinds = Object.keys(RULES).filter((kind): kind is ChangeKind => Object.hasOwn(RULES, kind));
  expect(rows).toEqual(kinds.map((kind) => [kind, ruleOf(kind).level, finds(kind)]));
});
