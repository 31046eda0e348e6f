import type { Algorithm } from '@limaml/core';
import type { PluginBase } from './plugin.js';

/** A way to meta-train and adapt, with defaults of its own. */
export interface AlgorithmPlugin extends PluginBase<'algorithm'> {
  /**
   * Makes the algorithm. Options that are given win over the plugin's defaults.
   *
   * @throws a coded error when an option is out of range, or when options do not go together
   */
  create(options?: Partial<Algorithm>): Algorithm;
}

declare module './plugin.js' {
  interface PluginKinds {
    algorithm: AlgorithmPlugin;
  }
}
