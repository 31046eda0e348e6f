import type { DType } from '../dtype.js';
import { dtypeMismatch, shapeMismatch } from '../errors.js';
import { broadcastShapes } from '../shape.js';
import type { Shape, TensorSpec } from '../shape.js';
import type { Application, Tensor } from '../tensor.js';

/** Same shape, same type; float32 only. */
export function floatUnary({ op, inputs }: Application): TensorSpec {
  const [x] = inputs as [Tensor];
  if (x.dtype !== 'float32') throw dtypeMismatch(op, [x.dtype], 'float32');
  return { shape: x.shape, dtype: 'float32' };
}

/** Same shape, same type; float32 or int32. */
export function numericUnary({ op, inputs }: Application): TensorSpec {
  const [x] = inputs as [Tensor];
  if (x.dtype === 'bool') throw dtypeMismatch(op, [x.dtype], 'float32 or int32');
  return { shape: x.shape, dtype: x.dtype };
}

/** Same shape and type, whatever the type. */
export function anyUnary({ inputs }: Application): TensorSpec {
  const [x] = inputs as [Tensor];
  return { shape: x.shape, dtype: x.dtype };
}

export function castRule({ inputs, attrs }: Application<'cast'>): TensorSpec {
  const [x] = inputs as [Tensor];
  return { shape: x.shape, dtype: attrs.dtype };
}

/** Two numbers of one type to that type. */
export function arithmetic(call: Application): TensorSpec {
  const dtype = commonType(call, ['float32', 'int32']);
  return { shape: broadcastInputs(call), dtype };
}

/** Two float32 to float32: division of integers differs between runtimes. */
export function floatBinary(call: Application): TensorSpec {
  const dtype = commonType(call, ['float32']);
  return { shape: broadcastInputs(call), dtype };
}

/** Two numbers of one type to bool. */
export function comparison(call: Application): TensorSpec {
  commonType(call, ['float32', 'int32']);
  return { shape: broadcastInputs(call), dtype: 'bool' };
}

/** Bools to bool. */
export function logical(call: Application): TensorSpec {
  const dtype = commonType(call, ['bool']);
  return { shape: broadcastInputs(call), dtype };
}

export function selectRule(call: Application<'select'>): TensorSpec {
  const [condition, whenTrue, whenFalse] = call.inputs as [Tensor, Tensor, Tensor];
  if (condition.dtype !== 'bool' || whenTrue.dtype !== whenFalse.dtype) {
    const got = call.inputs.map((input) => input.dtype);
    throw dtypeMismatch('select', got, 'a bool condition and two values of one type');
  }
  return { shape: broadcastInputs(call), dtype: whenTrue.dtype };
}

function broadcastInputs({ op, inputs }: Application): Shape {
  const [first, ...others] = inputs.map((input) => input.shape) as [Shape, ...Shape[]];
  return others.reduce((shape, other) => {
    const result = broadcastShapes(shape, other);
    if (!result)
      throw shapeMismatch(
        op,
        shape,
        other,
        'shapes that broadcast: equal dimensions or 1, aligned right',
      );
    return result;
  }, first);
}

function commonType({ op, inputs }: Application, allowed: readonly DType[]): DType {
  const types = inputs.map((input) => input.dtype);
  const [first] = types as [DType];
  if (!allowed.includes(first) || types.some((dtype) => dtype !== first)) {
    throw dtypeMismatch(op, types, `one type for all, ${allowed.join(' or ')}`);
  }
  return first;
}
