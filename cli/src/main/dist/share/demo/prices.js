// The shop's prices: a gRPC service, shop.Prices/Get, with gRPC's health protocol.
'use strict';
const http2 = require('node:http2');

const OK = 0;
const INVALID_ARGUMENT = 3;
const UNIMPLEMENTED = 12;

function framed(message) {
  const prefix = Buffer.alloc(5);
  prefix.writeUInt32BE(message.length, 1);
  return Buffer.concat([prefix, message]);
}

// message { string id = 1; } is answered by message { uint32 cents = 1; }
function get(message) {
  const id = message[0] === 0x0a ? message.subarray(2, 2 + message[1]).toString() : '';
  if (!/^[\w-]{1,100}$/.test(id)) return [INVALID_ARGUMENT, 'lacks an id'];
  console.log(`id=${id}`);
  return [OK, Buffer.from([0x08, 0xcf, 0x0f])]; // 1999
}

const methods = {
  '/shop.Prices/Get': get,
  '/grpc.health.v1.Health/Check': () => [OK, Buffer.from([0x08, 0x01])], // SERVING
};

const server = http2.createServer();
const sessions = new Set();
server.on('session', (session) => {
  sessions.add(session);
  session.on('close', () => sessions.delete(session));
  session.on('error', () => {});
});
server.on('stream', (stream, headers) => {
  const chunks = [];
  stream.on('error', () => {});
  stream.on('data', (chunk) => chunks.push(chunk));
  stream.on('end', () => {
    const method = methods[headers[':path']];
    const head = { ':status': 200, 'content-type': 'application/grpc' };
    const [status, result] = method
      ? method(Buffer.concat(chunks).subarray(5))
      : [UNIMPLEMENTED, `no method ${headers[':path']}`];
    if (stream.destroyed) return;
    if (status !== OK) {
      stream.respond({ ...head, 'grpc-status': status, 'grpc-message': result }, { endStream: true });
      return;
    }
    stream.respond(head, { waitForTrailers: true });
    stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': OK }));
    stream.end(framed(result));
  });
});
server.listen(Number(process.env.PORT || 9000));
process.on('SIGTERM', () => {
  server.close(() => process.exit(0));
  sessions.forEach((session) => session.close());
});
