// The work of the bench's crdt row, done by npm yjs: node --expose-gc yjs.mjs <trace> <remote> <warm-ups> <rounds>.
// Prints one object; times are processor milliseconds of the whole process, medians.
import {readFileSync} from 'node:fs';
import {gunzipSync} from 'node:zlib';
import * as Y from 'yjs';

const [file, remote, warmUps, rounds] = process.argv.slice(2);
const edits = JSON.parse(gunzipSync(readFileSync(file))).txns.flatMap((transaction) => transaction.patches);

const newDoc = (client) => {
  const doc = new Y.Doc();
  doc.clientID = client;
  return doc;
};

const type = (doc) => {
  const text = doc.getText('text');
  const shift = text.length;
  const updates = [];
  doc.on('update', (update) => updates.push(update));
  for (const [index, deleted, inserted] of edits) {
    doc.transact(() => {
      if (deleted > 0) text.delete(index + shift, deleted);
      if (inserted.length > 0) text.insert(index + shift, inserted);
    });
  }
  return updates;
};

const markedDoc = () => {
  const doc = newDoc(1);
  doc.getText('text').insert(0, 'ab');
  doc.getText('text').format(0, 1, {bold: true});
  return doc;
};

const observedDoc = () => {
  const doc = newDoc(2);
  doc.getText('text').observe((event) => event.delta);
  return doc;
};

const apply = (doc, updates) => updates.forEach((update) => Y.applyUpdate(doc, update));

const millis = (work) => {
  for (let i = 0; i < Number(warmUps); i++) work();
  const times = Array.from({length: Number(rounds)}, () => {
    const start = process.cpuUsage();
    work();
    const used = process.cpuUsage(start);
    return (used.user + used.system) / 1000;
  });
  return times.sort((one, other) => one - other)[times.length >> 1];
};

const heapMegabytes = () => {
  global.gc();
  const before = process.memoryUsage().heapUsed;
  const docs = Array.from({length: 20}, (_, i) => {
    const doc = newDoc(10 + i);
    Y.applyUpdate(doc, state);
    return doc;
  });
  global.gc();
  return (process.memoryUsage().heapUsed - before) / 1e6 / docs.length;
};

const mergeMillis = (clients) => {
  const updates = Array.from({length: clients}, (_, i) => {
    const doc = newDoc(i + 1);
    doc.getText('text').insert(0, `client ${i + 1}`);
    return Y.encodeStateAsUpdate(doc);
  });
  return millis(() => Y.mergeUpdates(updates));
};

const written = newDoc(1);
const updates = type(written);
const state = Y.encodeStateAsUpdate(written);
const first = updates.slice(0, Number(remote));

console.log(JSON.stringify({
  typed: millis(() => type(newDoc(1))),
  typedWithMark: millis(() => type(markedDoc())),
  applied: millis(() => apply(newDoc(2), updates)),
  loaded: millis(() => Y.applyUpdate(newDoc(3), state)),
  heapMegabytes: heapMegabytes(),
  remote: millis(() => apply(newDoc(2), first)),
  observed: millis(() => apply(observedDoc(), first)),
  merged1000: mergeMillis(1000),
  merged2000: mergeMillis(2000),
  merged4000: mergeMillis(4000)
}));
