// A plain broadcast with the npm package ws: what comes in on /write goes to every socket on /sync.
import {WebSocket, WebSocketServer} from 'ws';

const [port] = process.argv.slice(2);
const readers = new Set();
const server = new WebSocketServer({host: '127.0.0.1', port: Number(port), backlog: 1024, perMessageDeflate: false});

server.on('connection', (socket, request) => {
  if (request.url === '/write') {
    socket.on('message', (data) => {
      for (const reader of readers) {
        if (reader.readyState === WebSocket.OPEN) reader.send(data, {binary: false});
      }
    });
    return;
  }
  readers.add(socket);
  socket.on('close', () => readers.delete(socket));
  socket.on('error', () => readers.delete(socket));
});
