import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { corruptStore, openFailed } from './errors.js';
import { dataFile } from './lmdb-files.js';

// LMDB maps its file into memory and trusts every page in it: one that was overwritten is no error but a
// crash of the process. So the pages that it will follow are looked at first, in the layout of liblmdb's
// mdb.c: a header of 24 bytes (page number, transaction, padding, flags, bounds of the free space), then
// offsets of nodes that count from the end of the header. All numbers are little-endian.

const HEADER = 24;
const NODE_HEADER = 8;
const FLAGS = { branch: 0x01, leaf: 0x02, overflow: 0x04, meta: 0x08 } as const;
const NODE_FLAGS = { overflow: 0x01, subTree: 0x02 } as const;
const MAGIC = 0xbeefc0de;
const VERSION = 2;
const META_PAGES = 2;
const PAGE_SIZES = { min: 4096, max: 65_536 };
/** Root of an empty tree. */
const NO_PAGE = 0xffff_ffff_ffff_ffffn;
/** A meta page: two descriptions of trees behind magic, version, address and map size. */
const META = { freeTree: HEADER + 24, mainTree: HEADER + 72, lastPage: HEADER + 120 };
const META_BYTES = HEADER + 144;
/** A description of a tree: 48 bytes. */
const TREE = { pageSize: 0, depth: 6, root: 40, bytes: 48 };
/** Leaves of larger files are left alone: there the vectors are nearly all of it. */
const LEAVES_UP_TO = 256 * 2 ** 20;
/** How often the pages are looked at again when another process has committed meanwhile. */
const ATTEMPTS = 5;

/** A tree of pages. */
interface Tree {
  readonly root: bigint;
  /** Levels, the leaves included; 0 for an empty tree. */
  readonly depth: number;
}

/** A snapshot of the file. */
interface Meta {
  readonly pageSize: number;
  readonly lastPage: number;
  readonly transaction: bigint;
  /** Free pages, and the tables by name. */
  readonly trees: readonly [Tree, Tree];
}

/** What is wrong with the file. */
class Damage extends Error {}

/**
 * Looks at the pages of an LMDB file before it is mapped: both meta pages, then every page of the newest
 * snapshot. Of files beyond 256 MiB the leaves are not read.
 *
 * @throws LIMAML_ERR_STORE_CORRUPT, LIMAML_ERR_STORE_OPEN_FAILED
 */
export function checkPages(folder: string): void {
  const file = openToRead(folder);
  try {
    for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
      const meta = newestMeta(file);
      const damage = damageOf(() => {
        checkSnapshot(file, meta);
      });
      if (damage === undefined) return;
      // A writer may use pages of an older snapshot again: only one that is still the newest counts.
      if (newestMeta(file).transaction === meta.transaction) throw damage;
    }
  } catch (error) {
    throw error instanceof Damage ? corruptStore(folder, error.message) : error;
  } finally {
    closeSync(file);
  }
}

function openToRead(folder: string): number {
  try {
    return openSync(dataFile(folder), 'r');
  } catch (cause) {
    throw openFailed(folder, cause);
  }
}

function damageOf(check: () => void): Damage | undefined {
  try {
    check();
    return undefined;
  } catch (error) {
    if (error instanceof Damage) return error;
    throw error;
  }
}

function newestMeta(file: number): Meta {
  const first = readMeta(file, 0, 0);
  const second = readMeta(file, 1, first.pageSize);
  if (second.pageSize !== first.pageSize) throw new Damage('its meta pages disagree');
  return second.transaction > first.transaction ? second : first;
}

function readMeta(file: number, page: number, offset: number): Meta {
  const bytes = readBytes(file, offset, META_BYTES);
  const isMeta =
    bytes.readBigUInt64LE(0) === BigInt(page) &&
    bytes.readUInt16LE(18) === FLAGS.meta &&
    bytes.readUInt32LE(HEADER) === MAGIC &&
    (bytes.readUInt32LE(HEADER + 4) & 0xffff) === VERSION;
  const pageSize = bytes.readUInt32LE(META.freeTree + TREE.pageSize);
  const { min, max } = PAGE_SIZES;
  const isSize = pageSize >= min && pageSize <= max && Number.isInteger(Math.log2(pageSize));
  const lastPage = Number(bytes.readBigUInt64LE(META.lastPage));
  const isEnd = Number.isSafeInteger((lastPage + 1) * pageSize);
  if (!isMeta || !isSize || !isEnd) throw new Damage(`meta page ${page} was overwritten`);
  return {
    pageSize,
    lastPage,
    transaction: bytes.readBigUInt64LE(META.lastPage + 8),
    trees: [readTree(bytes, META.freeTree), readTree(bytes, META.mainTree)],
  };
}

function readTree(bytes: Buffer, at: number): Tree {
  return {
    root: bytes.readBigUInt64LE(at + TREE.root),
    depth: bytes.readUInt16LE(at + TREE.depth),
  };
}

function checkSnapshot(file: number, meta: Meta): void {
  const { size } = fstatSync(file);
  const expected = (meta.lastPage + 1) * meta.pageSize;
  if (size < expected) {
    throw new Damage(`data.mdb has ${size} of ${expected} bytes, it was cut short`);
  }
  const walk = new PageWalk(file, meta, size <= LEAVES_UP_TO);
  for (const tree of meta.trees) walk.visit(tree);
}

/** Visits the pages of trees and checks each: its number, its kind, and that its nodes lie inside it. */
class PageWalk {
  readonly #file: number;
  readonly #meta: Meta;
  readonly #withLeaves: boolean;

  constructor(file: number, meta: Meta, withLeaves: boolean) {
    this.#file = file;
    this.#meta = meta;
    this.#withLeaves = withLeaves;
  }

  visit({ root, depth }: Tree): void {
    if (root !== NO_PAGE) this.#visitPage(Number(root), depth);
    else if (depth > 0) throw new Damage('a tree has no root');
  }

  /** @param level 1 for a leaf */
  #visitPage(number: number, level: number): void {
    const page = this.#readPage(number, level > 1 ? FLAGS.branch : FLAGS.leaf);
    for (const node of this.#nodesOf(page, number)) {
      if (level > 1) this.#visitChild(childOf(page, node), level - 1);
      else this.#checkLeafNode(page, node, number);
    }
  }

  #visitChild(number: number, level: number): void {
    if (level > 1 || this.#withLeaves) this.#visitPage(number, level);
    else this.#checkNumber(number);
  }

  #readPage(number: number, flags: number): Buffer {
    this.#checkNumber(number);
    const { pageSize } = this.#meta;
    const page = readBytes(this.#file, number * pageSize, pageSize);
    const isPage = page.readBigUInt64LE(0) === BigInt(number) && page.readUInt16LE(18) === flags;
    if (!isPage) throw overwritten(number);
    return page;
  }

  #checkNumber(number: number): void {
    if (number >= META_PAGES && number <= this.#meta.lastPage) return;
    throw new Damage(`a node points to page ${number} of ${this.#meta.lastPage + 1}`);
  }

  /** Where the nodes of a page begin. */
  #nodesOf(page: Buffer, number: number): number[] {
    const [lower, upper] = [page.readUInt16LE(20), page.readUInt16LE(22)];
    const room = this.#meta.pageSize - HEADER;
    if (lower % 2 !== 0 || lower > upper || upper > room) throw overwritten(number);
    return Array.from({ length: lower / 2 }, (_, index) => {
      const offset = page.readUInt16LE(HEADER + 2 * index);
      const at = HEADER + offset;
      const isInside = offset >= upper && at + NODE_HEADER <= page.length;
      if (!isInside || at + NODE_HEADER + keyBytes(page, at) > page.length)
        throw overwritten(number);
      return at;
    });
  }

  #checkLeafNode(page: Buffer, node: number, number: number): void {
    const flags = page.readUInt16LE(node + 4);
    const data = node + NODE_HEADER + keyBytes(page, node);
    const isElsewhere = (flags & NODE_FLAGS.overflow) !== 0;
    const bytes = isElsewhere ? 3 * 8 : page.readUInt32LE(node);
    if (data + bytes > page.length) throw overwritten(number);
    if (isElsewhere) this.#checkOverflow(page, data);
    if ((flags & NODE_FLAGS.subTree) === 0) return;
    if (bytes !== TREE.bytes) throw overwritten(number);
    this.visit(readTree(page, data));
  }

  /** A value that is too large for its page: first page, transaction, number of pages. */
  #checkOverflow(page: Buffer, at: number): void {
    const first = Number(page.readBigUInt64LE(at));
    this.#readPage(first, FLAGS.overflow);
    this.#checkNumber(first + Number(page.readBigUInt64LE(at + 16)) - 1);
  }
}

function keyBytes(page: Buffer, node: number): number {
  return page.readUInt16LE(node + 6);
}

/** The page that a node of a branch points to: 48 bits, the lowest first. */
function childOf(page: Buffer, node: number): number {
  return page.readUIntLE(node, 6);
}

function overwritten(number: number): Damage {
  return new Damage(`page ${number} was overwritten`);
}

function readBytes(file: number, offset: number, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  if (readSync(file, bytes, 0, length, offset) === length) return bytes;
  throw new Damage(`it ends before byte ${offset + length}`);
}
