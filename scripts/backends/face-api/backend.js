#!/usr/bin/env node
// SPDX-License-Identifier: 0BSD
'use strict';
/*
 * face-api (the nets of @vladmandic/face-api: SSD-MobileNet, 68 points, a descriptor of
 * 128 numbers, age and gender) as an external program for misid, on TensorFlow.js's
 * WebAssembly engine. What it needs is brought once by the script `install` beside it;
 * here nothing is looked for in the network.
 *
 *   misid backend check 'exec:command=node backend.js'
 */
const fs = require('fs');
const os = require('os');
const path = require('path');
const readline = require('readline');
const vm = require('vm');

// Only answers may go to stdout.
console.log = console.info = console.debug = console.error;

const data = process.env.XDG_DATA_HOME || path.join(os.homedir(), '.local/share');
const folder = path.join(data, 'misid/face-api');
const lock = path.join(__dirname, 'package-lock.json');
const engine = 'tfjs-backend-wasm-simd.wasm';
const dimension = 128;
const choices = ['prominent', 'largest', 'central', 'box', 'only'];
const settings = { choose: 'prominent', margin: '0', score: '0.5' };

let faceapi; // the library, from open on
let memory; // the descriptor of the shared memory
let detection; // the options of the detector
let margin; // what is added on each side, of the longer side

function hello(request) {
  memory = request.memory.fd;
  return {
    protocol: 1,
    name: 'face-api',
    version: '1.7.15',
    about: 'SSD-MobileNet, 68 points and the nets of @vladmandic/face-api',
    capabilities: ['class', 'template', 'faces', 'quality'],
    options: [
      { name: 'choose', default: settings.choose,
        help: `of several faces: ${choices.join(', ')}` },
      { name: 'margin', default: settings.margin,
        help: 'black added on each side, of the longer side: it misses faces that fill the '
          + 'picture' },
      { name: 'score', default: settings.score,
        help: 'a face is what the detector scores this at least, from 0 to 1' },
    ],
  };
}

/*
 * The published bundle is made for browsers: it is given the little of one that it looks
 * for, and no `process`, by which it would know Node. Its engine asks for its WebAssembly
 * by fetch(), which here reads a file of the folder.
 */
async function load() {
  const file = path.join(folder, 'face-api.js');
  const source = `${fs.readFileSync(file, 'utf8')}\nreturn faceapi;`;
  const names = ['window', 'document', 'process', 'fetch'];
  const library = vm.compileFunction(source, names, { filename: file })(
    { document: {} }, {}, undefined, async (name) => new Response(
      fs.readFileSync(path.join(folder, path.basename(name))),
      { headers: { 'content-type': 'application/wasm' } }));
  const { tf, env } = library;
  env.setEnv({ ...env.createNodejsEnv(), readFile: (name) => fs.promises.readFile(name) });
  tf.env().set('WASM_HAS_SIMD_SUPPORT', true);
  tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
  tf.setWasmPaths(folder + path.sep);
  if (!await tf.setBackend('wasm')) throw new Error(`${engine} cannot be run`);
  await tf.ready();
  const { nets } = library;
  for (const net of [nets.ssdMobilenetv1, nets.faceLandmark68Net, nets.faceRecognitionNet,
    nets.ageGenderNet]) await net.loadFromDisk(folder);
  return library;
}

function share(name) {
  const value = Number(settings[name]);
  if (!settings[name].trim() || !(value >= 0 && value <= 1))
    throw new Error(`${name} is ${settings[name]}, expected 0 to 1`);
  return value;
}

async function open(request) {
  Object.assign(settings, request.settings);
  const score = share('score');
  margin = share('margin');
  if (!choices.includes(settings.choose))
    throw new Error(`choose is ${settings.choose}, expected ${choices.join(', ')}`);
  const installed = path.join(folder, 'package-lock.json');
  if (!fs.existsSync(installed) || !fs.readFileSync(installed).equals(fs.readFileSync(lock)))
    throw new Error(`not in ${folder}, or of another version: run ${__dirname}/install`);
  faceapi = await load();
  detection = new faceapi.SsdMobilenetv1Options({ minConfidence: score, maxResults: 100 });
  const parts = fs.readdirSync(folder).filter((f) => /\.(bin|js|wasm)$|_manifest\.json$/.test(f));
  return {
    dimension,
    similarity: 'euclidean',
    native: [0.6],
    files: [lock, ...parts.sort().map((f) => path.join(folder, f))],
  };
}

function pixels(image) {
  const row = 3 * image.width;
  const bytes = new Uint8Array(row * image.height);
  for (let y = 0; y < image.height; y++) {
    // One read for all rows where none of them is padded.
    const rows = image.stride === row ? image.height : 1;
    let at = y * row;
    const end = at + rows * row;
    while (at < end) {
      const n = fs.readSync(memory, bytes, at, end - at,
        image.at + y * image.stride + at - y * row);
      if (!n) throw new Error('pixels are missing');
      at += n;
    }
    y += rows - 1;
  }
  return bytes;
}

const area = (b) => Math.max(0, b.width) * Math.max(0, b.height);

// How much two boxes share of their union.
function overlap(a, b) {
  const shared = area({
    width: Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x),
    height: Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y),
  });
  return shared ? shared / (area(a) + area(b) - shared) : 0;
}

// What the faces are sorted by, the largest first.
function merit(box, image) {
  const off = ((box.x + box.width / 2 - image.width / 2) ** 2
    + (box.y + box.height / 2 - image.height / 2) ** 2);
  switch (settings.choose) {
    case 'largest': return area(box);
    case 'central': return -off;
    case 'box':
      if (image.box) {
        const [x, y, width, height] = image.box;
        return overlap(box, { x, y, width, height });
      }
      // falls through: without a box as prominent
    default: return area(box) - 2 * off;
  }
}

// The detector's box, in pixels of the image without its margin.
function place(detected, border) {
  const { x, y, width, height } = detected.box;
  return { x: x - border, y: y - border, width, height };
}

function describe(found, image, border, wanted) {
  const box = place(found.detection, border);
  const face = {
    status: 'ok',
    box: [box.x, box.y, box.width, box.height],
    quality: found.detection.score,
  };
  if (wanted.class) {
    face.label = found.gender;
    face.confidence = Math.min(1, found.genderProbability);
    face.attributes = { age: found.age.toFixed(1) };
  }
  if (wanted.template) {
    if (wanted.faces) {
      face.template = Array.from(found.descriptor);
    } else {
      const { at } = image.template;
      fs.writeSync(memory, found.descriptor, 0, 4 * dimension, at);
      face.template = { at, len: 4 * dimension };
    }
  }
  return face;
}

async function look(image, wanted, most) {
  const { tf } = faceapi;
  const border = Math.round(margin * Math.max(image.width, image.height));
  const sides = [border, border];
  const tensor = tf.tidy(() => tf.pad3d(
    tf.tensor3d(pixels(image), [image.height, image.width, 3], 'int32'),
    [sides, sides, [0, 0]]));
  const score = (d) => merit(place(d, border), image);
  try {
    const task = faceapi.detectAllFaces(tensor, detection);
    let found = (await task.run()).filter((d) => area(d.box) > 0);
    found.sort((a, b) => score(b) - score(a));
    if (settings.choose === 'box' && image.box)
      found = found.filter((d) => score(d) > 0);
    if (!found.length) return { status: 'no-face', faces: [] };
    if (settings.choose === 'only' && found.length > 1)
      return { status: 'several-faces', reason: `${found.length} faces`, faces: [] };
    found = found.slice(0, wanted.faces ? most : 1);
    // The next nets see these faces only.
    task.run = async () => found;
    let next = task.withFaceLandmarks();
    if (wanted.template) next = next.withFaceDescriptors();
    if (wanted.class) next = next.withAgeAndGender();
    const faces = (await next).map((f) => describe(f, image, border, wanted));
    return { status: 'ok', faces };
  } finally {
    tensor.dispose();
  }
}

async function process_(request) {
  const wanted = Object.fromEntries(request.want.map((w) => [w, true]));
  const images = [];
  for (const image of request.images) {
    try {
      images.push(await look(image, wanted, request.faces));
    } catch (e) {
      images.push({ status: 'error', reason: `${e.name}: ${e.message}`, faces: [] });
    }
  }
  return { images };
}

const calls = { hello, open, process: process_, close: () => ({}) };

async function main() {
  for await (const line of readline.createInterface({ input: process.stdin })) {
    const request = JSON.parse(line);
    let answer;
    try {
      answer = await calls[request.call](request);
    } catch (e) { // the call failed; the program goes on
      answer = { error: e.message };
    }
    answer.id = request.id;
    process.stdout.write(`${JSON.stringify(answer)}\n`);
  }
}

main();
