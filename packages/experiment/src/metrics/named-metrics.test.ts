import { describe, expect, it } from 'vitest';
import { testRegistry } from '../fixtures.test-support.js';
import { registerNamedMetrics } from './named-metrics.js';
import { metricNamed } from './index.js';

describe('metrics by name', () => {
  it.each(['ndcg@3', 'ndcg-linear@1', 'recall@5', 'precision@5', 'hit-rate@5', 'mrr@50'])(
    '%s says what it is',
    (name) => {
      expect(metricNamed(name)?.name).toBe(name);
    },
  );

  it.each(['auc', 'recall', 'recall@', 'recall@0', 'recall@-1', 'recall@1.5', 'toString@5'])(
    '%s does not',
    (name) => {
      expect(metricNamed(name)).toBeUndefined();
    },
  );

  it('are registered when they are asked for, once', () => {
    const registry = testRegistry();
    registerNamedMetrics(['auc', 'recall@7', 'recall@7'], registry);
    registerNamedMetrics(['recall@7'], registry);
    expect(registry.get('metric', 'recall@7').better).toBe('higher');
  });

  it.each([
    ['recal@7', /Did you mean "recall@7"/],
    ['logloss', /Did you mean "logLoss"/],
    ['ndgc@3', /Did you mean "ndcg@3"/],
  ])('an unknown one, %s, is an error that names the near ones', (name, meant) => {
    const register = (): void => {
      registerNamedMetrics([name], testRegistry());
    };
    expect(register).toThrow(meant);
    expect(register).toThrow(
      expect.objectContaining({ code: 'LIMAML_ERR_EXPERIMENT_METRIC_UNKNOWN' }),
    );
  });
});
