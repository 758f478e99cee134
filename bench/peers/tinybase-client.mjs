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
const writing = await connect(writer);
await writing.startSync();

// A thousand rows a frame, and time for the server to take each: the package has no answer to a write.
const write = async (from, to) => {
  for (let start = from; start < to; start += 1000) {
    writer.transaction(() => {
      for (let number = start; number < Math.min(to, start + 1000); number++) {
        writer.setRow('message', `m${number}`, row(number));
      }
    });
    await pause(50);
  }
};

await write(0, rows);
await pause(1500);

const [bootstrapMillis] = await timed(createMergeableStore('fresh'), rows);

const late = createMergeableStore('late');
const [, first] = await timed(late, rows);
await first.destroy();
await write(rows, rows + missed);
await pause(1500);
const [catchUpMillis] = await timed(late, rows + missed);

console.log(JSON.stringify({bootstrapMillis, catchUpMillis}));
process.exit(0);
