// Every kind of edge, as `list`, `graph` and `explain` show it.

import { describe, expect, it } from 'vitest';
import { projectOnDisk } from '../project-on-disk.ts';

const SHOP = `import { IsInt, IsString } from 'class-validator';
import { from, Handler, Job, Join, OnCancel, OnEnd, OnError, OnRunEnd, OnStart, OnSuccess } from 'onward';

export class Order {
  @IsString() id!: string;
}
export class Packing {
  @IsInt() size!: number;
  @IsString() row!: string;
}

export class Shop {
  @Job({ exhaustive: true })
  size(order: Order): 1 | 2 {
    return order.id === '' ? 1 : 2;
  }

  @Job()
  rows(order: Order): string[] {
    return [order.id];
  }

  @OnStart('size', { critical: true })
  @OnEnd('size')
  @OnCancel('size')
  watch(): void {}

  @OnError('size', { recover: true, after: '3d' })
  assume(): 1 {
    return 1;
  }

  @OnSuccess('rows', { each: true, after: 500, critical: false })
  row(row: string): string {
    return row;
  }

  @OnSuccess('size', { when: 1 })
  @OnSuccess('size', { when: 2 })
  @OnRunEnd()
  @OnRunEnd('rows')
  last(): void {}

  @Handler()
  @Join({ size: from(() => Shop, 'size'), row: 'row' }, { mode: 'any', onMissing: 'run' })
  pack(packing: Packing): void {
    void packing;
  }
}
`;

const shop = () => projectOnDisk({ 'src/shop.ts': SHOP });

describe('every kind of edge', () => {
  it('is listed with its moment and what it says beside', async () => {
    expect((await shop().onward('list')).out).toMatchInlineSnapshot(`
      "Shop.size    job      Order
      Shop.rows    job      Order
      Shop.watch   handler
        on start of Shop.size (critical)
        on end of Shop.size
        on cancel of Shop.size
      Shop.assume  handler
        on error of Shop.size (after 3d; recover)
      Shop.row     handler  value
        on success of Shop.rows (each; after 500ms; not critical)
      Shop.last    handler
        on success of Shop.size (when 1)
        on success of Shop.size (when 2)
        on run end of any job
        on run end of Shop.rows
      Shop.pack    handler  Packing
        on join as size of Shop.size (any; run without missing ones)
        on join as row of Shop.row (any; run without missing ones)
      "
    `);
  });

  it('is drawn by Mermaid, watching ones dotted', async () => {
    expect((await shop().onward('graph')).out).toMatchInlineSnapshot(`
      "flowchart TD
        n0(["Shop.size"])
        n1(["Shop.rows"])
        n2["Shop.watch"]
        n3["Shop.assume"]
        n4["Shop.row"]
        n5["Shop.last"]
        n6["Shop.pack"]
        run{{"any job"}}
        n0 -.->|"start, critical"| n2
        n0 -.->|"end"| n2
        n0 -.->|"cancel"| n2
        n0 -.->|"error, after 3d, recover"| n3
        n1 -->|"success, each, after 500ms, not critical"| n4
        n0 -->|"success, when 1"| n5
        n0 -->|"success, when 2"| n5
        run -.->|"run end"| n5
        n1 -.->|"run end"| n5
        n0 -->|"join as size, any, run without missing ones"| n6
        n4 -->|"join as row, any, run without missing ones"| n6
      "
    `);
  });

  it('is drawn by Graphviz', async () => {
    expect((await shop().onward('graph', '--format', 'dot')).out).toMatchInlineSnapshot(`
      "digraph {
        n0 [label="Shop.size", shape=box, style=rounded];
        n1 [label="Shop.rows", shape=box, style=rounded];
        n2 [label="Shop.watch", shape=box];
        n3 [label="Shop.assume", shape=box];
        n4 [label="Shop.row", shape=box];
        n5 [label="Shop.last", shape=box];
        n6 [label="Shop.pack", shape=box];
        run [label="any job", shape=hexagon];
        n0 -> n2 [label="start, critical", style=dotted];
        n0 -> n2 [label="end", style=dotted];
        n0 -> n2 [label="cancel", style=dotted];
        n0 -> n3 [label="error, after 3d, recover", style=dotted];
        n1 -> n4 [label="success, each, after 500ms, not critical"];
        n0 -> n5 [label="success, when 1"];
        n0 -> n5 [label="success, when 2"];
        run -> n5 [label="run end", style=dotted];
        n1 -> n5 [label="run end", style=dotted];
        n0 -> n6 [label="join as size, any, run without missing ones"];
        n4 -> n6 [label="join as row, any, run without missing ones"];
      }
      "
    `);
  });

  it('is given to programs', async () => {
    const { edges } = JSON.parse((await shop().onward('graph', '--json')).out);
    expect(edges.map((edge: object) => JSON.stringify(edge))).toMatchInlineSnapshot(`
      [
        "{"on":"start","from":"Shop.size","to":"Shop.watch","critical":true}",
        "{"on":"end","from":"Shop.size","to":"Shop.watch"}",
        "{"on":"cancel","from":"Shop.size","to":"Shop.watch"}",
        "{"on":"error","from":"Shop.size","to":"Shop.assume","after":"3d","recover":true}",
        "{"on":"success","from":"Shop.rows","to":"Shop.row","each":true,"after":500,"critical":false}",
        "{"on":"success","from":"Shop.size","to":"Shop.last","when":"value","asks":"1"}",
        "{"on":"success","from":"Shop.size","to":"Shop.last","when":"value","asks":"2"}",
        "{"on":"runEnd","from":null,"to":"Shop.last"}",
        "{"on":"runEnd","from":"Shop.rows","to":"Shop.last"}",
        "{"on":"join","from":"Shop.size","to":"Shop.pack","join":{"source":"size","mode":"any","onMissing":"run","number":0}}",
        "{"on":"join","from":"Shop.row","to":"Shop.pack","join":{"source":"row","mode":"any","onMissing":"run","number":0}}",
      ]
    `);
  });

  it('is found by its lines in the wiring', async () => {
    const project = shop();
    await project.onward('generate');
    const lines = project.read('src/onward.gen.ts').split('\n');
    const about = async (text: string): Promise<string> => {
      const line = lines.findIndex((found) => found.includes(text)) + 1;
      return (await project.onward('explain', `src/onward.gen.ts:${line}:7`)).out;
    };
    expect(await about("on: 'cancel'")).toBe('src/shop.ts:25:3: the edge to Shop.watch on cancel of Shop.size\n');
    expect(await about('recovers: (value')).toBe('src/shop.ts:28:3: the edge to Shop.assume on error of Shop.size\n');
    expect(await about("on: 'runEnd', from: '*'")).toBe(
      'src/shop.ts:40:3: the edge to Shop.last on run end of any job\n',
    );
    expect(await about("source: 'row'")).toBe('src/shop.ts:45:3: the edge to Shop.pack on join as row of Shop.row\n');
    expect(await about('} satisfies RoutesOf')).toBe('src/shop.ts:14:3: the node Shop.size\n');
  });

  it('is drawn with names that nothing can be hidden in', async () => {
    const project = projectOnDisk({
      'src/shop.ts': SHOP.replace('@Job()', `@Job({ name: 'a "row" \\\\' })`),
    });
    expect((await project.onward('graph', '--format', 'dot')).out).toContain(`[label="Shop.a \\"row\\" \\\\", `);
    expect((await project.onward('graph')).out).toContain('(["Shop.a #34;row#34; #92;"])');
  });
});

const WHENS = `import { Job, OnError, OnSuccess } from 'onward';

export class Declined extends Error {}
const BOTH = [Declined, RangeError];
const PAID = { state: 'paid', by: { kind: 'card' } } as const;
const isLarge = (cents: number): boolean => cents > 100;

export class Till {
  @Job() cents(): number { return 1; }
  @Job() bill(): { readonly state: string; readonly by: { readonly kind: string } } { return PAID; }

  @OnSuccess('cents', { when: 1 }) a(): void {}
  @OnSuccess('cents', { when: isLarge }) b(): void {}
  @OnSuccess('cents', { when: (cents: number) => cents < 0 }) c(): void {}
  @OnSuccess('bill', { when: { state: 'open' } }) d(): void {}
  @OnSuccess('bill', { when: PAID }) e(): void {}
  @OnError('cents', { when: Declined }) f(): void {}
  @OnError('cents', { when: BOTH }) g(): void {}
}
`;

it('what `when` asks for is shown as it is written', async () => {
  const project = projectOnDisk({ 'src/till.ts': WHENS });
  const lines = (await project.onward('list')).out.split('\n').filter((line) => line.includes('when'));
  expect(lines).toEqual([
    '  on success of Till.cents (when 1)',
    '  on success of Till.cents (when isLarge)',
    '  on success of Till.cents (when a predicate)',
    '  on success of Till.bill (when { state: "open" })',
    '  on success of Till.bill (when { state: "paid", by: { kind: "card" } })',
    '  on error of Till.cents (when Declined)',
    '  on error of Till.cents (when Declined or RangeError)',
  ]);
  expect((await project.onward('graph', '--format', 'dot')).out).toContain(
    String.raw`[label="success, when { state: \"open\" }"]`,
  );
});
