// Serves the site the ways Node's web servers do, each at a Unix socket: node node_origins.mjs PACKAGES SITE SOCKETS
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const [packages, site, sockets] = process.argv.slice(2);
const require = createRequire(join(packages, 'package.json'));
const express = require('express');
const serveStatic = require('serve-static');

const MARK = 'the protected page';

const files = serveStatic(site);
const plain = (request, response) => files(request, response, () => {
  response.writeHead(404, { 'content-length': 0 });
  response.end();
});

const mounted = express();
mounted.use('/tickets', express.static(join(site, 'tickets')));
mounted.use('/static', express.static(join(site, 'static')));
mounted.use('/free', express.static(join(site, 'free')));

const byParameter = express();
byParameter.get('/tickets/:name', (request, response) => {
  response.status(request.params.name === 'row' ? 200 : 404).send(request.params.name === 'row' ? MARK : '');
});

for (const [name, handler] of Object.entries({
  'node-static': plain,
  'node-mounted': mounted,
  'node-parameter': byParameter,
})) createServer(handler).listen(join(sockets, name));
