// Editors of one document over y-websocket: how many keystrokes a second reach another editor, and how soon.
//   node documents-client.mjs ADDRESS WRITERS KEYSTROKES LOW_RATE_KEYSTROKES
// prints {"perSecond", "p50", "p99", "complete"}; times in milliseconds.
import WebSocket from 'ws';
import * as Y from 'yjs';
import * as decoding from 'lib0/decoding';
import * as encoding from 'lib0/encoding';

const [address, writers, keystrokes, lowRate] = [process.argv[2], ...process.argv.slice(3).map(Number)];
const WINDOW = 512; // keystrokes on their way
const PER_SECOND = 30;

function frame(update) {
  const out = encoding.createEncoder();
  encoding.writeVarUint(out, 0);
  encoding.writeVarUint(out, 2);
  encoding.writeVarUint8Array(out, update);
  return encoding.toUint8Array(out);
}

// An editor that answers the server's questions, as a provider does.
function open(onUpdate) {
  const doc = new Y.Doc();
  const socket = new WebSocket(address, { perMessageDeflate: false });
  socket.binaryType = 'arraybuffer';
  return new Promise((resolve, reject) => {
    socket.on('error', reject);
    socket.on('open', () => {
      const ask = encoding.createEncoder();
      encoding.writeVarUint(ask, 0);
      encoding.writeVarUint(ask, 0);
      encoding.writeVarUint8Array(ask, Y.encodeStateVector(doc));
      socket.send(encoding.toUint8Array(ask));
    });
    socket.on('message', (data) => {
      const input = decoding.createDecoder(new Uint8Array(data));
      if (decoding.readVarUint(input) !== 0) return;
      const kind = decoding.readVarUint(input);
      const content = decoding.readVarUint8Array(input);
      if (kind === 0) {
        const answer = encoding.createEncoder();
        encoding.writeVarUint(answer, 0);
        encoding.writeVarUint(answer, 1);
        encoding.writeVarUint8Array(answer, Y.encodeStateAsUpdate(doc, content));
        socket.send(encoding.toUint8Array(answer));
      } else if (kind === 1) {
        resolve({ doc, socket });
      } else {
        onUpdate?.(content, doc);
      }
    });
  });
}

// What an editor sends that types: one update a keystroke, each in a text of its own.
function typed(number, count) {
  const doc = new Y.Doc();
  const updates = [];
  doc.on('update', (update) => updates.push(frame(update)));
  const text = doc.getText(`text${number}`);
  for (let i = 0; i < count; i++) text.insert(i, 'x');
  return updates;
}

const pause = (millis) => new Promise((resolve) => setTimeout(resolve, millis));
let seen = 0;
let wake = () => {};
const reader = await open((update) => {
  for (const block of Y.decodeUpdate(update).structs) seen += block.length;
  wake();
});
const sockets = [];
for (let i = 0; i < writers; i++) sockets.push((await open()).socket);
const each = Math.floor(keystrokes / writers);
const queues = sockets.map((_, i) => typed(i, each + 200));
await pause(500);

async function run(from, count) {
  const total = count * writers;
  const start = seen;
  const begin = performance.now();
  let sent = 0;
  while (seen - start < total && performance.now() - begin < 60_000) {
    while (sent < total && sent - (seen - start) < WINDOW) {
      const writer = sent % writers;
      sockets[writer].send(queues[writer][from + Math.floor(sent / writers)]);
      sent++;
    }
    await new Promise((resolve) => { wake = resolve; setTimeout(resolve, 200); });
  }
  return { complete: seen - start === total, seconds: (performance.now() - begin) / 1000, total };
}

await run(0, 200);
const fast = await run(200, each);

const single = typed(writers, lowRate);
const delays = [];
for (const update of single) {
  const before = seen;
  const begin = performance.now();
  sockets[0].send(update);
  while (seen === before && performance.now() - begin < 5_000) {
    await new Promise((resolve) => { wake = resolve; setTimeout(resolve, 1_000); });
  }
  delays.push(performance.now() - begin);
  await pause(Math.max(0, 1000 / PER_SECOND - delays.at(-1)));
}
delays.sort((one, other) => one - other);
console.log(JSON.stringify({
  perSecond: fast.total / fast.seconds,
  p50: delays[Math.floor(delays.length / 2)],
  p99: delays[Math.floor(delays.length * 0.99)],
  complete: fast.complete,
}));
process.exit(0);
