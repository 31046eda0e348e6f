// The limit: a loop over node:http and ONNX Runtime that parses a body, runs the model and serialises the
// scores, in one process. What the model is fed lies ready for each member.
import { readFileSync } from 'node:fs';
import { Buffer } from 'node:buffer';
import { createServer } from 'node:http';
import { InferenceSession, Tensor } from 'onnxruntime-node';

const [model, feedsFile, port] = process.argv.slice(2);
const session = await InferenceSession.create(model, {
  executionProviders: ['cpu'],
  graphOptimizationLevel: 'all',
  intraOpNumThreads: 1,
  interOpNumThreads: 1,
});
const feeds = new Map(Object.entries(JSON.parse(readFileSync(feedsFile, 'utf8'))).map(toTensors));

function toTensors([entity, named]) {
  const used = Object.entries(named).filter(([name]) => session.inputNames.includes(name));
  const tensors = used.map(([name, { dtype, shape, data }]) => [
    name,
    new Tensor(dtype, (dtype === 'int32' ? Int32Array : Float32Array).from(data), shape),
  ]);
  return [entity, Object.fromEntries(tensors)];
}

async function scoresOf({ entity }) {
  const { probability } = await session.run(feeds.get(entity), ['probability']);
  return { scores: Array.from(probability.data) };
}

async function answer(body, response) {
  const { requests } = JSON.parse(body);
  const results = [];
  for (const request of requests) results.push(await scoresOf(request));
  const text = JSON.stringify({ results });
  response.writeHead(200, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text),
  });
  response.end(text);
}

const server = createServer((request, response) => {
  const parts = [];
  request.on('data', (part) => parts.push(part));
  request.on('end', () => void answer(Buffer.concat(parts).toString(), response));
});
server.listen(Number(port), '127.0.0.1');
