export { quantiseOnnx } from './quantise-onnx.js';
export type { QuantisedModel } from './quantise-onnx.js';
export { readOnnx } from './read-onnx.js';
export type { OnnxModelInfo } from './read-onnx.js';
export { surveyOnnx } from './survey-onnx.js';
export type { OnnxSurvey } from './survey-onnx.js';
export { toOnnx } from './to-onnx.js';
export type { ToOnnxOptions } from './to-onnx.js';
