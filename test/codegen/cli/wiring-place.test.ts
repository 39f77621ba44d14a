import { describe, expect, it } from 'vitest';
import { projectOnDisk, SMALL } from '../project-on-disk.ts';

const SHOP = `import { IsString } from 'class-validator';
import { Job, OnError, OnSuccess, Service } from 'onward';

export class Order {
  @IsString() id!: string;
}

@Service({ name: "Bob's shop" })
export class Shop {
  @Job()
  sell(order: Order): number {
    return order.id.length;
  }

  @OnSuccess('sell')
  @OnError('sell')
  book(size: number): void {
    void size;
  }
}
`;

async function shop() {
  const project = projectOnDisk({ 'src/shop.ts': SHOP });
  await project.onward('generate');
  const lines = project.read('src/onward.gen.ts').split('\n');
  const about = async (text: string): Promise<string> => {
    const line = lines.findIndex((found) => found.includes(text)) + 1;
    return (await project.onward('explain', `src/onward.gen.ts:${line}:7`)).out;
  };
  return { project, about };
}

describe('onward explain, given a line of the wiring', () => {
  it('names the node and its place', async () => {
    const { about } = await shop();
    expect(await about('message: Order')).toBe("src/shop.ts:11:3: the node Bob's shop.sell\n");
    expect(await about('HandlerType<number')).toBe("src/shop.ts:17:3: the node Bob's shop.book\n");
  });

  it('names the edge and its annotation', async () => {
    const { about } = await shop();
    expect(await about('inject: (value')).toBe(
      "src/shop.ts:15:3: the edge to Bob's shop.book on success of Bob's shop.sell\n",
    );
    expect(await about("on: 'error'")).toBe(
      "src/shop.ts:16:3: the edge to Bob's shop.book on error of Bob's shop.sell\n",
    );
  });

  it('names the service', async () => {
    const { about } = await shop();
    expect(await about('shop": Shop;')).toBe("src/shop.ts:9:14: the service Bob's shop\n");
  });

  it('answers in JSON, and takes a place as tsc writes it to a file', async () => {
    const { project } = await shop();
    const line =
      project
        .read('src/onward.gen.ts')
        .split('\n')
        .findIndex((text) => text.includes('inject: (value')) + 1;
    expect(JSON.parse((await project.onward('explain', `src/onward.gen.ts(${line},7)`, '--json')).out)).toEqual({
      ok: true,
      about: "the edge to Bob's shop.book on success of Bob's shop.sell",
      file: 'src/shop.ts',
      line: 15,
      column: 3,
    });
  });

  it('says what is nearest where there is nothing to explain', async () => {
    const { project } = await shop();
    const explain = async (...argv: string[]) => (await project.onward('explain', ...argv)).err;
    expect(await explain('src/onward.gen.ts:1')).toMatchInlineSnapshot(`
      "error ONW6030: line 1 of the wiring is not about a service, a node or an edge; the nearest line that is, 8, is about the service Bob's shop; explain takes a code such as ONW1101, or a line of the wiring about a service, a node or an edge
      "
    `);
    expect(await explain('src/onward.gen.ts:999')).toMatchInlineSnapshot(`
      "error ONW6030: line 999 of the wiring is not about a service, a node or an edge; the nearest line that is, 45, is about the edge to Bob's shop.book on error of Bob's shop.sell; explain takes a code such as ONW1101, or a line of the wiring about a service, a node or an edge
      "
    `);
    expect(await explain('src/shop.ts:1')).toMatchInlineSnapshot(`
      "error ONW6030: src/shop.ts is not the wiring, which is src/onward.gen.ts; the nearest node in it is Bob's shop.sell, in line 11; explain takes a code such as ONW1101, or a line of the wiring about a service, a node or an edge
      "
    `);
    expect(await explain('src/other.ts:1')).toMatchInlineSnapshot(`
      "error ONW6030: src/other.ts is not the wiring, which is src/onward.gen.ts; it has no node; explain takes a code such as ONW1101, or a line of the wiring about a service, a node or an edge
      "
    `);
    project.write('src/onward.gen.ts', project.read('src/onward.gen.ts').replace(/nodes: {[^]*/, ''));
    expect(await explain('src/onward.gen.ts:2')).toMatchInlineSnapshot(`
      "error ONW6030: line 2 of the wiring is not about a service, a node or an edge; the nearest line that is, 8, is about the service Bob's shop; explain takes a code such as ONW1101, or a line of the wiring about a service, a node or an edge; the wiring is stale: run \`npx onward generate\`
      "
    `);
    expect((await project.onward('explain', 'src/onward.gen.ts:1')).code).toBe(2);
  });

  it('says where there is no wiring yet', async () => {
    const project = projectOnDisk({ 'src/pinger.ts': SMALL });
    expect(await project.onward('explain', 'src/onward.gen.ts:1')).toEqual({
      code: 2,
      out: '',
      err: 'error ONW6030: there is no wiring yet; run `npx onward generate`\n',
    });
  });
});
