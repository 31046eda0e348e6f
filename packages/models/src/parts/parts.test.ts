import { flattenTree, mapTree, mlp, type ParamSpec, type Tree } from '@limaml/core';
import { interpret, spec, sum, type Tensor, trace, type Value } from '@limaml/graph';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fieldAttention } from './field-attention.js';
import { fusion } from './fusion.js';
import { logisticFoldIn, type LogisticFoldInInput } from './logistic-fold-in.js';
import { packedLayers } from './packed-layers.js';
import { pairProducts, pairSum } from './pair-products.js';
import { places } from './places.js';
import { targetHeads } from './target-heads.js';
import { tower } from './tower.js';

type Tensors = Readonly<Record<string, Tensor>>;
type Arrays = Readonly<
  Record<string, readonly [shape: readonly number[], data: readonly number[]]>
>;

/** Evaluates a function of tensors at numbers. */
function evaluate(arrays: Arrays, compute: (tensors: Tensors) => Tensors): Record<string, Value> {
  const entries = Object.entries(arrays);
  const program = trace(
    Object.fromEntries(entries.map(([name, [shape]]) => [name, spec(shape)])),
    compute,
  );
  const feeds = entries.map(([name, [shape, data]]) => {
    return [name, { shape, data: Float64Array.from(data) }] as const;
  });
  return interpret(program, Object.fromEntries(feeds));
}

/** Parameters as feeds, all of one value, and as a tree of tensors again. */
function parameters(specs: Tree<ParamSpec>, value: number): [Arrays, (t: Tensors) => Tree<Tensor>] {
  const arrays = flattenTree(specs).map(([path, { shape }]) => {
    const count = shape.reduce((product, size) => product * size, 1);
    return [path, [shape, Array<number>(count).fill(value)] as const] as const;
  });
  return [Object.fromEntries(arrays), (tensors) => mapTree(specs, (_, path) => tensors[path]!)];
}

const numbers = (length: number, size = 2): fc.Arbitrary<number[]> =>
  fc.array(fc.double({ min: -size, max: size, noNaN: true }), {
    minLength: length,
    maxLength: length,
  });

describe('pair products', () => {
  it('are those of all pairs, and their sum is that of the factorisation machine', () => {
    fc.assert(
      fc.property(numbers(2 * 4 * 3), (data) => {
        const { all, total } = evaluate({ fields: [[1, 2, 4, 3], data] }, ({ fields }) => ({
          all: pairProducts(fields!),
          total: pairSum(fields!),
        }));
        expect(all!.shape).toEqual([1, 2, 6]);
        [0, 1].forEach((row) => {
          const own = all!.data.slice(row * 6, row * 6 + 6);
          expect(total!.data[row]).toBeCloseTo(
            own.reduce((a, b) => a + b),
            10,
          );
        });
      }),
      { seed: 1, numRuns: 50 },
    );
  });
});

describe('fusion', () => {
  const input: Arrays = {
    u: [
      [1, 2],
      [1, 2],
    ],
    v: [
      [1, 2, 1],
      [3, 4],
    ],
    x: [
      [1, 2, 1],
      [5, 6],
    ],
  };
  const fuse = (form: 'concat' | 'film' | 'gate', value: number): number[] => {
    const part = fusion({ form, embedding: 2, rows: 2 });
    const [arrays, read] = parameters(part.params, value);
    const { y } = evaluate({ ...input, ...arrays }, (t) => ({
      y: part.apply(read(t), t.u!, [t.v!, t.x!]),
    }));
    expect(y!.shape).toEqual([1, 2, part.width]);
    return [...y!.data];
  };

  it('concat: u beside every row', () => {
    expect(fuse('concat', 0)).toEqual([1, 2, 3, 5, 1, 2, 4, 6]);
  });

  it('film: scaled and shifted', () => {
    expect(fuse('film', 0)).toEqual([3, 5, 4, 6]);
    // 1 + (1 + 2) times z, and (1 + 2) + 1.
    expect(fuse('film', 1)).toEqual([16, 24, 20, 28]);
  });

  it('gate: half open at 0, at most twice', () => {
    expect(fuse('gate', 0)).toEqual([3, 5, 4, 6]);
    fuse('gate', 50).forEach((value, i) => {
      expect(value).toBeCloseTo([6, 10, 8, 12][i]!, 10);
    });
  });
});

describe('places', () => {
  const of = (mask: number[], count: number): number[] => {
    const { y } = evaluate({ mask: [[1, mask.length], mask] }, (t) => ({
      y: places(t.mask!, count),
    }));
    return mask.map((_, row) => y!.data.slice(row * count, (row + 1) * count).indexOf(1));
  };

  it('are counted from the newest real row', () => {
    expect(of([1, 1, 1, 1, 1], 8)).toEqual([4, 3, 2, 1, 0]);
    expect(of([1, 1, 1, 0, 0], 8)).toEqual([2, 1, 0, 0, 0]);
    expect(of([0, 1, 0, 1, 1], 8).filter((_, row) => row === 1 || row > 2)).toEqual([2, 1, 0]);
  });

  it('are shared by the rows beyond the last', () => {
    expect(of([1, 1, 1, 1, 1, 1], 4)).toEqual([3, 3, 3, 2, 1, 0]);
    expect(of([1, 1], 1)).toEqual([0, 0]);
  });
});

describe('packedLayers', () => {
  const layers = mlp({ widths: [3, 2, 1] });
  const packed = packedLayers(layers.params);
  const [, read] = parameters(layers.params, 0);
  const weights = (perTask: boolean): Arrays =>
    Object.fromEntries(
      flattenTree(layers.params).map(([path, { shape }], p) => {
        const full = perTask ? [2, ...shape] : shape;
        const count = full.reduce((product, size) => product * size, 1);
        return [
          path,
          [full, Array.from({ length: count }, (_, i) => Math.sin(p + 2 * i))] as const,
        ];
      }),
    );

  it.each([false, true])('gives back what it packed, per task: %s', (perTask) => {
    const x: Arrays = { x: [[2, 4, 3], Array.from({ length: 24 }, (_, i) => Math.cos(i))] };
    const { direct, stored } = evaluate({ ...x, ...weights(perTask) }, (t) => {
      const vector = packed.pack(read(t), 2);
      expect(vector.shape).toEqual([2, packed.size]);
      return {
        direct: layers.apply(read(t), t.x!),
        stored: layers.apply(packed.unpack(vector), t.x!),
      };
    });
    stored!.data.forEach((value, i) => {
      expect(value).toBeCloseTo(direct!.data[i]!, 12);
    });
  });
});

describe('logisticFoldIn', () => {
  const ROWS = 5;
  const problems = fc.record({
    vectors: numbers(ROWS * 2),
    offset: numbers(ROWS, 1),
    label: fc.array(fc.constantFrom(0, 1), { minLength: ROWS, maxLength: ROWS }),
    prior: numbers(2, 1),
    precision: numbers(2, 1),
  });

  interface Problem {
    readonly vectors: number[];
    readonly offset: number[];
    readonly label: number[];
    readonly prior: number[];
    readonly precision: number[];
  }

  const solve = (problem: Problem, mask: number[]): Float64Array => {
    const part = logisticFoldIn(2, 6);
    const arrays: Arrays = {
      ...{ vectors: [[1, ROWS, 2], problem.vectors], offset: [[1, ROWS], problem.offset] },
      ...{ label: [[1, ROWS], problem.label], prior: [[1, 2], problem.prior] },
      ...{ mask: [[1, ROWS], mask], precision: [[2], problem.precision] },
    };
    const { w } = evaluate(arrays, ({ precision, ...t }) => ({
      w: part.apply({ precision: precision! }, t as unknown as LogisticFoldInInput),
    }));
    return Float64Array.from(w!.data);
  };

  it('ends where the gradient of the penalised loss is zero', () => {
    fc.assert(
      fc.property(problems, (problem) => {
        const mask = [1, 1, 0, 1, 1];
        const w = solve(problem, mask);
        [0, 1].forEach((k) => {
          const pull = problem.label.map((y, s) => {
            const z =
              problem.offset[s]! +
              w[0]! * problem.vectors[2 * s]! +
              w[1]! * problem.vectors[2 * s + 1]!;
            return mask[s]! * (1 / (1 + Math.exp(-z)) - y) * problem.vectors[2 * s + k]!;
          });
          const drawn = Math.exp(problem.precision[k]!) * (w[k]! - problem.prior[k]!);
          expect(Math.abs(pull.reduce((a, b) => a + b, drawn))).toBeLessThan(1e-4);
        });
      }),
      { seed: 1, numRuns: 40 },
    );
  });

  it('is the prior mean without rows', () => {
    fc.assert(
      fc.property(problems, (problem) => {
        const mask = [0, 0, 0, 0, 0];
        // Adding 0 makes −0 a plain 0.
        const prior = problem.prior.map((value) => value + 0);
        expect([...solve(problem, mask)]).toEqual(prior);
      }),
      { seed: 2, numRuns: 20 },
    );
  });
});

describe('tower and target heads', () => {
  it('share the last hidden layer', () => {
    const deep = tower({ width: 2, tower: [3], dropout: 0 });
    const heads = targetHeads(deep.hiddenWidth, ['apply', 'dwell']);
    const [arrays, read] = parameters({ deep: deep.params, heads: heads.params }, 1);
    const outputs = evaluate(
      {
        x: [
          [1, 1, 2],
          [1, 2],
        ],
        ...arrays,
      },
      (t) => {
        const params = read(t) as { deep: Tree<Tensor>; heads: Tree<Tensor> };
        const { logit, hidden } = deep.apply(params.deep, t.x!);
        return { logit, hidden, ...heads.apply(params.heads, hidden) };
      },
    );
    // Each hidden unit is 1 + 2 + 1, each output 3 · 4 + 1.
    expect([...outputs.hidden!.data]).toEqual([4, 4, 4]);
    for (const name of ['logit', 'apply', 'dwell']) expect([...outputs[name]!.data]).toEqual([13]);
  });

  it('without hidden layers is linear', () => {
    const deep = tower({ width: 2, tower: [], dropout: 0.5 });
    expect(deep.noise).toEqual({});
    const [arrays, read] = parameters(deep.params, 1);
    const { y } = evaluate(
      {
        x: [
          [1, 1, 2],
          [1, -2],
        ],
        ...arrays,
      },
      (t) => ({
        y: deep.apply(read(t), t.x!, {}).logit,
      }),
    );
    expect([...y!.data]).toEqual([0]);
  });
});

describe('fieldAttention', () => {
  it('gives each field its own result, whatever their order', () => {
    const part = fieldAttention({ width: 2, heads: 1, layers: 2 });
    const [arrays, read] = parameters(part.params, 0.3);
    const run = (data: number[]): number[] => {
      const { y } = evaluate({ x: [[1, 1, 3, 2], data], ...arrays }, (t) => ({
        y: sum(part.apply(read(t), t.x!), { axes: [2] }),
      }));
      return [...y!.data];
    };
    const [a, b] = [run([1, 2, 3, 4, 5, 6]), run([5, 6, 1, 2, 3, 4])];
    a.forEach((value, i) => {
      expect(value).toBeCloseTo(b[i]!, 10);
    });
  });
});
