// What each claim comes to on each data set: rows of a table and a verdict.
import { meanInterval } from '@limaml/experiment';

/** Networks that the claims compare with, by their names in specs. */
const NETWORKS = ['production style', 'wide & deep, IDs'];
const METRIC = 'auc';

/** 1: LiMAML is ahead of the production style network and of wide & deep with IDs. */
export function overBaselines(sets) {
  const rows = sets.flatMap((set) =>
    NETWORKS.flatMap((network) => {
      const found = set.differences.find(({ against }) => against === network);
      if (found === undefined) return [];
      const { low, high, mean, adjusted } = found.bootstrap[METRIC];
      return [
        {
          cells: [
            set.title,
            network,
            value(first(set)),
            value(model(set, network)),
            gap({ mean, low, high }),
            p(adjusted),
          ],
          verdict: verdictOf({ low, high }),
        },
      ];
    }),
  );
  return {
    title: 'LiMAML is ahead of the production style network, and of wide & deep with entity IDs',
    columns: [
      'data set',
      'against',
      'LiMAML, AUC',
      'other, AUC',
      'difference',
      'p (Holm)',
      'verdict',
    ],
    rows,
  };
}

/** 2: the gain is largest for entities with few interactions. */
export function infrequent(sets) {
  const rows = sets.flatMap((set) =>
    NETWORKS.flatMap((network) => {
      const other = model(set, network);
      const cohorts = first(set).cohorts.filter(({ by }) => by === 'support');
      if (other === undefined || cohorts.length < 2) return [];
      const gains = cohorts.map(({ name }) => gainOf(set, network, name));
      const apart = first(set).runs.map(
        (_, seed) => gains[0].seeds[seed] - gains.at(-1).seeds[seed],
      );
      const difference = meanInterval(apart.filter(Number.isFinite));
      return [
        {
          cells: [
            set.title,
            network,
            gains.map((gain) => `${gain.name}: ${gap(gain.interval)}`).join('; '),
            gap(difference),
          ],
          verdict: verdictOf(difference),
        },
      ];
    }),
  );
  return {
    title: 'The gain is largest for infrequent members',
    note: `The production style network knows neither ids nor interactions, so that all that interactions tell is left to
LiMAML: the more there are, the more it can gain. Wide & deep with ids has the interactions of frequent members in its
ids; it is the comparison that the claim is about. Rows of support are those that the embedding was made from.`,
    columns: [
      'data set',
      'against',
      'gain in AUC by rows of support',
      'fewest minus most',
      'verdict',
    ],
    rows,
  };
}

function gainOf(set, network, name) {
  const valueIn = (run) =>
    run.cohorts.find((cohort) => cohort.by === 'support' && cohort.name === name)?.metrics[
      METRIC
    ] ?? NaN;
  const others = model(set, network).runs;
  const seeds = first(set).runs.map(
    (run) => valueIn(run) - valueIn(others.find(({ seed }) => seed === run.seed)),
  );
  return { name, seeds, interval: meanInterval(seeds.filter(Number.isFinite)) };
}

/** 3: fresh embeddings beat stale ones. */
export function freshness(sets) {
  const rows = sets.flatMap((set) => {
    const { unit, differences = [] } = first(set).freshness ?? {};
    return differences
      .filter(({ policy }) => policy !== 'prior')
      .map(({ policy, against, overall, points }) => ({
        cells: [
          set.title,
          `${policy} − ${against}`,
          gap(overall.metrics[METRIC]),
          points.map((point) => atDistance(point, unit)).join('; '),
        ],
        verdict: verdictOf(overall.metrics[METRIC]),
      }));
  });
  return {
    title: 'Fresh embeddings beat stale ones',
    columns: [
      'data set',
      'refreshed',
      'difference in AUC, all rows',
      'by distance from the last embedding of the stale policy',
      'verdict',
    ],
    rows,
  };
}

function atDistance({ distance, below, metrics }, unit) {
  const range = below === null ? `≥${distance}` : `${distance}–${below}`;
  return `${range} ${unit}: ${gap(metrics[METRIC])}`;
}

/** 4: the stored vector loses nothing against the adapted network. */
export function parity(sets) {
  const rows = sets.flatMap((set) => {
    const runs = first(set).runs.flatMap((run) => run.parity ?? []);
    if (runs.length === 0) return [];
    const most = Math.max(...runs.map(({ maxDifference }) => maxDifference));
    const count = runs.reduce((sum, { rows: scored }) => sum + scored, 0);
    const width = runs[0].embeddingDim;
    return [
      {
        cells: [set.title, `${width}`, count.toLocaleString('en'), most.toExponential(1)],
        verdict: most < 1e-4 ? 'supported' : 'not supported',
      },
    ];
  });
  return {
    title: 'A fixed-size vector loses nothing against the adapted network',
    note: `Every query row of the test tasks (of 2,000 tasks at most) is scored twice: by the network that adapted, and by the
global block from the vector that would be stored.`,
    columns: [
      'data set',
      'numbers stored per entity',
      'rows scored both ways',
      'largest difference of a logit',
      'verdict',
    ],
    rows,
  };
}

/** 5: entities with no or next to no interactions are served at least as well as by the network for everybody. */
export function coldStart(sets) {
  const rows = sets.flatMap((set) =>
    coldParts(set).flatMap(({ title, pick }) => {
      const other = model(set, NETWORKS[0]);
      if (other === undefined) return [];
      const seeds = first(set).runs.map(
        (run) => pick(run) - pick(other.runs.find(({ seed }) => seed === run.seed)),
      );
      const interval = meanInterval(seeds.filter(Number.isFinite));
      const values = first(set).runs.map(pick).filter(Number.isFinite);
      return [
        {
          cells: [set.title, title, number(meanInterval(values)), gap(interval)],
          verdict: verdictOf(interval, 'not worse'),
        },
      ];
    }),
  );
  return {
    title:
      'Cold start: the prior serves entities without interactions, and a few are enough to gain',
    columns: ['data set', 'rows of support', 'LiMAML, AUC', `minus ${NETWORKS[0]}`, 'verdict'],
    rows,
  };
}

/** Test sets with less support, or entities that training never saw and that have none. */
function coldParts(set) {
  const sizes = first(set).tests.filter(({ name }) => name.startsWith('support '));
  const bySize = sizes.map(({ name }) => ({
    title: name.slice('support '.length),
    pick: (run) => run.tests.find((test) => test.name === name)?.metrics[METRIC] ?? NaN,
  }));
  const fewest = first(set).cohorts.find(({ by }) => by === 'support');
  if (bySize.length > 0 || fewest === undefined) return bySize;
  return [
    {
      title: fewest.name,
      pick: (run) =>
        run.cohorts.find(({ by, name }) => by === 'support' && name === fewest.name)?.metrics[
          METRIC
        ] ?? NaN,
    },
  ];
}

const first = (set) => set.models[0];
const model = (set, name) => set.models.find((each) => each.name === name);
const value = (of) => number(of.metrics[METRIC]);

/** @param tie what it is called when zero is inside */
function verdictOf({ low, high }, tie = 'open') {
  if (low === null) return 'one seed: open';
  if (low > 0) return 'supported';
  return high < 0 ? 'not supported' : tie;
}

function number({ mean, low, high }) {
  return low === null ? digits(mean) : `${digits(mean)} ±${digits((high - low) / 2)}`;
}

function gap({ mean, low, high }) {
  const signed = `${mean < 0 ? '−' : '+'}${digits(Math.abs(mean))}`;
  return low === null ? signed : `${signed} [${bound(low)}, ${bound(high)}]`;
}

const bound = (at) => `${at < 0 ? '−' : '+'}${digits(Math.abs(at))}`;
const digits = (at) => at.toFixed(4).replace(/^0\./, '.');
const p = (at) => (at < 0.001 ? '< .001' : at.toFixed(3).replace(/^0\./, '.'));
