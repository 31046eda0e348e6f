import type { InteractionLog } from './log.js';
import type { PluginBase } from './plugin.js';

/** What a dataset is given when it is read. */
export interface DatasetContext {
  /** Folder or file that the user named for this dataset (`--data name=path`), if any. */
  readonly path: string | undefined;
  /** Told the share read so far, 0 to 1. */
  readonly onProgress?: (share: number) => void;
  readonly signal?: AbortSignal;
}

/** Reads interaction logs. */
export interface DatasetPlugin extends PluginBase<'dataset'> {
  /** @throws a coded error when a file or column is missing, or too many rows are malformed */
  load(context: DatasetContext): Promise<InteractionLog>;
}

declare module './plugin.js' {
  interface PluginKinds {
    dataset: DatasetPlugin;
  }
}
