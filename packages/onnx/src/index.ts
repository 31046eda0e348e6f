export { readOnnx } from './read-onnx.js';
export type { OnnxModelInfo } from './read-onnx.js';
export { toOnnx } from './to-onnx.js';
export type { ToOnnxOptions } from './to-onnx.js';
