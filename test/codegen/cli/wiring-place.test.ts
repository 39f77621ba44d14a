import { describe, expect, it } from 'vitest';
import { projectOnDisk } from '../project-on-disk.ts';

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
      "src/shop.ts:15:3: the edge on success from Bob's shop.sell to Bob's shop.book\n",
    );
    expect(await about("on: 'error'")).toBe(
      "src/shop.ts:16:3: the edge on error from Bob's shop.sell to Bob's shop.book\n",
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
      about: "the edge on success from Bob's shop.sell to Bob's shop.book",
      file: 'src/shop.ts',
      line: 15,
      column: 3,
    });
  });

  it('says so where there is nothing to explain', async () => {
    const { project } = await shop();
    expect(await project.onward('explain', 'src/onward.gen.ts:1')).toEqual({
      code: 2,
      out: '',
      err: 'error ONW6030: line 1 of the wiring is about no node or edge of your sources; is it up to date?\n',
    });
    expect(await project.onward('explain', 'src/shop.ts:1')).toEqual({
      code: 2,
      out: '',
      err: 'error ONW6030: explain takes a code, or a line of the wiring such as src/onward.gen.ts:57\n',
    });
  });
});
