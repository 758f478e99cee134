// Measures TinyBase's own client: how long a new store takes to hold every row of a server's path.
// Arguments: port, path, rows to fill with. Prints {"bootstrapMillis", "catchUpMillis"} as JSON.
import {createMergeableStore} from 'tinybase';
import {createWsSynchronizer} from 'tinybase/synchronizers/synchronizer-ws-client';
import {WebSocket} from 'ws';

const [port, path, rowsText, missedText] = process.argv.slice(2);
const rows = Number(rowsText);
const missed = Number(missedText);
const open = () => new WebSocket(`ws://127.0.0.1:${port}/${path}`);
const row = (number) => ({number, text: 'x'.repeat(200)});

const connect = async (store) => createWsSynchronizer(store, open(), 30);

const holds = (store, count, patienceMillis) =>
  new Promise((resolve, reject) => {
    const check = () => store.getRowCount('message') >= count && resolve();
    store.addTableListener('message', check);
    setTimeout(() => reject(new Error(`${store.getRowCount('message')} of ${count} rows`)), patienceMillis);
    check();
  });

const timed = async (store, count) => {
  const start = performance.now();
  const synchronizer = await connect(store);
  const done = holds(store, count, 120_000);
  await synchronizer.startSync();
  await done;
  return [performance.now() - start, synchronizer];
};

const pause = (millis) => new Promise((resolve) => setTimeout(resolve, millis));

const writer = createMergeableStore('writer');

// Some hundred rows a frame, and time for the server to take each: the package has no answer to a write.
const write = async (synchronizer, from, to) => {
  for (let start = from; start < to; start += 250) {
    writer.transaction(() => {
      for (let number = start; number < Math.min(to, start + 250); number++) {
        writer.setRow('message', `m${number}`, row(number));
      }
    });
    await pause(30);
  }
  await synchronizer.destroy();
};

// A frame that the server dropped comes with the next reconciliation: repeated until a reader holds all.
const fill = async (from, to) => {
  const first = await connect(writer);
  await first.startSync();
  await write(first, from, to);
  for (let attempt = 0; attempt < 10; attempt++) {
    const again = await connect(writer);
    await again.startSync();
    await pause(1000);
    const probe = createMergeableStore(`probe${attempt}`);
    const reading = await connect(probe);
    await reading.startSync();
    const complete = await holds(probe, to, 10_000).then(() => true, () => false);
    await reading.destroy();
    await again.destroy();
    if (complete) return;
  }
  throw new Error(`the server never held ${to} rows`);
};

await fill(0, rows);

const [bootstrapMillis, fresh] = await timed(createMergeableStore('fresh'), rows);
await fresh.destroy();

const late = createMergeableStore('late');
const [, first] = await timed(late, rows);
await first.destroy();
await fill(rows, rows + missed);
const [catchUpMillis] = await timed(late, rows + missed);

console.log(JSON.stringify({bootstrapMillis, catchUpMillis}));
process.exit(0);
