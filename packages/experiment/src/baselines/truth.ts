import { truthUnknown } from '../errors.js';
import { logit } from '../numbers.js';
import type { Baseline } from './baseline.js';

/** The true probability of simulated data: what no model can beat but by chance. */
export function truth(): Baseline {
  return {
    name: 'truth',
    description: 'the true probability that the simulator drew the label with',
    fit: ({ training }) => {
      if (training.truth === undefined) throw truthUnknown();
      return {
        chosen: {},
        predict: ({ truth: known }, { queryStart, queryEnd }, into, at) => {
          for (let row = queryStart; row < queryEnd; row++) {
            into[at + row - queryStart] = logit(known![row]!);
          }
        },
      };
    },
  };
}
