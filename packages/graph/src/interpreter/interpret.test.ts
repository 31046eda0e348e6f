import { describe, expect, it } from 'vitest';
import * as g from '../index.js';

const range = (length: number) => ({
  shape: [length],
  data: Float64Array.from({ length }, (_, i) => i),
});

describe('sizes of symbols that do not fit', () => {
  const tail = g.trace({ x: g.spec(['S']), y: g.spec(['N']) }, ({ x, y }) => ({
    tail: g.slice(x, 0, 'N', 'S'),
    kept: g.sum(y),
  }));

  it('give a slice its length', () => {
    const { tail: kept } = g.interpret(tail, { x: range(5), y: range(2) });
    expect([...kept!.data]).toEqual([2, 3, 4]);
    expect(g.interpret(tail, { x: range(2), y: range(2) }).tail!.shape).toEqual([0]);
  });

  it('are refused where a slice would be shorter than nothing', () => {
    expect(() => g.interpret(tail, { x: range(2), y: range(5) })).toThrow(
      /LIMAML_ERR_GRAPH_SIZE_NEGATIVE: slice of shape .* would have shape \[-3\]/,
    );
  });

  it('are refused where a slice would end behind the end', () => {
    const head = g.trace({ x: g.spec(['S']), y: g.spec(['N']) }, ({ x, y }) => ({
      head: g.slice(x, 0, 0, 'N'),
      kept: g.sum(y),
    }));
    expect(() => g.interpret(head, { x: range(2), y: range(5) })).toThrow(
      /LIMAML_ERR_GRAPH_RANGE: slice got 0 and 5 on axis 0 of shape \[2\]/,
    );
  });

  it('are refused where padding would be negative', () => {
    const padded = g.trace({ x: g.spec(['S']), y: g.spec(['N']) }, ({ x, y }) => ({
      padded: g.pad(x, 0, 0, g.subtractDims('N', 'S')),
      kept: g.sum(y),
    }));
    expect(g.interpret(padded, { x: range(2), y: range(5) }).padded!.shape).toEqual([5]);
    expect(() => g.interpret(padded, { x: range(5), y: range(2) })).toThrow(
      /LIMAML_ERR_GRAPH_RANGE: pad got 0 and -3/,
    );
  });
});

it.each([-1, 3, 0.5])('an index of gather outside the table, %s, is refused', (index) => {
  const rows = g.trace({ table: g.spec(['U']), at: g.spec(['N'], 'int32') }, ({ table, at }) => ({
    rows: g.gather(table, at),
  }));
  expect(() => g.interpret(rows, { table: range(3), at: { shape: [1], data: [index] } })).toThrow(
    /LIMAML_ERR_GRAPH_(?:INDEX_RANGE|FEED_VALUE)/,
  );
});
