import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ece, logLoss, normalisedEntropy, reliabilityCurve } from './index.js';
import { predictionsOf, tiedRows } from './predictions.test-support.js';

const options = { seed: 7, numRuns: 80 };
const bins = fc.integer({ min: 1, max: 20 });

describe('normalised entropy', () => {
  it('is 1 for the base rate, whatever it is', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 20 }),
        fc.integer({ min: 1, max: 20 }),
        (ones, zeros) => {
          const logit = Math.log(ones / zeros);
          const rows = [...Array<number>(ones).fill(1), ...Array<number>(zeros).fill(0)];
          const predictions = predictionsOf(rows.map((label) => [logit, label] as const));
          expect(normalisedEntropy().evaluate(predictions)).toBeCloseTo(1, 6);
        },
      ),
      options,
    );
  });

  it('is the log-loss in units of log 2 where both classes are equally frequent', () => {
    const predictions = predictionsOf([
      [1.5, 1],
      [-0.5, 0],
    ]);
    expect(normalisedEntropy().evaluate(predictions)).toBeCloseTo(
      logLoss().evaluate(predictions)! / Math.LN2,
      12,
    );
  });

  it('does not exist for one class', () => {
    expect(normalisedEntropy().evaluate(predictionsOf([[1, 1]]))).toBeUndefined();
  });
});

describe('reliability curve', () => {
  it('counts every row once, in the bin of its probability', () => {
    fc.assert(
      fc.property(tiedRows, bins, (rows, count) => {
        const curve = reliabilityCurve(predictionsOf(rows), { bins: count });
        expect(curve).toHaveLength(count);
        expect(curve[0]!.from).toBe(0);
        expect(curve.at(-1)!.to).toBe(1);
        expect(curve.reduce((sum, bin) => sum + bin.count, 0)).toBe(rows.length);
        for (const { from, to, count: inBin, meanPrediction, observedRate } of curve) {
          const own = rows.filter(([logit]) => {
            const p = 1 / (1 + Math.exp(-logit));
            return p >= from && p < to;
          });
          expect(inBin).toBe(own.length);
          if (inBin === 0) expect([meanPrediction, observedRate]).toEqual([null, null]);
          else {
            expect(observedRate).toBe(own.filter(([, y]) => y === 1).length / own.length);
            expect(meanPrediction).toBeGreaterThanOrEqual(from - 1e-9);
            expect(meanPrediction).toBeLessThanOrEqual(to + 1e-9);
          }
        }
      }),
      options,
    );
  });

  it('is as far from the diagonal as the ECE says', () => {
    fc.assert(
      fc.property(tiedRows, bins, (rows, count) => {
        const predictions = predictionsOf(rows);
        const gap = reliabilityCurve(predictions, { bins: count })
          .filter((bin) => bin.count > 0)
          .reduce(
            (sum, bin) => sum + bin.count * Math.abs(bin.meanPrediction! - bin.observedRate!),
            0,
          );
        expect(ece({ bins: count }).evaluate(predictions)).toBeCloseTo(gap / rows.length, 12);
      }),
      options,
    );
  });

  it('has its bins for no rows too', () => {
    expect(reliabilityCurve(predictionsOf(), { bins: 2 })).toEqual([
      { from: 0, to: 0.5, count: 0, meanPrediction: null, observedRate: null },
      { from: 0.5, to: 1, count: 0, meanPrediction: null, observedRate: null },
    ]);
  });
});
