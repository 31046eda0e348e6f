import type { DType, TensorData, TensorMap } from '@limaml/graph';
import { parametersCorrupt, parametersTruncated } from '../errors.js';
import { elementCount } from '../parameters.js';
import {
  CHECKSUM_KEY,
  checksum,
  ELEMENT_BYTES,
  FORMAT_DTYPES,
  LENGTH_BYTES,
  METADATA_KEY,
  type TensorEntry,
} from './safetensors-format.js';

/** What {@link decodeTensors} read. */
export interface DecodedTensors {
  readonly tensors: TensorMap;
  /** Strings that were stored with the tensors. */
  readonly metadata: Readonly<Record<string, string>>;
}

/**
 * Reads what {@link encodeTensors} wrote, or any safetensors file of F32, I32 and BOOL tensors.
 * Everything is checked before anything is returned: lengths, types, shapes, gaps and overlaps, and the
 * checksum when there is one (files from Python have none).
 *
 * @throws LIMAML_ERR_CORE_PARAMETERS_TRUNCATED, LIMAML_ERR_CORE_PARAMETERS_CORRUPT
 *
 * @example
 * ```ts
 * const { tensors, metadata } = decodeTensors(bytes);
 * copyValues(tensors, parameters);
 * ```
 */
export function decodeTensors(bytes: Uint8Array): DecodedTensors {
  const dataStart = headerEnd(bytes);
  const header = parseHeader(bytes.subarray(LENGTH_BYTES, dataStart));
  const data = bytes.subarray(dataStart);
  const { [METADATA_KEY]: metadata = {}, ...rest } = header;
  assertMetadata(metadata);
  const entries = Object.entries(rest).map(([name, entry]) => readEntry(name, entry));
  assertContiguous(entries, data.length);
  const { [CHECKSUM_KEY]: stored, ...kept } = metadata;
  assertChecksum(stored, data);
  return {
    tensors: Object.fromEntries(entries.map((entry) => [entry.name, readTensor(entry, data)])),
    metadata: kept,
  };
}

/** The limit of the reference implementation. */
const HEADER_LIMIT = 100_000_000;

interface CheckedEntry {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly begin: number;
  readonly end: number;
}

function headerEnd(bytes: Uint8Array): number {
  if (bytes.length < LENGTH_BYTES) throw parametersTruncated(bytes.length, LENGTH_BYTES);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = Number(view.getBigUint64(0, true));
  if (length > HEADER_LIMIT) throw parametersCorrupt(`its header would be ${length} bytes long`);
  const end = LENGTH_BYTES + length;
  if (end > bytes.length) throw parametersTruncated(bytes.length, end);
  return end;
}

function parseHeader(bytes: Uint8Array): Record<string, unknown> {
  try {
    const header: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    if (isRecord(header)) return header;
  } catch (error) {
    throw parametersCorrupt('its header is not JSON', undefined, error);
  }
  throw parametersCorrupt('its header is not a JSON object');
}

function assertMetadata(metadata: unknown): asserts metadata is Record<string, string> {
  const isStrings =
    isRecord(metadata) && Object.values(metadata).every((value) => typeof value === 'string');
  if (!isStrings) throw parametersCorrupt('its metadata is not a record of strings');
}

function readEntry(name: string, entry: unknown): CheckedEntry {
  if (!isTensorEntry(entry)) throw parametersCorrupt('an entry is malformed', name);
  const dtype = dtypeOf(name, entry.dtype);
  const [begin, end] = entry.data_offsets;
  if (end - begin !== elementCount(entry.shape) * ELEMENT_BYTES[dtype]) {
    throw parametersCorrupt(
      `offsets ${begin} to ${end} do not fit [${entry.shape.join(', ')}]`,
      name,
    );
  }
  return { name, dtype, shape: entry.shape, begin, end };
}

function dtypeOf(name: string, formatDtype: string): DType {
  const dtypes = Object.keys(FORMAT_DTYPES) as DType[];
  const dtype = dtypes.find((candidate) => FORMAT_DTYPES[candidate] === formatDtype);
  if (dtype === undefined) throw parametersCorrupt(`type "${formatDtype}" is not supported`, name);
  return dtype;
}

/** The tensors must cover the data exactly: no gap, no overlap, nothing left over. */
function assertContiguous(entries: readonly CheckedEntry[], length: number): void {
  let covered = 0;
  for (const { name, begin, end } of entries.toSorted(
    (a, b) => a.begin - b.begin || a.end - b.end,
  )) {
    if (begin < covered) throw parametersCorrupt('it overlaps another tensor', name);
    if (begin > covered) throw parametersCorrupt('there is a gap before it', name);
    covered = end;
  }
  if (covered > length) throw parametersTruncated(length, covered);
  if (covered < length) throw parametersCorrupt(`${length - covered} bytes belong to no tensor`);
}

function assertChecksum(stored: string | undefined, data: Uint8Array): void {
  if (stored !== undefined && stored !== checksum(data)) {
    throw parametersCorrupt('its checksum does not match its data');
  }
}

/** Copies (`slice` would not, on a Node `Buffer`): aligned, and independent of the file's bytes. */
function readTensor({ dtype, shape, begin, end }: CheckedEntry, data: Uint8Array): TensorData {
  const { buffer } = new Uint8Array(data.subarray(begin, end));
  switch (dtype) {
    case 'float32':
      return { dtype, shape, data: new Float32Array(buffer) };
    case 'int32':
      return { dtype, shape, data: new Int32Array(buffer) };
    case 'bool':
      return { dtype, shape, data: new Uint8Array(buffer) };
  }
}

function isTensorEntry(value: unknown): value is TensorEntry {
  if (!isRecord(value)) return false;
  const { dtype, shape, data_offsets: offsets } = value;
  return typeof dtype === 'string' && isSizes(shape) && isSizes(offsets) && offsets.length === 2;
}

function isSizes(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && size >= 0);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
