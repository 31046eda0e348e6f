import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ParameterValues } from '../parameters.js';
import { adam } from './adam.js';
import { assertFinite, clipByGlobalNorm, globalNorm } from './gradient-norm.js';
import type { Optimizer } from './optimizer.js';
import { rowAdagrad } from './row-adagrad.js';
import { rowAdam } from './row-adam.js';
import { sgd } from './sgd.js';
import { copyValues, updateAverage } from './values.js';

function values(record: Record<string, readonly number[]>, width?: number): ParameterValues {
  return Object.fromEntries(
    Object.entries(record).map(([name, data]) => {
      const shape = width === undefined ? [data.length] : [data.length / width, width];
      return [name, { dtype: 'float32', shape, data: Float32Array.from(data) }];
    }),
  );
}

const read = (parameters: ParameterValues, name = 'w'): number[] => [...parameters[name]!.data];

function expectClose(actual: readonly number[], expected: readonly number[]): void {
  expect(actual).toHaveLength(expected.length);
  actual.forEach((value, i) => {
    expect(value).toBeCloseTo(expected[i]!, 5);
  });
}

describe('sgd', () => {
  it('shrinks a quadratic by (1 − β) per step', () => {
    const parameters = values({ w: [8, -4] });
    const optimizer = sgd(parameters, { learningRate: 0.25 });
    for (let step = 0; step < 3; step++) optimizer.step(parameters);
    expectClose(read(parameters), [8 * 0.75 ** 3, -4 * 0.75 ** 3]);
  });

  it('gathers momentum: u = Σ μ^k under a constant gradient', () => {
    const parameters = values({ w: [0] });
    const optimizer = sgd(parameters, { learningRate: 1, momentum: 0.5 });
    for (let step = 0; step < 3; step++) optimizer.step(values({ w: [1] }));
    expectClose(read(parameters), [-(1 + 1.5 + 1.75)]);
  });

  it('scales the rate, adds l2 and decays weights', () => {
    const step = (options: object, scale?: number): number[] => {
      const parameters = values({ w: [2] });
      sgd(parameters, { learningRate: 0.1, ...options }).step(values({ w: [1] }), scale);
      return read(parameters);
    };
    expectClose(step({}, 0.5), [2 - 0.05]);
    expectClose(step({ l2: 0.5 }), [2 - 0.1 * (1 + 1)]);
    expectClose(step({ weightDecay: 0.5 }), [2 - 0.1 * (1 + 1)]);
  });
});

/** Adam in plain numbers, straight from the paper. */
function adamByHand(theta: number, gradients: readonly number[], rate: number, l2 = 0, decay = 0) {
  let [w, m, v] = [theta, 0, 0];
  gradients.forEach((gradient, i) => {
    const g = gradient + l2 * w;
    m = 0.9 * m + 0.1 * g;
    v = 0.999 * v + 0.001 * g * g;
    const update = m / (1 - 0.9 ** (i + 1)) / (Math.sqrt(v / (1 - 0.999 ** (i + 1))) + 1e-8);
    w -= rate * (update + decay * w);
  });
  return w;
}

describe('adam', () => {
  const gradients = [1, -0.5, 3, 0, 0.25];

  it('follows the paper, with l2 and with decoupled decay', () => {
    for (const [l2, weightDecay] of [
      [0, 0],
      [0.3, 0],
      [0, 0.3],
    ] as const) {
      const parameters = values({ w: [0.7] });
      const optimizer = adam(parameters, { learningRate: 0.01, l2, weightDecay });
      for (const g of gradients) optimizer.step(values({ w: [g] }));
      expectClose(read(parameters), [adamByHand(0.7, gradients, 0.01, l2, weightDecay)]);
    }
  });

  it('first moves every element by β against the sign of its gradient, whatever its size', () => {
    const parameters = values({ w: [0, 0, 0] });
    adam(parameters, { learningRate: 0.1 }).step(values({ w: [1e-3, -50, 0] }));
    expectClose(read(parameters), [-0.1, 0.1, 0]);
  });

  it('takes options by parameter name', () => {
    const parameters = values({ 'meta/w': [1], 'table/t': [1] });
    const isTable = (name: string): boolean => name.startsWith('table/');
    const optimizer = adam(parameters, {
      learningRate: (name) => (isTable(name) ? 0.5 : 0.1),
      weightDecay: (name) => (isTable(name) ? 1 : 0),
    });
    optimizer.step(values({ 'meta/w': [1], 'table/t': [1] }));
    expectClose(read(parameters, 'meta/w'), [0.9]);
    expectClose(read(parameters, 'table/t'), [1 - 0.5 * (1 + 1)]);
  });

  it('goes on exactly from stored state', () => {
    const run = (steps: readonly number[], optimizer: Optimizer): void => {
      for (const g of steps) optimizer.step(values({ w: [g, 2 * g] }));
    };
    const whole = values({ w: [1, 2] });
    run(gradients, adam(whole, { learningRate: 0.1 }));

    const before = values({ w: [1, 2] });
    const first = adam(before, { learningRate: 0.1 });
    run(gradients.slice(0, 2), first);
    const after = values({ w: [0, 0] });
    const second = adam(after, { learningRate: 0.1 });
    copyValues(before, after);
    copyValues(first.state, second.state);
    run(gradients.slice(2), second);
    expect(read(after)).toEqual(read(whole));
  });

  it.each([
    [{ learningRate: -1 }],
    [{ learningRate: NaN }],
    [{ learningRate: 0.1, beta1: 1 }],
    [{ learningRate: 0.1, epsilon: 0 }],
    [{ learningRate: () => Infinity }],
  ])('refuses %o', (options) => {
    expect(() => adam(values({ w: [1] }), options)).toThrow('LIMAML_ERR_CORE_OPTION_INVALID');
  });

  it('refuses gradients that are missing or of another size', () => {
    const optimizer = adam(values({ w: [1, 2] }), { learningRate: 0.1 });
    expect(() => {
      optimizer.step({});
    }).toThrow('LIMAML_ERR_CORE_PARAMETER_MISSING');
    expect(() => {
      optimizer.step(values({ w: [1] }));
    }).toThrow('LIMAML_ERR_CORE_SHAPE_MISMATCH');
  });
});

describe('rowAdam', () => {
  it('gives a row what adam on the row alone gives, over the batches that touch it', () => {
    const rows = fc.array(fc.uniqueArray(fc.integer({ min: 1, max: 3 }), { maxLength: 3 }), {
      minLength: 1,
      maxLength: 5,
    });
    const gradientOf = (batch: number, row: number): number[] => [batch - row, row + 0.5];
    fc.assert(
      fc.property(rows, (batches) => {
        const table = values({ t: [0, 0, 1, 2, 3, 4, 5, 6] }, 2);
        const optimizer = rowAdam(table, { learningRate: 0.1, l2: 0.01 });
        batches.forEach((ids, batch) => {
          const gradient = values(
            { t: [0, 0, ...ids.flatMap((row) => gradientOf(batch, row))] },
            2,
          );
          optimizer.step(gradient, { t: Int32Array.of(0, ...ids) });
        });
        for (const row of [1, 2, 3]) {
          const alone = values({ w: [2 * row - 1, 2 * row] });
          const single = adam(alone, { learningRate: 0.1, l2: 0.01 });
          batches.forEach((ids, batch) => {
            if (ids.includes(row)) single.step(values({ w: gradientOf(batch, row) }));
          });
          expect([...table.t!.data.subarray(2 * row, 2 * row + 2)]).toEqual(read(alone));
        }
      }),
      { seed: 2, numRuns: 50 },
    );
  });

  it('leaves padding and gradient rows beyond the ids alone', () => {
    const table = values({ t: [7, 7, 1] }, 1);
    const optimizer = rowAdam(table, { learningRate: 0.1 });
    optimizer.step(values({ t: [5, 5, 5, 5] }, 1), { t: Int32Array.of(0, 2) });
    expectClose(read(table, 't'), [7, 7, 0.9]);
    const unknown = (): void => {
      optimizer.step(values({ t: [5] }, 1), {});
    };
    expect(unknown).toThrow('LIMAML_ERR_CORE_PARAMETER_MISSING');
    const narrow = (): void => {
      optimizer.step(values({ t: [5] }, 1), { t: Int32Array.of(0, 2) });
    };
    expect(narrow).toThrow('LIMAML_ERR_CORE_SHAPE_MISMATCH');
  });
});

describe('rowAdagrad', () => {
  const ids = { t: Int32Array.of(0, 2) };
  const gradients = [values({ t: [9, 9, 3, 4] }, 2), values({ t: [9, 9, 1, 0] }, 2)];

  it('divides each element by the root of its sum of squares', () => {
    const table = values({ t: [1, 1, 1, 1, 1, 1] }, 2);
    const optimizer = rowAdagrad(table, { learningRate: 0.1 });
    for (const gradient of gradients) optimizer.step(gradient, ids);
    expectClose(read(table, 't'), [1, 1, 1, 1, 1 - 0.1 - 0.1 / Math.sqrt(10), 1 - 0.1]);
    expectClose(read(optimizer.state, 'a/t'), [0, 0, 0, 0, 10, 16]);
  });

  it('per row, divides by the root of one sum of mean squares', () => {
    const table = values({ t: [1, 1, 1, 1, 1, 1] }, 2);
    const optimizer = rowAdagrad(table, { learningRate: 0.1, per: 'row' });
    for (const gradient of gradients) optimizer.step(gradient, ids);
    const [first, second] = [Math.sqrt(12.5), Math.sqrt(13)];
    expectClose(read(table, 't').slice(4), [1 - 0.3 / first - 0.1 / second, 1 - 0.4 / first]);
    expectClose(read(optimizer.state, 'a/t'), [0, 0, 13]);
  });

  it.each(['element', 'row'] as const)(
    'scales the rate, adds l2, decays weights: per %s',
    (per) => {
      const step = (options: object, scale?: number): number => {
        const table = values({ t: [0, 2] }, 1);
        const optimizer = rowAdagrad(table, { learningRate: 0.1, per, ...options });
        optimizer.step(values({ t: [3] }, 1), { t: Int32Array.of(1) }, scale);
        return read(table, 't')[1]!;
      };
      expect(step({}, 0.5)).toBeCloseTo(2 - 0.05, 6);
      expect(step({ weightDecay: 0.5 })).toBeCloseTo(2 - 0.1 * (1 + 1), 6);
      expect(step({ l2: 0.5, epsilon: 4 })).toBeCloseTo(2 - 0.1 * (4 / 8), 6);
      expect(() => step({ epsilon: 0 })).toThrow('LIMAML_ERR_CORE_OPTION_INVALID');
    },
  );
});

describe('gradient norm', () => {
  it('clips all gradients by one factor, and only when they are too long', () => {
    const gradients = values({ a: [3], b: [0, 4] });
    expect(clipByGlobalNorm(gradients, 10)).toBe(5);
    expect(read(gradients, 'b')).toEqual([0, 4]);
    expect(clipByGlobalNorm(gradients, 1)).toBe(5);
    expectClose([...read(gradients, 'a'), ...read(gradients, 'b')], [0.6, 0, 0.8]);
    expect(globalNorm(gradients)).toBeCloseTo(1, 6);
  });

  it.each([NaN, Infinity, -Infinity])('refuses %d and changes nothing', (bad) => {
    const gradients = values({ good: [30], bad: [1, bad] });
    expect(() => clipByGlobalNorm(gradients, 1)).toThrow(/LIMAML_ERR_CORE_NON_FINITE.*"bad"/);
    expect(read(gradients, 'good')).toEqual([30]);
    expect(() => {
      assertFinite('loss', bad);
    }).toThrow(/LIMAML_ERR_CORE_NON_FINITE.*loss/);
  });
});

describe('values', () => {
  it('averages towards the values', () => {
    const average = values({ w: [0, 10] });
    updateAverage(average, values({ w: [1, 0], other: [1] }), 0.75);
    expect(read(average)).toEqual([0.25, 7.5]);
  });

  it('copies all or nothing', () => {
    const into = values({ a: [1], b: [2, 3] });
    expect(() => {
      copyValues(values({ a: [9], b: [9] }), into);
    }).toThrow(/LIMAML_ERR_CORE_SHAPE_MISMATCH.*"b"/);
    expect(() => {
      copyValues(values({ a: [9] }), into);
    }).toThrow('LIMAML_ERR_CORE_PARAMETER_MISSING');
    expect(read(into, 'a')).toEqual([1]);
  });
});
