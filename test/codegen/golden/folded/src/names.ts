export const CHARGE = 'charge';
export const NAMES = { book: 'book' } as const;
export enum Method {
  Pay = 'pay',
}
export const DEFAULTS = { timeout: '2s', retry: { attempts: 2 } } as const;
