export type { Note } from './aliased.js';
