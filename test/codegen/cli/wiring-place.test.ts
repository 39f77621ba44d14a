import { symlinkSync } from 'node:fs';
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
      "error ONW6030: line 999 of the wiring is not about a service, a node or an edge; the nearest line that is, 52, is about the edge to Bob's shop.book on error of Bob's shop.sell; explain takes a code such as ONW1101, or a line of the wiring about a service, a node or an edge
      "
    `);
    expect(await explain('src/shop.ts:1')).toMatchInlineSnapshot(`
      "error ONW6030: src/shop.ts is not the wiring, which is src/onward.gen.ts; the nearest node in it is Bob's shop.sell, in line 11; explain takes a code such as ONW1101, or a line of the wiring about a service, a node or an edge
      "
    `);
    expect(await explain('src/other.ts:1')).toMatchInlineSnapshot(`
      "error ONW6030: there is no file src/other.ts; the wiring is src/onward.gen.ts
      "
    `);
    project.write('src/onward.gen.ts', project.read('src/onward.gen.ts').replace(/nodes: {[^]*/, ''));
    expect(await explain('src/onward.gen.ts:2')).toMatchInlineSnapshot(`
      "error ONW6030: line 2 of the wiring is not about a service, a node or an edge; the nearest line that is, 8, is about the service Bob's shop; explain takes a code such as ONW1101, or a line of the wiring about a service, a node or an edge; src/onward.gen.ts is stale: it does not match the annotations; run \`npx onward generate\` and commit it
      "
    `);
    expect((await project.onward('explain', 'src/onward.gen.ts:1')).code).toBe(2);
  });

  it('says where there is no wiring yet', async () => {
    const project = projectOnDisk({ 'src/pinger.ts': SMALL });
    expect(await project.onward('explain', 'src/onward.gen.ts:1')).toEqual({
      code: 2,
      out: '',
      err: 'error ONW6030: the wiring src/onward.gen.ts is missing; run `npx onward generate` and commit it\n',
    });
  });

  it('calls the wiring what check calls it: foreign, unfinished, of another contract, behind a link', async () => {
    const { project } = await shop();
    const wiring = project.read('src/onward.gen.ts');
    const explain = (file = 'src/onward.gen.ts') => project.onward('explain', `${file}:8`);
    symlinkSync(`${project.folder}/src`, `${project.folder}/linked`);
    expect(await explain('linked/onward.gen.ts')).toMatchObject({ code: 0, err: '' });
    const states = {
      'export const mine = 1;\n': 'ONW1304',
      [`<<<<<<< ours\n${wiring}`]: 'has the markers of an unfinished merge',
      [wiring.replace('contract: 1,', 'contract: 7,')]: 'was written for contract 7, this version of onward writes 1',
    };
    for (const [text, said] of Object.entries(states)) {
      project.write('src/onward.gen.ts', text);
      expect((await explain()).err).toContain(said);
      expect((await project.onward('check')).err).toContain(said);
    }
  });
});
