import type { InteractionLog, ReadReport } from './log.js';
import type { PluginBase } from './plugin.js';

/** What a dataset is given when it is read. */
export interface DatasetContext {
  /** Folder or file that the user named for this dataset (`--data name=path`), if any. */
  readonly path: string | undefined;
  /** Told the share read so far, 0 to 1. */
  readonly onProgress?: (share: number) => void;
  readonly signal?: AbortSignal;
}

/** How a log is divided into parts. */
export interface PartsRequest {
  /** Entity type whose entities the parts divide among them, e.g. `'member'`. */
  readonly entity: string;
  /** Newest interactions of each entity that are wanted; older ones may be left out. Default: all. */
  readonly newest?: number;
  /** Entities of a part, at most. Default 16384. */
  readonly entitiesPerPart?: number;
}

/** A log that is read part by part, so that memory does not grow with the number of its entities. */
export interface LogParts {
  /** Entities of all parts together. */
  readonly entities: number;
  /** What was counted over the whole log. */
  readonly report: ReadReport;
  /**
   * The parts, one after another; to be gone through once. Each is a log of its own with all (wanted)
   * interactions of some entities, and no entity is in two parts. Its table of the divided entity type
   * has the entities of the part, those without interactions included; the tables of other types are
   * the same objects in all parts. Interactions in which no entity of the type took part are in none.
   *
   * @throws what the signal of the context gives when it aborts
   */
  readonly parts: AsyncIterable<InteractionLog>;
  /** Releases what the parts are read from (temporary files), however far the reading went. */
  close(): Promise<void>;
}

/** Reads interaction logs. Run `testDatasetPlugin` of `@limaml/plugin/testing` on an implementation. */
export interface DatasetPlugin extends PluginBase<'dataset'> {
  /**
   * Reads the whole log; the same log each time.
   *
   * @throws a coded error when a file or column is missing, or too many rows are malformed
   */
  load(context: DatasetContext): Promise<InteractionLog>;
  /**
   * Opens the same log to be read in parts. Optional: without it, or where the promise gives undefined,
   * a log is loaded whole.
   *
   * @throws what `load` throws
   */
  openParts?(context: DatasetContext, request: PartsRequest): Promise<LogParts | undefined>;
}

declare module './plugin.js' {
  interface PluginKinds {
    dataset: DatasetPlugin;
  }
}
