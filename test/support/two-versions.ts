// A shop before and after a deployment: what was under way, a timer, and a node that waits for a message.

import { Handler, Job, OnSuccess, type Sent } from 'onward';

/** When the timer of an order is due. */
export const DUE_MS = 100;

/** Its `pay` never ends. @param act told of each body. */
export function oldShop(act: (body: string) => void): object {
  class Shop {
    @Job() order(): string {
      act('order');
      return 'o';
    }
    @OnSuccess('order') async pay(): Promise<void> {
      act('pay');
      await new Promise((resolve) => setTimeout(resolve, 3_600_000).unref());
    }
    @OnSuccess('order', { after: DUE_MS }) remind(): void {
      act('remind');
    }
    @OnSuccess('order') @Handler({ waits: true }) approve(_by: Sent<string>): void {
      act('approve');
    }
  }
  return new Shop();
}

/** In this version `pay` ends, and something follows it. */
export function newShop(act: (body: string) => void): object {
  class Shop {
    @Job() order(): string {
      act('order');
      return 'o';
    }
    @OnSuccess('order') pay(): string {
      act('pay');
      return 'p';
    }
    @OnSuccess('order', { after: DUE_MS }) remind(): void {
      act('remind');
    }
    @OnSuccess('order') @Handler({ waits: true }) approve(_by: Sent<string>): void {
      act('approve');
    }
    @OnSuccess('pay') thank(): void {
      act('thank');
    }
  }
  return new Shop();
}

/** Types that only the compiler knows. */
export const SHOP_PARAMETERS = { 'Shop.approve': ['any'] } as const;
