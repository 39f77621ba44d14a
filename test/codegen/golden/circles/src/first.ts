export * from './second.js';
export { Second as Again } from './second.js';
export const OPTIONS = { timeout: '1s' } as const;
