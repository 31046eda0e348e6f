// Builds the native part of @tensorflow/tfjs-node against a libtensorflow that is already on this machine,
// for places where tfjs-node's own downloads (its addon and libtensorflow, from storage.googleapis.com) are
// not reachable. The package itself comes from the npm registry.
//
//   node tools/build-tfjs-node.mjs --libtensorflow DIR [--in DIR] [--node-headers DIR]
//
// --libtensorflow  holds include/tensorflow/c/c_api.h, and the libraries beside it or in lib/: an unpacked
//                  libtensorflow archive, or the folder tensorflow/ of the TensorFlow Python wheel, whose
//                  libtensorflow_cc has the same C interface. It must stay where it is afterwards.
// --in             folder whose node_modules has, or gets, tfjs-node. Default: runs/tfjs-node
// --node-headers   folder with node_api.h. Default: include/node of this Node's installation
//
// Needs Linux or macOS, Node 20 or 22 (tfjs-node 4.22.0 calls functions that newer ones lack) and a C++
// compiler (`c++`, or the one that CXX names).
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { ROOT, fail, run, say } from './prepare.mjs';

const VERSION = '4.22.0';
/** The plain library of the archives, or the one of the wheel; the framework lies beside it. */
const LIBRARIES = ['libtensorflow', 'libtensorflow_cc'];

const { values: options } = parseArgs({
  options: {
    libtensorflow: { type: 'string' },
    in: { type: 'string', default: join(ROOT, 'runs/tfjs-node') },
    'node-headers': { type: 'string', default: join(dirname(process.execPath), '../include/node') },
  },
});
if (process.platform === 'win32') fail('This works on Linux and macOS only.');
if (Number.parseInt(process.versions.node) > 22) fail('tfjs-node 4.22.0 needs Node 20 or 22.');
if (!options.libtensorflow)
  fail('Name a folder: --libtensorflow DIR; the head of this file says which.');

const tensorflow = resolve(options.libtensorflow);
const include = mustExist(join(tensorflow, 'include'), 'tensorflow/c/c_api.h');
const headers = mustExist(resolve(options['node-headers']), 'node_api.h');
const libraries = findLibraries();
const folder = resolve(options.in);
const tfjsNode = installed();
const addon = addonPath();

say(`Building ${addon}`);
compile();
say('Trying it');
say(tryIt());
say(`tfjs-node works. Its tests:
  LIMAML_TFJS_NODE=${tfjsNode} npm test -- --project backend-tfjs`);

/** The folder, if it holds a file. */
function mustExist(place, file) {
  if (!existsSync(join(place, file))) fail(`${join(place, file)} does not exist.`);
  return place;
}

/** The library and its framework, by full path: the addon remembers where they are. */
function findLibraries() {
  const endings = process.platform === 'darwin' ? ['.2.dylib', '.dylib'] : ['.so.2', '.so'];
  const find = (names) =>
    [tensorflow, join(tensorflow, 'lib')]
      .flatMap((place) => names.flatMap((name) => endings.map((end) => join(place, name + end))))
      .find((path) => existsSync(path));
  const found = [find(LIBRARIES), find(['libtensorflow_framework'])];
  if (found.includes(undefined))
    fail(`${tensorflow} has no ${LIBRARIES.join(' or ')} with its framework.`);
  return found;
}

/** The folder of tfjs-node, installed without its script, which would download. */
function installed() {
  const place = join(folder, 'node_modules/@tensorflow/tfjs-node');
  if (existsSync(join(place, 'binding.gyp'))) return place;
  mkdirSync(folder, { recursive: true });
  if (!existsSync(join(folder, 'package.json')))
    writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');
  const wanted = `@tensorflow/tfjs-node@${VERSION}`;
  const args = [
    'install',
    '--ignore-scripts',
    '--no-audit',
    '--no-fund',
    '--prefix',
    folder,
    wanted,
  ];
  run('npm', args, 'Installing tfjs-node failed; npm says why above.');
  return place;
}

/** Where tfjs-node looks for its addon, by its own rule. */
function addonPath() {
  const own = createRequire(join(tfjsNode, 'package.json'));
  return own('@mapbox/node-pre-gyp').find(join(tfjsNode, 'package.json'));
}

function compile() {
  mkdirSync(dirname(addon), { recursive: true });
  const sources = ['tfjs_backend.cc', 'tfjs_binding.cc'].map((file) =>
    join(tfjsNode, 'binding', file),
  );
  // Names of Node-API are found in the running Node, not in a library.
  const shared =
    process.platform === 'darwin'
      ? ['-bundle', '-undefined', 'dynamic_lookup']
      : ['-shared', '-fPIC'];
  const includes = [include, headers, tfjsNode].map((place) => `-I${place}`);
  run(
    process.env.CXX ?? 'c++',
    [
      ...['-O2', '-std=c++17', '-DNAPI_VERSION=8', ...shared, ...includes, ...sources],
      ...['-o', addon, ...libraries, `-Wl,-rpath,${dirname(libraries[0])}`],
    ],
    'Compiling failed; the compiler says why above.',
  );
}

/** Multiplies two matrices in a process of its own. */
function tryIt() {
  const code = `
    const tf = require(${JSON.stringify(tfjsNode)});
    const [x] = tf.matMul(tf.ones([2, 3]), tf.ones([3, 2])).dataSync();
    if (x !== 3) throw new Error('1·1 + 1·1 + 1·1 is ' + x);
    console.log('tfjs-node ' + tf.version['tfjs-node'] + ' on the backend ' + tf.getBackend());`;
  const env = { ...process.env, TF_CPP_MIN_LOG_LEVEL: '1' };
  return execFileSync(process.execPath, ['-e', code], { encoding: 'utf8', env }).trim();
}
