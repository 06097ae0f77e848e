// An origin for ./ondine it differential: Node's http. Logs each request as it sees its head.
const fs = require('fs');
const http = require('http');

const log = fs.openSync(process.argv[3], 'a');
const server = http.createServer((request, response) => {
  const id = request.headers['x-request-id'] || '-';
  fs.writeSync(log, Buffer.from(`${id} ${request.method} ${request.url}\n`, 'latin1'));
  request.resume();
  request.on('end', () => response.end('ok\n'));
});
server.keepAliveTimeout = 60_000;
server.listen(Number(process.argv[2]), '127.0.0.1');
