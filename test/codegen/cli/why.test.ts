import { describe, expect, it } from 'vitest';
import { projectOnDisk } from '../project-on-disk.ts';

const SHOP = `import { IsInt, IsString } from 'class-validator';
import { from, Handler, Job, Join, OnError, OnRunEnd, OnSuccess } from 'onward';

export class Packing {
  @IsInt() size!: number;
  @IsString() label!: string;
}

export class Shop {
  @Job() order(): number { return 1; }
  @Job() reorder(): number { return 2; }

  @OnSuccess('order', { when: 1 })
  @OnSuccess('reorder')
  measure(): number { return 1; }

  @OnSuccess('measure')
  print(): string { return ''; }

  @Join({ size: from(() => Shop, 'measure'), label: 'print' })
  pack(packing: Packing): void { void packing; }

  @OnError('pack')
  @OnSuccess('retry', { when: (value: unknown) => value === 1 })
  retry(): void {}

  @OnRunEnd()
  sweep(): void {}

  @Handler({ timeout: '1s' })
  @OnSuccess('weigh')
  note(): void {}

  @Handler()
  weigh(): void {}
}
`;

const shop = () => projectOnDisk({ 'src/shop.ts': SHOP });
const why = async (...argv: string[]) => shop().onward('why', ...argv);

describe('onward why', () => {
  it('shows the job that a run starts with, and every edge from there with its place', async () => {
    expect((await why('Shop.print')).out).toMatchInlineSnapshot(`
      "a run can reach Shop.print in 2 ways

      1. a run starts with Shop.order
         Shop.measure runs on success of Shop.order (when 1)  src/shop.ts:13:3
         Shop.print runs on success of Shop.measure  src/shop.ts:17:3

      2. a run starts with Shop.reorder
         Shop.measure runs on success of Shop.reorder  src/shop.ts:14:3
         Shop.print runs on success of Shop.measure  src/shop.ts:17:3
      "
    `);
  });

  it('shows each way into a join, and what else the join needs', async () => {
    expect((await why('Shop.pack')).out).toMatchInlineSnapshot(`
      "a run can reach Shop.pack in 4 ways

      1. a run starts with Shop.order
         Shop.measure runs on success of Shop.order (when 1)  src/shop.ts:13:3
         Shop.pack runs on join as size of Shop.measure (needs Shop.print too)  src/shop.ts:20:3

      2. a run starts with Shop.reorder
         Shop.measure runs on success of Shop.reorder  src/shop.ts:14:3
         Shop.pack runs on join as size of Shop.measure (needs Shop.print too)  src/shop.ts:20:3

      3. a run starts with Shop.order
         Shop.measure runs on success of Shop.order (when 1)  src/shop.ts:13:3
         Shop.print runs on success of Shop.measure  src/shop.ts:17:3
         Shop.pack runs on join as label of Shop.print (needs Shop.measure too)  src/shop.ts:20:3

      4. a run starts with Shop.reorder
         Shop.measure runs on success of Shop.reorder  src/shop.ts:14:3
         Shop.print runs on success of Shop.measure  src/shop.ts:17:3
         Shop.pack runs on join as label of Shop.print (needs Shop.measure too)  src/shop.ts:20:3
      "
    `);
  });

  it('shows that a job needs no edge', async () => {
    expect((await why('Shop.order')).out).toMatchInlineSnapshot(`
      "a run can reach Shop.order in 1 way

      1. a run starts with Shop.order
      "
    `);
  });

  it('shows the end of any run, and the body that calls a handler', async () => {
    expect((await why('Shop.sweep')).out).toMatchInlineSnapshot(`
      "a run can reach Shop.sweep in 1 way

      1. a run of any job is over
         Shop.sweep runs on run end of any job  src/shop.ts:27:3
      "
    `);
    expect((await why('Shop.note')).out).toMatchInlineSnapshot(`
      "a run can reach Shop.note in 1 way

      1. a body calls Shop.weigh
         Shop.note runs on success of Shop.weigh  src/shop.ts:31:3

      bodies may call Shop.note too; which ones do is not known
      "
    `);
  });

  it('shows where a message has to come from outside', async () => {
    const project = projectOnDisk({
      'src/desk.ts': `import { Handler, Job, OnSuccess } from 'onward';
export class Desk {
  @Job() ask(): void {}
  @Handler({ waits: true }) @OnSuccess('ask') allow(): void {}
}
`,
    });
    expect((await project.onward('why', 'Desk.allow')).out).toContain(
      'Desk.allow runs on success of Desk.ask (then waits for a message)  src/desk.ts:4:29\n',
    );
  });

  it('passes no node twice: a loop adds no way', async () => {
    const { ways } = JSON.parse((await why('Shop.retry', '--json')).out);
    expect(ways.map((way: { edges: { from: string }[] }) => way.edges.map((edge) => edge.from).join(' '))).toEqual([
      'Shop.order Shop.measure Shop.pack',
      'Shop.reorder Shop.measure Shop.pack',
      'Shop.order Shop.measure Shop.print Shop.pack',
      'Shop.reorder Shop.measure Shop.print Shop.pack',
    ]);
  });

  it('answers in JSON', async () => {
    expect(JSON.parse((await why('Shop.measure', '--json')).out)).toEqual({
      ok: true,
      node: 'Shop.measure',
      kind: 'handler',
      ways: [
        {
          start: 'Shop.order',
          edges: [
            {
              on: 'success',
              from: 'Shop.order',
              to: 'Shop.measure',
              when: 'value',
              asks: '1',
              place: { file: 'src/shop.ts', line: 13, column: 3 },
            },
          ],
        },
        {
          start: 'Shop.reorder',
          edges: [
            {
              on: 'success',
              from: 'Shop.reorder',
              to: 'Shop.measure',
              place: { file: 'src/shop.ts', line: 14, column: 3 },
            },
          ],
        },
      ],
      hasMore: false,
    });
  });

  it('says that no run reaches a node', async () => {
    const project = projectOnDisk({
      'src/a.ts': `import { OnSuccess } from 'onward';
export class A {
  @OnSuccess('b') a(): void {}
  @OnSuccess('a', { when: (value: unknown) => value === 1 }) b(): void {}
}
`,
    });
    expect(await project.onward('why', 'A.a')).toEqual({ code: 0, out: 'no run reaches A.a\n', err: '' });
  });

  it('ends where a graph has more ways than anybody reads', async () => {
    const steps = Array.from({ length: 30 }, (_, at) =>
      ['a', 'b'].map((name) => `  @OnSuccess('a${at}') @OnSuccess('b${at}') ${name}${at + 1}(): void {}`).join('\n'),
    );
    const project = projectOnDisk({
      'src/maze.ts': `import { Job, OnSuccess } from 'onward';
export class Maze {
  @Job() a0(): void {}
  @Job() b0(): void {}
${steps.join('\n')}
}
`,
    });
    expect((await project.onward('why', 'Maze.a4')).out).toContain('a run can reach Maze.a4 in 16 ways\n');
    const { out } = await project.onward('why', 'Maze.a30');
    expect(out).toMatch(/^a run can reach Maze.a30 in more than 20 ways\n/);
    expect(out).toContain('there are more ways; `onward list` has every edge\n');
  });

  it.each([['print'], ['Shop.print()'], ['shop.PRINT'], ['PRINT']])('takes %s for the node', async (asked) => {
    expect((await why(asked)).out).toBe((await why('Shop.print')).out);
  });

  it('takes the names of the class and of the method for those of the service and of the node', async () => {
    const project = projectOnDisk({
      'src/desk.ts': `import { Job, Service } from 'onward';
@Service({ name: 'front' })
export class FrontDesk {
  @Job({ name: 'ask' }) askFor(): void {}
  @Job() close(): void {}
}
export class Till {
  @Job() close(): void {}
}
`,
    });
    const node = async (asked: string) => JSON.parse((await project.onward('why', asked, '--json')).out).node;
    for (const asked of ['front.ask', 'FrontDesk.ask', 'FrontDesk.askFor', 'front.askFor', 'askFor']) {
      expect(await node(asked)).toBe('front.ask');
    }
    const { nodes, service } = JSON.parse((await project.onward('why', 'FrontDesk', '--json')).out);
    expect({ service, nodes: nodes.map((answer: { node: string }) => answer.node) }).toEqual({
      service: 'front',
      nodes: ['front.ask', 'front.close'],
    });
    expect((await project.onward('why', 'close')).err).toBe(
      'error ONW6030: "close" is the name of 2 nodes; ask for `front.close` or `Till.close`\n',
    );
  });

  it('answers for all nodes of a service', async () => {
    const { out } = await why('Shop');
    expect(out).toContain((await why('Shop.print')).out);
    expect(out.match(/^(a run can reach|no run reaches)/gm)).toHaveLength(9);
  });

  it('shows the ways by one edge, however it is written', async () => {
    const asked = ['Shop.print -> Shop.pack', 'print=>pack', 'Shop.print → Shop.pack'];
    const answers = await Promise.all(asked.map((edge) => why(edge)));
    expect(new Set(answers.map(({ out }) => out)).size).toBe(1);
    expect(answers[0]?.out).toMatchInlineSnapshot(`
      "a run can reach Shop.pack from Shop.print in 2 ways

      1. a run starts with Shop.order
         Shop.measure runs on success of Shop.order (when 1)  src/shop.ts:13:3
         Shop.print runs on success of Shop.measure  src/shop.ts:17:3
         Shop.pack runs on join as label of Shop.print (needs Shop.measure too)  src/shop.ts:20:3

      2. a run starts with Shop.reorder
         Shop.measure runs on success of Shop.reorder  src/shop.ts:14:3
         Shop.print runs on success of Shop.measure  src/shop.ts:17:3
         Shop.pack runs on join as label of Shop.print (needs Shop.measure too)  src/shop.ts:20:3
      "
    `);
    const { out } = await why('Shop.reorder>success>Shop.measure', '--json');
    expect(JSON.parse(out)).toMatchObject({
      node: 'Shop.measure',
      from: 'Shop.reorder',
      ways: [{ start: 'Shop.reorder' }],
    });
    expect((await why('join>Shop.pack')).out).toBe((await why('Shop.pack')).out);
  });

  it('begins with the job whose runs are watched, not with what leads to it', async () => {
    const project = projectOnDisk({
      'src/mill.ts': `import { Job, OnRunEnd, OnSuccess } from 'onward';
export class Mill {
  @Job() saw(): void {}
  @Job() @OnSuccess('saw') plane(): void {}
  @OnRunEnd('plane') sweep(): void {}
}
`,
    });
    expect((await project.onward('why', 'Mill.sweep')).out).toMatchInlineSnapshot(`
      "a run can reach Mill.sweep in 1 way

      1. a run starts with Mill.plane
         Mill.sweep runs on run end of Mill.plane  src/mill.ts:5:3
      "
    `);
  });

  it('counts a join as reached only if all its sources are', async () => {
    const project = projectOnDisk({
      'src/mill.ts': `import { IsInt } from 'class-validator';
import { Job, Join, OnSuccess } from 'onward';
export class Both { @IsInt() left!: number; @IsInt() right!: number }
export class Mill {
  @Job() saw(): number { return 1; }
  @OnSuccess('turn', { when: 1 }) bend(): number { return 1; }
  @OnSuccess('bend') turn(): number { return 1; }
  @Join({ left: 'saw', right: 'bend' }) glue(both: Both): void { void both; }
}
`,
    });
    expect((await project.onward('why', 'Mill.glue')).out).toBe('no run reaches Mill.glue\n');
  });

  it('shows the shortest way first where there are more than it shows', async () => {
    const rows = Array.from({ length: 12 }, (_, at) =>
      ['a', 'b'].map((name) => `  @OnSuccess('a${at}') @OnSuccess('b${at}') ${name}${at + 1}(): void {}`).join('\n'),
    );
    const project = projectOnDisk({
      'src/maze.ts': `import { Job, OnSuccess } from 'onward';
export class Maze {
  @Job() a0(): void {}
  @Job() b0(): void {}
${rows.join('\n')}
  @Job() near(): void {}
  @OnSuccess('a12') @OnSuccess('near') end(): void {}
}
`,
    });
    const { ways, hasMore } = JSON.parse((await project.onward('why', 'Maze.end', '--json')).out);
    expect({ first: ways[0].start, length: ways[0].edges.length, hasMore }).toEqual({
      first: 'Maze.near',
      length: 1,
      hasMore: true,
    });
  });

  it.each([
    [['Shop.pak'], 'there is no node "Shop.pak"; did you mean `Shop.pack`?'],
    [['\u001b[2J'], 'there is no node "\\u001b[2J"; `onward list` has all of them'],
    [[], 'why needs a node, as in `onward why Billing.charge`'],
    [[''], 'why needs a node, as in `onward why Billing.charge`'],
    [
      ['Shop.pack', 'Shop.print'],
      'why takes one node, got 2: "Shop.pack" and "Shop.print"; ask for one at a time, and put quotes around what has blanks',
    ],
    [
      ['Shop.order -> Shop.pack'],
      'no edge leads from Shop.order to Shop.pack; edges come from Shop.measure and Shop.print; `onward list` has all of them',
    ],
    [['a -> b -> c'], '"a -> b -> c" has more than two nodes; ask for one edge, as in `Billing.charge -> Mail.book`'],
    [['Shop.order -> pak'], 'there is no node "pak"; did you mean `pack`?'],
    [['Shpo'], 'there is no node "Shpo"; did you mean `Shop`?'],
    [['Warehouse.pack'], 'there is no node "Warehouse.pack"; did you mean `Shop.pack`?'],
    [['reordr'], 'there is no node "reordr"; did you mean `reorder`?'],
  ])('%j exits 2', async (argv, text) => {
    expect(await why(...argv)).toEqual({ code: 2, out: '', err: `error ONW6030: ${text}\n` });
  });
});
