// The shop's front: answers GET /shop?id=ID from orders (HTTP), catalog (HTTP) and prices (gRPC).
'use strict';
const http = require('node:http');
const http2 = require('node:http2');

const DEADLINE_MS = 5000;
const PORT = Number(process.env.PORT || 8080);
// As curl and Python have it: an HTTP proxy for everything. Node's own client does not look there.
const PROXY = process.env.http_proxy && new URL(process.env.http_proxy);

function get(url) {
  const target = new URL(url);
  const options = PROXY
    ? { host: PROXY.hostname, port: PROXY.port, path: url, headers: { host: target.host } }
    : { host: target.hostname, port: target.port || 80, path: target.pathname + target.search };
  return new Promise((resolve, reject) => {
    const request = http.get({ ...options, timeout: DEADLINE_MS }, (answer) => {
      const chunks = [];
      answer.on('data', (chunk) => chunks.push(chunk));
      answer.on('error', reject);
      answer.on('end', () => {
        const text = Buffer.concat(chunks).toString();
        if (answer.statusCode !== 200) {
          reject(new Error(`${url} answered ${answer.statusCode}: ${text.trim()}`));
        } else {
          resolve(JSON.parse(text));
        }
      });
    });
    request.on('timeout', () => request.destroy(new Error(`${url} gave no answer`)));
    request.on('error', (e) => reject(new Error(`${url}: ${e.message}`)));
  });
}

// One connection for all calls, opened again when it has ended, as gRPC clients do.
let prices;
function pricesSession() {
  if (!prices || prices.closed || prices.destroyed) {
    const session = http2.connect(PROXY ? PROXY.origin : 'http://prices:9000');
    const forget = () => {
      if (prices === session) prices = undefined;
    };
    session.on('error', forget).on('goaway', forget).on('close', forget);
    prices = session;
  }
  return prices;
}

// shop.Prices/Get: message { string id = 1; }, answered by message { uint32 cents = 1; }.
function price(id) {
  return new Promise((resolve, reject) => {
    const fail = (why) => reject(new Error(`grpc prices: ${why}`));
    const text = Buffer.from(id);
    const message = Buffer.concat([Buffer.from([0x0a, text.length]), text]);
    const prefix = Buffer.alloc(5);
    prefix.writeUInt32BE(message.length, 1);
    const call = pricesSession().request({
      ':method': 'POST', ':path': '/shop.Prices/Get', ':authority': 'prices:9000',
      'content-type': 'application/grpc', te: 'trailers', 'grpc-timeout': `${DEADLINE_MS}m`,
    });
    const chunks = [];
    let status;
    let reason = '';
    const readStatus = (headers) => {
      if (headers['grpc-status'] !== undefined) {
        status = headers['grpc-status'];
        reason = headers['grpc-message'] || '';
      }
    };
    call.setTimeout(DEADLINE_MS, () => call.close(http2.constants.NGHTTP2_CANCEL));
    call.on('response', readStatus);
    call.on('trailers', readStatus);
    call.on('data', (chunk) => chunks.push(chunk));
    call.on('error', (e) => fail(e.message));
    call.on('close', () => {
      const body = Buffer.concat(chunks);
      if (status !== '0') fail(`status ${status} ${reason}`);
      else if (body.length < 7 || body[5] !== 0x08) fail(`answered ${body.toString('hex')}`);
      else resolve(varint(body, 6));
    });
    call.end(Buffer.concat([prefix, message]));
  });
}

function varint(bytes, from) {
  let value = 0;
  for (let i = from, shift = 0; i < bytes.length; i += 1, shift += 7) {
    value += (bytes[i] & 0x7f) * 2 ** shift;
    if (bytes[i] < 0x80) break;
  }
  return value;
}

const server = http.createServer(async (request, answer) => {
  const url = new URL(request.url, 'http://web');
  const id = url.searchParams.get('id') || '';
  const send = (status, body) => {
    answer.writeHead(status, { 'content-type': 'application/json' });
    answer.end(`${JSON.stringify(body)}\n`);
  };
  if (url.pathname !== '/shop' || !/^[\w-]{1,100}$/.test(id)) {
    send(404, { error: 'GET /shop?id=ID' });
    return;
  }
  console.log(`id=${id}`);
  try {
    const [order, item, cents] = await Promise.all([
      get(`http://orders/order?id=${id}`), get(`http://catalog/item.json?id=${id}`), price(id),
    ]);
    send(200, { id, order, item, cents });
  } catch (e) {
    console.error(`failed id=${id}: ${e.message}`);
    send(502, { id, error: e.message });
  }
});
server.keepAliveTimeout = 60000;
server.listen(PORT);
process.on('SIGTERM', () => {
  server.close(() => process.exit(0));
  server.closeIdleConnections();
});
