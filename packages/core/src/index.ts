export type * from './algorithm.js';
export type * from './model.js';
export type * from './tree.js';
