// The gateway for payments. It needs its connections as long as orders are charged, and closes them with the application.

import { Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';

@Injectable()
export class Gateway implements OnModuleDestroy {
  private readonly logger = new Logger(Gateway.name);
  private isOpen = true;

  /** With `GATEWAY_URL` it asks a server, else it is always content. */
  async charge(cents: number, { key, signal }: { key: string; signal: AbortSignal }): Promise<string> {
    if (!this.isOpen) throw new Error('the gateway is closed');
    const url = process.env['GATEWAY_URL'];
    if (url !== undefined) {
      const answer = await fetch(`${url}/${cents}`, { method: 'POST', headers: { 'idempotency-key': key }, signal });
      if (!answer.ok) throw new Error(`the gateway answers ${answer.status}`);
    }
    return `r-${cents}`;
  }

  onModuleDestroy(): void {
    this.isOpen = false;
    this.logger.log('closed');
  }
}
