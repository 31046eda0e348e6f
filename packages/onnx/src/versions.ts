/** Operator set of the models we write: every operator is a standard one, none a vendor's own. */
export const OPSET = 20;

/** Version of the file format that goes with {@link OPSET}; onnxruntime reads it from 1.17 on. */
export const IR_VERSION = 9;

export const PRODUCER = 'limaml';

/** Goes up when the same program begins to give another model. */
export const PRODUCER_VERSION = '1';

/**
 * The metadata entry that ends every model we write. Protobuf has no end mark: without it, a file
 * cut between two entries would read as a complete model with less metadata.
 */
export const LAST_ENTRY = ['limaml.lowering', PRODUCER_VERSION] as const;
