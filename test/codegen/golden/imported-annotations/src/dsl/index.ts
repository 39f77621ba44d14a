export { Job as Task, OnSuccess } from 'onward';
export * from './marks.js';
