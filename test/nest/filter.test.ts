// What a client is told when Onward refuses something, on both servers that Nest has adapters for.

import { Controller, HttpException, Logger, Post, Body, type ArgumentsHost } from '@nestjs/common';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { OnwardError, type RuntimeOf } from 'onward';
import { InjectOnward, OnwardFilter, OnwardModule } from 'onward/nest';
import { graph } from './shop/src/onward.gen.ts';
import { BillingModule, MailModule } from './shop/src/shop.ts';

@Controller()
class ShopController {
  @InjectOnward() readonly onward!: RuntimeOf<typeof graph>;

  /** Without a pipe: Onward checks the message itself. */
  @Post('orders')
  async order(@Body() body: { id: string; cents: number }): Promise<string> {
    return (await this.onward.start('Billing.charge', body)).id;
  }

  @Post('jobs')
  async job(@Body() { job }: { job: 'Billing.charge' }): Promise<string> {
    return (await this.onward.start(job, { id: 'a', cents: 1 })).id;
  }

  @Post('broken')
  broken(): never {
    throw new OnwardError('ONW3045', 'a secret of the inside');
  }

  @Post('away')
  away(): never {
    throw new OnwardError('ONW4010', 'Redis at an address of the inside cannot be reached');
  }

  @Post('own')
  own(): never {
    throw new HttpException('own', 418);
  }
}

const SERVERS = [
  { server: 'Express', adapter: () => new ExpressAdapter() },
  { server: 'Fastify', adapter: () => new FastifyAdapter() },
] as const;

describe.each(SERVERS)('$server', ({ adapter }) => {
  let url = '';
  let close: () => Promise<void>;
  let controller: ShopController;

  beforeAll(async () => {
    const module = await Test.createTestingModule({
      imports: [OnwardModule.forRoot({ graph }), BillingModule, MailModule],
      controllers: [ShopController],
    }).compile();
    const app = module.createNestApplication(adapter(), { logger: false });
    app.useGlobalFilters(new OnwardFilter());
    await app.listen(0, '127.0.0.1');
    url = await app.getUrl();
    close = () => app.close();
    controller = app.get(ShopController);
  });
  afterAll(() => close());

  async function post(path: string, body: object = {}): Promise<{ readonly status: number; readonly body: unknown }> {
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(`${url}/${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
    return { status: response.status, body: await response.json() };
  }

  test('400 with every issue for a message that does not fit', async () => {
    expect(await post('orders', { id: 'o1', cents: '12', extra: true })).toMatchObject({
      status: 400,
      body: {
        statusCode: 400,
        error: 'Bad Request',
        code: 'ONW2003',
        issues: expect.arrayContaining([
          expect.objectContaining({ path: 'cents' }),
          expect.objectContaining({ path: 'extra' }),
        ]),
      },
    });
  });

  test('404 for a job that there is not', async () => {
    expect(await post('jobs', { job: 'Billing.chrage' })).toMatchObject({ status: 404, body: { code: 'ONW3005' } });
  });

  test('500 without the text for anything else, which is logged', async () => {
    const error = vi.spyOn(Logger.prototype, 'error').mockReturnValue();
    expect(await post('broken')).toEqual({ status: 500, body: { statusCode: 500, message: 'Internal server error' } });
    expect(error).toHaveBeenCalledWith('ONW3045: a secret of the inside', expect.stringContaining('filter.test.ts'));
    error.mockRestore();
  });

  test('503 without the text while runs cannot be kept, which is logged', async () => {
    const error = vi.spyOn(Logger.prototype, 'error').mockReturnValue();
    const response = await fetch(`${url}/away`, { method: 'POST' });
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '5']);
    expect(await response.json()).toEqual({ statusCode: 503, message: 'Service Unavailable' });
    expect(error).toHaveBeenCalledWith(expect.stringContaining('ONW4010: Redis at'), expect.anything());
    error.mockRestore();
  });

  test('what is not of Onward is left to others', async () => {
    expect(await post('own')).toMatchObject({ status: 418, body: { message: 'own' } });
  });

  test('503 with the time to wait while the application closes', async () => {
    const { onward } = controller;
    const order = await onward.start('Billing.charge', { id: 'last', cents: 1 });
    await order.report();
    await onward.close();
    const response = await fetch(`${url}/orders`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ id: 'late', cents: 1 }),
    });
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '5']);
    expect(await response.json()).toMatchObject({
      statusCode: 503,
      code: 'ONW3040',
      message: 'the application is closing; ask again',
    });
  });
});

test('outside of HTTP the error goes on', () => {
  const error = new OnwardError('ONW3005', 'there is no job');
  const host = { getType: () => 'rpc' } as unknown as ArgumentsHost;
  expect(() => new OnwardFilter().catch(error, host)).toThrow(error);
});
