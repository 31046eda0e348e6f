export type {
  Algorithm,
  BlockSelector,
  InnerOptimiser,
  LearnedRate,
  StepLoss,
} from './algorithm/algorithm.js';
export type { AlgorithmDescription } from './algorithm/describe-algorithm.js';
export type { AlgorithmHooks, StepContext } from './algorithm/hooks.js';
export type * from './model.js';
export type { ParameterSpecs, ParameterValues, PerParameter } from './parameters.js';
export { branch, flattenTree, leaf, mapTree, unflattenTree } from './tree.js';
export type { Shaped, Tree } from './tree.js';
export { adam } from './host/adam.js';
export type { AdamOptions } from './host/adam-slot.js';
export { decodeTensors } from './host/decode-tensors.js';
export type { DecodedTensors } from './host/decode-tensors.js';
export { encodeTensors } from './host/encode-tensors.js';
export { assertFinite, clipByGlobalNorm, globalNorm } from './host/gradient-norm.js';
export { initParams } from './host/initialise.js';
export type { Optimizer, OptimizerOptions } from './host/optimizer.js';
export { rowAdagrad } from './host/row-adagrad.js';
export type { RowAdagradOptions } from './host/row-adagrad.js';
export { rowAdam } from './host/row-adam.js';
export type { RowOptimizer } from './host/row-optimizer.js';
export {
  constantSchedule,
  cosineSchedule,
  exponentialSchedule,
  linearSchedule,
  stepSchedule,
} from './host/schedule.js';
export type {
  FallingScheduleOptions,
  Schedule,
  ScheduleOptions,
  StepScheduleOptions,
} from './host/schedule.js';
export { sgd } from './host/sgd.js';
export type { SgdOptions } from './host/sgd.js';
export { copyValues, updateAverage } from './host/values.js';
export { adaptedParameters } from './algorithm/adapted-parameters.js';
export { DEFAULT_ALGORITHM } from './algorithm/create-algorithm.js';
export { describeAlgorithm } from './algorithm/describe-algorithm.js';
export { algorithmAt, annealedStepWeights } from './algorithm/phases.js';
export { anil, boil, metaEmb } from './algorithm/presets/block-selections.js';
export { fomaml, maml, mamlPlusPlus, metaSgd } from './algorithm/presets/maml.js';
export { fineTuning, imaml, reptile } from './algorithm/presets/without-unrolling.js';
export { innerLoop } from './inner-loop/inner-loop.js';
export { supportLoss } from './inner-loop/support-loss.js';
export { ACTIVATIONS } from './layers/activation.js';
export type { Activation } from './layers/activation.js';
export { multiHeadAttention } from './layers/attention.js';
export type { MultiHeadAttentionOptions } from './layers/attention.js';
export { crossNetwork } from './layers/cross-network.js';
export type { CrossNetworkOptions } from './layers/cross-network.js';
export { dense } from './layers/dense.js';
export type { DenseOptions } from './layers/dense.js';
export { embed, embedMean } from './layers/embedding.js';
export { alignTasks, isPerTask } from './layers/layer.js';
export type { Layer } from './layers/layer.js';
export { layerNorm } from './layers/layer-norm.js';
export type { LayerNormOptions } from './layers/layer-norm.js';
export { lowRankCrossNetwork } from './layers/low-rank-cross-network.js';
export type { LowRankCrossNetworkOptions } from './layers/low-rank-cross-network.js';
export { mlp } from './layers/mlp.js';
export type { MlpOptions } from './layers/mlp.js';
export { meanPool, rootSumPool } from './layers/pooling.js';
export { residualMlp } from './layers/residual.js';
export type { ResidualMlpOptions } from './layers/residual.js';
export { transformerLayer } from './layers/transformer.js';
export type { TransformerLayerOptions } from './layers/transformer.js';
export { binaryCrossEntropy, maskedMean, squaredError } from './losses.js';
export type { MaskedMeanOptions } from './losses.js';
export type { MetaObjective } from './meta-gradient/meta-objective.js';
export { adaptAndScore, outerLoss, outerObjective } from './outer-loss.js';
export type { Episodes, QuerySet } from './outer-loss.js';
export { targetOutcomes } from './row-losses.js';
export type { LabelledRows } from './row-losses.js';
export { hostTableSpecs, parameterSpecs } from './programs/parameter-specs.js';
export {
  adaptProgram,
  evaluateProgram,
  priorProgram,
  scoreProgram,
  trainProgram,
} from './programs/programs.js';
