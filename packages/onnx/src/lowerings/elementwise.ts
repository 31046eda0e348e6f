import { broadcastShapes, isOp, type Primitive, sameShape, type Tensor } from '@limaml/graph';
import { ELEMENT_TYPE } from '../element-type.js';
import type { GraphBuilder, Value } from '../graph-builder.js';
import type { Lowering, LoweringContext, Lowerings } from '../lowering.js';

type Elementwise =
  | 'neg'
  | 'exp'
  | 'log'
  | 'sqrt'
  | 'tanh'
  | 'sigmoid'
  | 'softplus'
  | 'relu'
  | 'abs'
  | 'sign'
  | 'logicalNot'
  | 'cast'
  | 'stopGradient'
  | 'add'
  | 'sub'
  | 'mul'
  | 'div'
  | 'maximum'
  | 'minimum'
  | 'less'
  | 'lessEqual'
  | 'greater'
  | 'greaterEqual'
  | 'equal'
  | 'logicalAnd'
  | 'logicalOr'
  | 'select';

/** Primitives that work element by element; ONNX broadcasts as NumPy does. */
export const ELEMENTWISE: Lowerings<Elementwise> = {
  neg: operator('Neg'),
  exp: operator('Exp'),
  log: operator('Log'),
  sqrt: operator('Sqrt'),
  tanh: operator('Tanh'),
  sigmoid: operator('Sigmoid'),
  softplus: operator('Softplus'),
  relu: operator('Relu'),
  abs: operator('Abs'),
  sign: operator('Sign'),
  logicalNot: operator('Not'),
  cast: (tensor, context) =>
    context.graph.node('Cast', operands(tensor, context), { to: ELEMENT_TYPE[tensor.attrs.dtype] }),
  /** Gradients were taken before lowering, so nothing is left to stop. */
  stopGradient: (tensor, { value }) => value(tensor.inputs[0]!),
  add: operator('Add'),
  sub: operator('Sub'),
  mul: operator('Mul'),
  div: operator('Div'),
  maximum: operator('Max'),
  minimum: operator('Min'),
  less: operator('Less'),
  lessEqual: operator('LessOrEqual'),
  greater: operator('Greater'),
  greaterEqual: operator('GreaterOrEqual'),
  equal: operator('Equal'),
  logicalAnd: operator('And'),
  logicalOr: operator('Or'),
  select: (tensor, context) => {
    const values = operands(tensor, context);
    return tensor.dtype === 'bool'
      ? selectBool(values, context.graph)
      : context.graph.node('Where', values);
  },
};

function operator<P extends Primitive>(opType: string): Lowering<P> {
  return (tensor, context) => context.graph.node(opType, operands(tensor, context));
}

/** `(c ∧ a) ∨ (¬c ∧ b)`: ONNX Runtime has no Where for bools. */
function selectBool([condition, a, b]: readonly Value[], graph: GraphBuilder): Value {
  const chosen = graph.node('And', [condition!, a!]);
  const otherwise = graph.node('And', [graph.node('Not', [condition!]), b!]);
  return graph.node('Or', [chosen, otherwise]);
}

/** One number repeated goes in as a scalar wherever the other operands give the result its shape. */
function operands(tensor: Tensor, { graph, value }: LoweringContext): Value[] {
  return tensor.inputs.map((input, position) => {
    const others = tensor.inputs.filter((_, other) => other !== position).map(({ shape }) => shape);
    const shapeless = sameShape(broadcastShapes(...others) ?? [], tensor.shape);
    return isOp(input, 'fill') && shapeless
      ? graph.scalar(input.attrs.value, input.dtype)
      : value(input);
  });
}
