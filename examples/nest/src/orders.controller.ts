// Orders over HTTP. A request starts a run and is answered at once; the run outlives it.

import {
  Body,
  Controller,
  Get,
  HttpCode,
  NotFoundException,
  Param,
  Post,
  Res,
  Sse,
  type MessageEvent,
} from '@nestjs/common';
import type { FoundRun, RuntimeOf } from 'onward';
import { InjectOnward } from 'onward/nest';
import { from, map, mergeMap, type Observable } from 'rxjs';
import type { graph, Nodes } from './onward.gen.ts';
import { Order } from './orders.ts';

@Controller('orders')
export class OrdersController {
  constructor(@InjectOnward() private readonly onward: RuntimeOf<typeof graph>) {}

  /** The client chooses the id: the same order twice is one run, another order under the same id is a conflict. */
  @Post()
  @HttpCode(202)
  async create(
    @Body() order: Order,
    @Res({ passthrough: true }) response: Headed,
  ): Promise<{ id: string; href: string }> {
    const run = await this.onward.start('Billing.charge', order, { id: order.id });
    const href = `/orders/${encodeURIComponent(run.id)}`;
    response.header('Location', href);
    return { id: run.id, href };
  }

  @Get(':id')
  async state(@Param('id') id: string): Promise<object> {
    const { status, value, error, counts } = await (await this.runOf(id)).inspect();
    return { status, value, counts, ...(error instanceof Error && { error: error.message }) };
  }

  @Sse(':id/events')
  events(@Param('id') id: string): Observable<MessageEvent> {
    return from(this.runOf(id)).pipe(
      mergeMap((run) => run.events()),
      map((event) => ({ id: String(event.seq), type: event.type, data: 'node' in event ? { node: event.node } : {} })),
    );
  }

  private async runOf(id: string): Promise<FoundRun<Nodes>> {
    const run = await this.onward.run(id);
    if (run === undefined) throw new NotFoundException(`there is no order ${id}`);
    return run;
  }
}

/** What both Express and Fastify have. */
interface Headed {
  header(name: string, value: string): unknown;
}
