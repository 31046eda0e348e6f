import { isOp, topologicalOrder, type Primitive, type Program, type Tensor } from '@limaml/graph';
import { DimValues } from './dim-values.js';
import type { GraphProto } from './generated/onnx_pb.js';
import { GraphBuilder, type Value } from './graph-builder.js';
import type { Lowering, LoweringContext } from './lowering.js';
import { LOWERINGS } from './lowerings/lowerings.js';

/** The nodes and initialisers that compute a program's outputs from its inputs. */
export function lowerProgram({
  inputs,
  outputs,
}: Program): Pick<GraphProto, 'node' | 'initializer'> {
  const graph = new GraphBuilder([...Object.keys(inputs), ...Object.keys(outputs)]);
  const context = createContext(graph, new DimValues(graph, inputs));
  for (const tensor of topologicalOrder(Object.values(outputs))) {
    // Most repeated numbers go into their consumers as scalars; the others are lowered when asked for.
    if (!isOp(tensor, 'fill')) context.value(tensor);
  }
  for (const [name, tensor] of Object.entries(outputs)) graph.output(name, context.value(tensor));
  return graph.finish();
}

function createContext(graph: GraphBuilder, dims: DimValues): LoweringContext {
  const values = new Map<Tensor, Value>();
  const context: LoweringContext = {
    graph,
    dims,
    value: (tensor) => {
      const value = values.get(tensor) ?? lower(tensor, context);
      values.set(tensor, value);
      return value;
    },
  };
  return context;
}

function lower<P extends Primitive>(tensor: Tensor<P>, context: LoweringContext): Value {
  const lowering = LOWERINGS[tensor.op] as Lowering<P>;
  return lowering(tensor, context);
}
