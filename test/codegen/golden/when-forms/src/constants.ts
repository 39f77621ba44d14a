export const PAID = 'paid';
export const IS_BIG = { size: 'big' } as const;
export const isSmall = (order: { size: string }): boolean => order.size === 'small';
export function isHuge(order: { size: string }): boolean {
  return order.size === 'huge';
}
export class Refused extends Error {}
export class Broken extends Error {}
export const BOTH = [Refused, Broken];
