import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { isLimamlError } from '@limaml/errors';
import * as g from '@limaml/graph';
import { describe, expect, it } from 'vitest';
import { ModelProtoSchema, TensorProto_DataType } from './generated/onnx_pb.js';
import { readOnnx, toOnnx } from './index.js';

const program = g.trace(
  { 'meta/w': g.spec([3, 4]), x: g.spec(['T', 'Q+S', 3]), ids: g.spec(['T'], 'int32') },
  (inputs) => ({
    y: g.matMul(inputs.x, inputs['meta/w']),
    known: g.greater(inputs.ids, g.zeros([], 'int32')),
  }),
);
const metadata = { 'model.name': 'test', note: 'größer — 中文', empty: '' };
const model = toOnnx(program, { name: 'sample', metadata });

function codeOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (isLimamlError(error)) return error.code;
    throw error;
  }
  return 'none';
}

/** A model of another producer with one input. */
function foreignModel(elemType: number, dims: readonly (string | number)[] | undefined) {
  const dim = dims?.map((size) =>
    typeof size === 'number'
      ? { value: { case: 'dimValue' as const, value: BigInt(size) } }
      : { value: { case: 'dimParam' as const, value: size } },
  );
  const tensor = { elemType, ...(dim && { shape: { dim } }) };
  const type = { value: { case: 'tensorType' as const, value: tensor } };
  return toBinary(
    ModelProtoSchema,
    create(ModelProtoSchema, {
      irVersion: 8n,
      opsetImport: [{ domain: 'ai.onnx', version: 18n }],
      producerName: 'other',
      metadataProps: [{ key: 'a', value: 'b' }],
      graph: {
        input: [
          { name: 'in', type },
          { name: 'w', type },
        ],
        initializer: [{ name: 'w' }],
      },
    }),
  );
}

describe('readOnnx', () => {
  it('returns what was written', () => {
    expect(readOnnx(model)).toEqual({
      metadata,
      inputs: { 'meta/w': g.spec([3, 4]), x: g.spec(['T', 'Q+S', 3]), ids: g.spec(['T'], 'int32') },
      outputs: { y: g.spec(['T', 'Q+S', 4]), known: g.spec(['T'], 'bool') },
      opset: 20,
      irVersion: 9,
    });
  });

  it('keeps the order of the ports', () => {
    expect(Object.keys(readOnnx(model).inputs)).toEqual(['meta/w', 'x', 'ids']);
    expect(Object.keys(readOnnx(model).outputs)).toEqual(['y', 'known']);
  });

  it('refuses a file cut anywhere', () => {
    for (let length = 0; length < model.length; length++) {
      expect(codeOf(() => readOnnx(model.subarray(0, length)))).toBe('LIMAML_ERR_ONNX_CORRUPT');
    }
  });

  it.each([
    ['text', new TextEncoder().encode('{"not": "a model"}')],
    ['zeros', new Uint8Array(100)],
    ['noise', Uint8Array.from({ length: 300 }, (_, i) => (i * 97 + 31) % 251)],
  ])('refuses %s', (_, bytes) => {
    expect(codeOf(() => readOnnx(bytes))).toBe('LIMAML_ERR_ONNX_CORRUPT');
  });

  it('reads models of other producers', () => {
    const read = readOnnx(foreignModel(TensorProto_DataType.FLOAT, ['batch', 2, '', 'length / 2']));
    expect(read).toEqual({
      metadata: { a: 'b' },
      inputs: { in: g.spec(['batch', 2, '_in.2', '_in.3']) },
      outputs: {},
      opset: 18,
      irVersion: 8,
    });
  });

  it.each([
    ['an element type that programs do not have', TensorProto_DataType.INT64, [2]],
    ['an unknown rank', TensorProto_DataType.FLOAT, undefined],
  ])('refuses %s', (_, elemType, dims) => {
    expect(codeOf(() => readOnnx(foreignModel(elemType, dims)))).toBe(
      'LIMAML_ERR_ONNX_UNSUPPORTED_PORT',
    );
  });
});

describe('toOnnx', () => {
  it('states producer, operator set and graph name', () => {
    const { producerName, producerVersion, opsetImport, graph } = fromBinary(
      ModelProtoSchema,
      model,
    );
    expect([producerName, producerVersion, graph?.name]).toEqual(['limaml', '1', 'sample']);
    expect(opsetImport.map(({ domain, version }) => [domain, version])).toEqual([['', 20n]]);
  });

  it('gives the same bytes for the same program', () => {
    expect(toOnnx(program, { name: 'sample', metadata })).toEqual(model);
  });

  it('stores a repeated number and a repeated size once', () => {
    const repeated = g.trace({ x: g.spec(['T', 3]) }, ({ x }) => ({
      a: g.mul(g.add(x, 0.5), 0.5),
      b: g.broadcastTo(g.fill([], 0.5), ['T', 2]),
      c: g.broadcastTo(g.sum(x), ['T', 2]),
    }));
    const { graph } = fromBinary(ModelProtoSchema, toOnnx(repeated));
    const halves = graph!.initializer.filter(({ dataType }) => dataType === 1);
    expect(halves).toHaveLength(1);
    expect(graph!.node.filter(({ opType }) => opType === 'Shape')).toHaveLength(1);
  });

  it('refuses an output named like an input', () => {
    const clash = g.trace({ x: g.spec([1]) }, ({ x }) => ({ x: g.neg(x) }));
    expect(codeOf(() => toOnnx(clash))).toBe('LIMAML_ERR_ONNX_NAME_CLASH');
  });

  it('refuses symbols that no input carries', () => {
    const unknown = g.trace({ x: g.spec(['T']) }, () => ({ y: g.zeros(['T', 'B']) }));
    expect(codeOf(() => toOnnx(unknown))).toBe('LIMAML_ERR_ONNX_UNKNOWN_SYMBOL');
  });

  it('refuses more than 2 GB of constants', () => {
    // Nine views of one buffer: the program is large, the test is not.
    const data = new Float32Array(2 ** 26);
    const tables = Array.from({ length: 9 }, () => g.constant(data, [2 ** 26]));
    const large = g.trace({ x: g.spec([1]) }, ({ x }) => ({ y: g.concat([x, ...tables], 0) }));
    expect(codeOf(() => toOnnx(large))).toBe('LIMAML_ERR_ONNX_TOO_LARGE');
  });
});
