import type { EmbeddingRows, EmbeddingVersion } from '@limaml/plugin';
import type { Catalogue } from './catalogue.js';

/** Which vectors, and in which form they are kept. */
export type StoredVectors = Pick<EmbeddingVersion, 'version' | 'dim' | 'dtype'>;

/** What a versioned store reads: one consistent snapshot. */
export interface Snapshot {
  catalogue(entity: string): Catalogue;
  /** Copies vectors of a version into `into` ([ids.length, dim]); rows of unknown ids are left alone. */
  vectors(of: StoredVectors, ids: readonly string[], into: Float32Array): readonly boolean[];
}

/** What a versioned store writes in one transaction. */
export interface Transaction {
  catalogue(entity: string): Catalogue;
  /** How far the job is that stages a version. */
  marker(version: number): string | undefined;
  setCatalogue(entity: string, catalogue: Catalogue): void;
  /** A number that was never given before. */
  nextVersion(): number;
  /** @returns whether the id is new in this version */
  setVector(of: StoredVectors, id: string, vector: Float32Array): boolean;
  /** @returns whether it was there */
  deleteVector(version: number, id: string): boolean;
  /** @param marker undefined to forget it */
  setMarker(version: number, marker: string | undefined): void;
  /** Marks the vectors of a version for {@link Backend.sweep}. */
  drop(version: number): void;
}

/** Where a versioned store keeps its contents. */
export interface Backend {
  /** Runs `action` on one snapshot. */
  read<T>(action: (snapshot: Snapshot) => T): T;
  /** Runs `action` in one transaction. In memory nothing is undone: it throws before its first write or not at all. */
  update<T>(action: (transaction: Transaction) => T): Promise<T>;
  /**
   * As {@link update}, while the event loop goes on: for writes beside requests that are served. Nothing is
   * undone: `action` throws before its first write or not at all.
   */
  commit<T>(action: (transaction: Transaction) => T): Promise<T>;
  /** Settles when all updates so far survive a power cut. */
  flush(): Promise<void>;
  /** Deletes the vectors of dropped versions, this process's or a dead one's. */
  sweep(): Promise<void>;
  /** The vectors of a version, in batches; each batch is read on a snapshot of its own. */
  scan(of: StoredVectors, batch: number): Iterable<EmbeddingRows>;
  /** Bytes that everything takes, about. */
  bytes(): number;
  close(): Promise<void>;
}
