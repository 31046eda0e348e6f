import type { Executor } from '@limaml/graph';
import type { PluginBase } from './plugin.js';

/** Makes executors. */
export interface ExecutorPlugin extends PluginBase<'executor'> {
  create(): Promise<Executor>;
}

declare module './plugin.js' {
  interface PluginKinds {
    executor: ExecutorPlugin;
  }
}
