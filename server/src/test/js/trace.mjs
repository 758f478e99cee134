// Replays a recorded session of two writers: each writes on a desk of its own, where the other's words
// arrive as they did in the recording, but only by way of the server.
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { check, done, open, Y } from './common.mjs';

const [base, file] = process.argv.slice(2);
const trace = JSON.parse(gunzipSync(readFileSync(file)));
// Which of two words at one place comes first depends on the writers' client ids, as in the recording.
const writers = Array.from({ length: trace.numAgents }, (_, agent) => {
  const net = open(base, 'org:5/friends');
  const desk = new Y.Doc();
  desk.clientID = agent + 1;
  return { net, desk, text: desk.getText('body'), seen: new Set() };
});
const synced = (writer) => new Promise((resolve) =>
  writer.net.provider.synced ? resolve() : writer.net.provider.once('sync', resolve));
await Promise.all(writers.map(synced));

/** Waits until a writer's side of the connection holds a unit. */
function arrived(writer, client, clock) {
  const has = () => Y.getState(writer.net.doc.store, client) >= clock;
  return has() ? undefined : new Promise((resolve) => {
    const look = () => { if (has()) { writer.net.doc.off('update', look); resolve(); } };
    writer.net.doc.on('update', look);
  });
}

const updates = [];
let carried = 0;
async function see(writer, index) {
  const open = [index];
  const missing = [];
  while (open.length > 0) {
    const at = open.pop();
    if (!writer.seen.has(at)) {
      writer.seen.add(at);
      missing.push(at);
      open.push(...trace.txns[at].parents);
    }
  }
  for (const at of missing.sort((a, b) => a - b)) {
    const { update, client, clock } = updates[at];
    if (client !== writer.desk.clientID) {
      await arrived(writer, client, clock);
      carried++;
    }
    Y.applyUpdate(writer.desk, update);
  }
}

for (const [index, txn] of trace.txns.entries()) {
  const writer = writers[txn.agent];
  for (const parent of txn.parents) await see(writer, parent);
  let update = new Uint8Array([0, 0]);
  const take = (made) => { update = made; };
  writer.desk.on('update', take);
  writer.desk.transact(() => {
    for (const [at, removed, added] of txn.patches) {
      if (removed > 0) writer.text.delete(at, removed);
      if (added !== '') writer.text.insert(at, added);
    }
  });
  writer.desk.off('update', take);
  const client = writer.desk.clientID;
  updates.push({ update, client, clock: Y.getState(writer.desk.store, client) });
  writer.seen.add(index);
  Y.applyUpdate(writer.net.doc, update);
}
const last = writers.map((w) => ({ client: w.desk.clientID, clock: Y.getState(w.desk.store, w.desk.clientID) }));
for (const writer of writers) for (const { client, clock } of last) await arrived(writer, client, clock);
const end = Date.now() + 20_000;
while (writers.some((w) => w.net.text.toString() !== trace.endContent) && Date.now() < end) {
  await new Promise((resolve) => setTimeout(resolve, 50));
}
for (const writer of writers) check(writer.net.text.toString() === trace.endContent, 'the recorded text');
done(`${trace.txns.length} transactions, ${carried} carried by the server`);
