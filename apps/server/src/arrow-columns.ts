import { DataType, type Data, type Table, type Vector } from 'apache-arrow';
import { bodyInvalid, bodyUnreadable } from './errors.js';

/**
 * A column of text.
 * @throws LIMAML_ERR_SERVER_BODY_UNREADABLE, LIMAML_ERR_SERVER_BODY_INVALID for offsets outside its buffers
 */
export function textColumn(table: Table, name: string): Vector {
  const column = columnOf(table, name);
  if (!isText(column.type as DataType))
    throw bodyUnreadable(`the Arrow column "${name}" is not text`);
  column.data.forEach(checkData);
  return column;
}

/** A column of lists of text; throws as {@link textColumn} does. */
export function textListColumn(table: Table, name: string): Vector {
  const column = columnOf(table, name);
  if (!isListOfText(column.type as DataType))
    throw bodyUnreadable(`the Arrow column "${name}" does not hold lists of text`);
  column.data.forEach(checkData);
  return column;
}

function columnOf(table: Table, name: string): Vector {
  const column = table.getChild(name);
  if (column === null) throw bodyUnreadable(`the Arrow table has no column "${name}"`);
  return column;
}

function isText(type: DataType): boolean {
  if (DataType.isDictionary(type)) return isText(type.dictionary as DataType);
  return DataType.isUtf8(type) || DataType.isLargeUtf8(type);
}

function isListOfText(type: DataType): boolean {
  const isList =
    DataType.isList(type) || DataType.isLargeList(type) || DataType.isFixedSizeList(type);
  return isList && isText(type.children[0]!.type as DataType);
}

/** Offsets that only grow keep what is read from exceeding the bytes that came. */
function checkData(data: Data): void {
  if (DataType.isDictionary(data.type)) data.dictionary?.data.forEach(checkData);
  else if (DataType.isFixedSizeList(data.type)) checkRoom(data.type.listSize, data);
  else checkOffsets(data);
  data.children.forEach(checkData);
}

function checkRoom(size: number, data: Data): void {
  if (size < 0 || size * (data.offset + data.length) > data.children[0]!.length)
    throw offsetsInvalid();
}

function checkOffsets({ length, valueOffsets, values, children }: Data): void {
  // A column without rows may come without offsets.
  if (length === 0) return;
  const offsets = valueOffsets as Int32Array | BigInt64Array;
  const room = children[0]?.length ?? (values as Uint8Array).length;
  let last = 0;
  for (let at = 0; at <= length; at++) {
    const offset = Number(offsets[at]);
    if (!(offset >= last && offset <= room)) throw offsetsInvalid();
    last = offset;
  }
}

function offsetsInvalid(): Error {
  return bodyInvalid('/requests', 'the offsets of an Arrow column lie outside its buffers');
}
