// nestjs-cls: what is stored for a request is there in bodies, in callbacks and after waits, and never that of another one.

import { Controller, Get, Headers, HttpCode, Inject, Injectable, Module, Post } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { ClsModule, ClsService } from 'nestjs-cls';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Job, OnSuccess, type RuntimeOf } from 'onward';
import { InjectOnward, OnwardModule } from 'onward/nest';
import { wire } from '../support/wired.ts';

@Injectable()
class Tenants {
  static readonly seen: string[] = [];

  constructor(@Inject(ClsService) private readonly cls: ClsService) {}

  // One at a time, so that bodies begin where runs of other requests end.
  @Job({ concurrency: 1, retry: { attempts: 2, delay: 5, jitter: 0 } })
  async charge(): Promise<string> {
    const before = this.#note('body');
    await new Promise((resolve) => setTimeout(resolve, 5));
    if (Tenants.seen.filter((line) => line === `body ${before}`).length === 1) throw new Error('again');
    return this.#note('after a wait');
  }

  @OnSuccess('charge', { after: 5 })
  thank(): void {
    this.#note('callback');
  }

  #note(where: string): string {
    const tenant = String(this.cls.get('tenant'));
    Tenants.seen.push(`${where} ${tenant}`);
    return tenant;
  }
}

const graph = wire({ Tenants: Object.create(Tenants.prototype) as Tenants });

@Controller('orders')
class OrdersController {
  @InjectOnward() private readonly onward!: RuntimeOf<typeof graph>;

  @Post()
  @HttpCode(202)
  async create(): Promise<string> {
    return (await this.onward.start('Tenants.charge')).id;
  }

  @Get('idle')
  async idle(@Headers() _headers: object): Promise<void> {
    await this.onward.idle();
  }
}

@Module({
  imports: [
    OnwardModule.forRoot({ graph }),
    ClsModule.forRoot({
      global: true,
      middleware: {
        mount: true,
        setup: (cls, request: { headers: Record<string, string> }) => cls.set('tenant', request.headers['x-tenant']),
      },
    }),
  ],
  providers: [Tenants],
  controllers: [OrdersController],
})
class AppModule {}

let url = '';
let close: () => Promise<void>;
beforeAll(async () => {
  const module = await Test.createTestingModule({ imports: [AppModule] }).compile();
  const app = module.createNestApplication({ logger: false });
  await app.listen(0, '127.0.0.1');
  url = await app.getUrl();
  close = () => app.close();
});
afterAll(() => close());

test('the tenant of each request is there in its body, after a wait, in further attempts and in callbacks', async () => {
  const tenants = ['ann', 'bob', 'eve'];
  const post = (tenant: string): Promise<Response> =>
    fetch(`${url}/orders`, { method: 'POST', headers: { 'x-tenant': tenant } });
  await Promise.all(tenants.map(post));
  await fetch(`${url}/orders/idle`);
  const expected = tenants.flatMap((tenant) =>
    ['body', 'body', 'after a wait', 'callback'].map((where) => `${where} ${tenant}`),
  );
  expect(Tenants.seen.toSorted()).toEqual(expected.toSorted());
});
