/**
 * Loaded into `convoy up` by a test (`node --import`): makes functions of Node and of xterm.js throw at the marks that the
 * test sends through a node or the API. The console itself runs as it is.
 */

import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';

const loadForShells = createRequire(new URL('../../../packages/shell/package.json', import.meta.url));
const terminalModule = '@xterm/headless';
const headless = loadForShells(terminalModule);

class PlantedFault extends TypeError {}

const { stringify } = JSON;
JSON.stringify = function (value, ...rest) {
  const text = stringify(value, ...rest);
  // Lines of logs are arrays on disk, where the mark is not meant to end anything.
  const isMarked = !Array.isArray(value) && text?.includes('plant-stringify');
  const isPlanted = isMarked || (value?.type === 'shell.output' && text.includes('plant-output'));
  if (isPlanted) throw new PlantedFault('planted in JSON.stringify');
  return text;
};

const { write } = headless.Terminal.prototype;
headless.Terminal.prototype.write = function (data, done) {
  if (typeof data === 'string') {
    if (data.includes('plant-now')) throw new PlantedFault('planted in the screen');
    if (data.includes('plant-timer')) {
      setTimeout(() => {
        throw new PlantedFault('planted in a timer of the screen');
      }, 5);
    }
    if (data.includes('plant-promise'))
      void Promise.reject(new PlantedFault('planted in a promise of the screen'));
  }
  return write.call(this, data, done);
};

const { decode } = TextDecoder.prototype;
const flag = process.env['CONVOY_PLANTED_FLAG'] ?? '';
TextDecoder.prototype.decode = function (...args) {
  if (existsSync(`${flag}-decode`)) throw new PlantedFault('planted in TextDecoder');
  return decode.apply(this, args);
};

// Work that belongs to nothing: as a fault of the console itself.
setInterval(() => {
  if (existsSync(`${flag}-core`)) throw new PlantedFault('planted in nobody’s timer');
}, 100).unref();
