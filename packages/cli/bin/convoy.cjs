#!/usr/bin/env node
/*
 * The `convoy` command. Whatever runs it must be able to read this file, in order to say that it is too old: hence no
 * syntax that is younger than ES5.
 */
'use strict';

/** Why the command cannot run here, as one sentence; undefined if it can. */
function refusal(versions) {
  var needed = 'Node.js 22.18 or later is needed';
  var other = versions.bun ? 'Bun ' + versions.bun : versions.deno ? 'Deno ' + versions.deno : undefined;
  if (other) return needed + '; this is ' + other + ', on which only the library @convoy/node runs';
  var parts = versions.node.split('.').map(Number);
  // Node.js 23 got what 22.18 has with 23.6.
  var isOld = parts[0] < 22 || (parts[0] === 22 && parts[1] < 18) || (parts[0] === 23 && parts[1] < 6);
  return isOld ? needed + '; this is ' + versions.node + ' (' + process.execPath + ')' : undefined;
}

var reason = refusal(process.versions);
if (reason) {
  process.stderr.write('convoy: ' + reason + '\n');
  // Wrong usage: nothing was attempted.
  process.exitCode = 2;
} else {
  require('./start.cjs');
}
