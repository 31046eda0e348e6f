import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { constant, matMul, spec, trace, type TensorData } from '@limaml/graph';
import { describe, expect, it } from 'vitest';
import {
  ModelProtoSchema,
  NodeProtoSchema,
  TensorProto_DataLocation,
  type ModelProto,
} from './generated/onnx_pb.js';
import { surveyOnnx, toOnnx } from './index.js';

const weight = { dtype: 'float32', shape: [3, 2], data: new Float32Array(6).fill(2) } as const;
const fixed = ({ shape, data }: TensorData) => constant([...data], shape);
const model = toOnnx(trace({ x: spec(['B', 3]) }, ({ x }) => ({ y: matMul(x, fixed(weight)) })));

function changed(change: (graph: ModelProto) => void): Uint8Array {
  const parsed = fromBinary(ModelProtoSchema, model);
  change(parsed);
  return toBinary(ModelProtoSchema, parsed);
}

describe('surveyOnnx', () => {
  it('counts operators and constants', () => {
    expect(surveyOnnx(model)).toEqual({
      operators: { MatMul: 1 },
      parameters: { count: 1, bytes: 24 },
      external: [],
      misshapen: [],
    });
  });

  it('counts the nodes of branches', () => {
    const program = trace({ a: spec(['T', 'B', 'S']), b: spec(['T', 'S', 2]) }, ({ a, b }) => ({
      y: matMul(a, b),
    }));
    expect(surveyOnnx(toOnnx(program)).operators).toMatchObject({ If: 1, MatMul: 1 });
  });

  it('finds numbers in other files, operators of others, and shapes that do not fit', () => {
    const external = changed(({ graph }) => {
      graph!.initializer[0]!.dataLocation = TensorProto_DataLocation.EXTERNAL;
      graph!.initializer[0]!.externalData = [
        { $typeName: 'onnx.StringStringEntryProto', key: 'location', value: '../../etc/passwd' },
      ];
    });
    expect(surveyOnnx(external).external).toHaveLength(1);
    const huge = changed(({ graph }) => {
      graph!.initializer[0]!.dims = [1n << 40n, 2n];
    });
    expect(surveyOnnx(huge).misshapen).toHaveLength(1);
    const foreign = changed(({ graph }) => {
      graph!.node.push(create(NodeProtoSchema, { opType: 'Attention', domain: 'com.vendor' }));
    });
    expect(surveyOnnx(foreign).operators).toMatchObject({ 'com.vendor:Attention': 1 });
  });
});
