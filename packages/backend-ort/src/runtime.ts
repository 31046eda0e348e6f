import type * as OnnxRuntime from 'onnxruntime-node';
import { nativeLibraryMissing, notInstalled } from './errors.js';

/** What is used of the module onnxruntime-node. */
export type Runtime = Pick<
  typeof OnnxRuntime,
  'InferenceSession' | 'Tensor' | 'env' | 'listSupportedBackends'
>;

/**
 * Loads ONNX Runtime when it is first needed, since it is an optional peer.
 *
 * @throws LIMAML_ERR_ORT_NOT_INSTALLED when the package is not there
 * @throws LIMAML_ERR_ORT_NATIVE_LIBRARY when its library for this platform is missing or damaged
 */
export async function loadRuntime(
  importRuntime: () => Promise<unknown> = importOnnxRuntime,
): Promise<Runtime> {
  try {
    return (await importRuntime()) as Runtime;
  } catch (error) {
    throw isPackageMissing(error) ? notInstalled(error) : nativeLibraryMissing(error);
  }
}

async function importOnnxRuntime(): Promise<Runtime> {
  return (await import('onnxruntime-node')).default;
}

/** The native library is loaded by `require`, whose failure has another code than a failed `import`. */
function isPackageMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND';
}
