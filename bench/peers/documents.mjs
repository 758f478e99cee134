// The server of the npm package `y-websocket`: documents in memory, every update to every client, nothing on disk.
import http from 'node:http';
import { WebSocketServer } from 'ws';
import utils from 'y-websocket/bin/utils';

const port = Number(process.argv[2]);
const server = http.createServer((request, response) => {
  response.writeHead(200, { 'Content-Type': 'text/plain' });
  response.end('ready');
});
new WebSocketServer({ server }).on('connection', (socket, request) => utils.setupWSConnection(socket, request));
server.listen(port, '127.0.0.1');
