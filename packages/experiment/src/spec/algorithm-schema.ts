import { z } from 'zod';

const fraction = z.number().min(0).lt(1);

const learnedRate = z.strictObject({
  initial: z.number().positive(),
  /** One rate per element (Meta-SGD), per parameter, or per parameter and inner step (LSLR). */
  per: z.enum(['element', 'parameter', 'parameter-step']).default('element'),
});

const innerOptimiser = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('sgd') }),
  z.strictObject({ kind: z.literal('momentum'), beta: fraction.default(0.9) }),
  z.strictObject({
    kind: z.literal('adam'),
    beta1: fraction.default(0.9),
    beta2: fraction.default(0.999),
    /** Large beside that of an outer Adam: a step's derivative grows with 1/ε where gradients are small. */
    epsilon: z.number().positive().default(1e-3),
  }),
]);

/**
 * How a model is meta-trained and adapted: what the preset says, but for the keys that are given. Their meaning
 * and the combinations that are refused are those of `Algorithm` of `@limaml/core`.
 */
export const algorithmSchema = z.strictObject({
  /** Name of a registered algorithm plugin. Default: MAML, with a learned inner rate of 0.1 per element. */
  preset: z.string().min(1).exactOptional(),
  /** Where the meta-gradient comes from. */
  metaGradient: z.enum(['unrolled', 'implicit', 'reptile', 'joint']).exactOptional(),
  /** Inner steps K; 0 does not adapt. */
  innerSteps: z.int().nonnegative().exactOptional(),
  /** Inner learning rate α, or a learned one. */
  innerLearningRate: z.union([z.number().positive(), learnedRate]).exactOptional(),
  innerOptimiser: innerOptimiser.exactOptional(),
  order: z.enum(['first', 'second']).exactOptional(),
  /** Epochs of first order before those of second order. */
  firstOrderEpochs: z.int().nonnegative().exactOptional(),
  loss: z.enum(['binary-cross-entropy', 'squared-error']).exactOptional(),
  /** c of the support loss Σ loss / (rows + c). */
  supportShrinkage: z.number().nonnegative().exactOptional(),
  /** λ of the inner loop's pull ½ λ ‖θ′ − θ‖² to the initial weights. */
  proximal: z.number().nonnegative().exactOptional(),
  /** Bound on the norm of a task's inner gradient; null for none. */
  innerClipNorm: z.number().positive().nullable().exactOptional(),
  /** Whether the inner loop of training has dropout too. */
  innerDropout: z.boolean().exactOptional(),
  /** Multi-step loss: weights after 0…K steps, or epochs in which they move to the last; null for none. */
  stepLoss: z
    .union([
      z.array(z.number().nonnegative()).min(1),
      z.strictObject({ anneal: z.int().positive() }),
    ])
    .nullable()
    .exactOptional(),
  /** Whether a task counts by its query rows or all tasks count the same. */
  taskWeighting: z.enum(['size', 'uniform']).exactOptional(),
  /** Conjugate gradients of the implicit meta-gradient. */
  implicit: z
    .strictObject({
      steps: z.int().positive().default(5),
      damping: z.number().nonnegative().default(0),
    })
    .exactOptional(),
  /** All of the meta block, its head, its body, or beginnings of the names of what the inner loop adapts. */
  adapts: z
    .union([z.enum(['all', 'head', 'body']), z.array(z.string().min(1)).min(1)])
    .exactOptional(),
  fastWeights: z.enum(['auto', 'materialised', 'low-rank']).exactOptional(),
});
