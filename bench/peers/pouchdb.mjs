// pouchdb-server without its command line: express-pouchdb on LevelDB files.
import express from 'express';
import expressPouchDB from 'express-pouchdb';
import PouchDB from 'pouchdb';
import {join} from 'node:path';

const [port, folder] = process.argv.slice(2);
const Files = PouchDB.defaults({prefix: join(folder, '/')});
const app = express();
app.use(
  expressPouchDB(Files, {
    mode: 'minimumForPouchDB',
    configPath: join(folder, 'config.json'),
    logPath: join(folder, 'pouchdb.log'),
  }),
);
app.listen(Number(port), '127.0.0.1', 1024);
