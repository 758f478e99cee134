// TinyBase's WebSocket server, as its documentation starts it, with one file per path.
import {createMergeableStore} from 'tinybase';
import {createFilePersister} from 'tinybase/persisters/persister-file';
import {createWsServer} from 'tinybase/synchronizers/synchronizer-ws-server';
import {WebSocketServer} from 'ws';
import {join} from 'node:path';

const [port, folder] = process.argv.slice(2);
createWsServer(
  new WebSocketServer({host: '127.0.0.1', port: Number(port)}),
  (path) => createFilePersister(createMergeableStore(), join(folder, `${path.replaceAll(/[^a-z0-9]/gi, '_')}.json`)),
);
