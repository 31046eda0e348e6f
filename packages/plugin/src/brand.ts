import type { Plugin } from './contracts/index.js';

/** Marks what a `define*` helper made, also one of another copy of this package, where `instanceof` fails. */
export const PLUGIN_BRAND = Symbol.for('limaml.plugin');

/** Tells whether a `define*` helper of any copy of this package made `value`. */
export function isPlugin(value: unknown): value is Plugin {
  return typeof value === 'object' && value !== null && PLUGIN_BRAND in value;
}
