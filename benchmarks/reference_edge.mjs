// A CloudFront viewer-request function around the reference connector, as lean as a good one in production: the
// configuration's JSON text, the crypto of Node, and nothing done that the connector does not ask for. URL
// normalization is the connector's own and optional: without it, IsNormalizationEnabled in a configuration is ignored.
//
//   node reference_edge.mjs <directory that holds node_modules>
//
// Reads JSON lines from stdin and answers each with one:
//   {"customer_id": "…", "secret_key": "…", "config": "<JSON text>", "event": "<JSON text>", "runs": n, "normalize": bool}
//   → {"ns": <for all runs>, "result": <of the last run>}

import { createHmac } from "node:crypto";
import { createRequire } from "node:module";
import { createInterface } from "node:readline";

const require = createRequire(`${process.argv[2]}/`);
const { KnownUser, DefaultNormalizationProvider } = require("@queue-it/connector-javascript");

const NOT_CACHED = [
  ["Cache-Control", "no-cache, no-store, must-revalidate, max-age=0"],
  ["Pragma", "no-cache"],
  ["Expires", "Fri, 01 Jan 1990 00:00:00 GMT"],
  ["x-queueit-connector", "cloudfront"],
];
const NORMALIZATION = new DefaultNormalizationProvider();
const CRYPTO = { getSha256Hash: (key, text) => createHmac("sha256", key).update(text).digest("hex") };

class Context {
  constructor(request, normalize) {
    this.request = request;
    this.normalization = normalize ? NORMALIZATION : null;
    this.cookies = [];
    this.parsed = null;
  }
  getHttpRequest() {
    return this;
  }
  getHttpResponse() {
    return this;
  }
  getCryptoProvider() {
    return CRYPTO;
  }
  getNormalizationProvider() {
    return this.normalization;
  }
  getEnqueueTokenProvider() {
    return null;
  }
  getHeader(name) {
    return this.request.headers[name.toLowerCase()]?.[0].value ?? "";
  }
  getUserAgent() {
    return this.getHeader("user-agent");
  }
  getAbsoluteUri() {
    return `https://${this.getHeader("host")}${this.request.uri}?${this.request.querystring}`;
  }
  getUserHostAddress() {
    return this.request.clientIp;
  }
  getCookieValue(name) {
    if (this.parsed === null) {
      this.parsed = new Map();
      for (const line of this.request.headers.cookie ?? []) {
        for (const pair of line.value.split(";")) {
          const at = pair.indexOf("=");
          if (at > 0) this.parsed.set(pair.slice(0, at).trim(), pair.slice(at + 1).trim());
        }
      }
    }
    const value = this.parsed.get(name);
    return value && decodeURIComponent(value);
  }
  getRequestBodyAsString() {
    return this.request.body ? Buffer.from(this.request.body.data, "base64").toString() : "";
  }
  setCookie(name, value, domain, expiration, isHttpOnly, isSecure) {
    this.cookies.push(
      `${name}=${encodeURIComponent(value)}; Path=/; Expires=${new Date(expiration * 1000).toUTCString()}` +
        (domain ? `; Domain=${domain}` : "") + (isHttpOnly ? "; HttpOnly" : "") + (isSecure ? "; Secure" : ""),
    );
  }
}

function redirect(url, cookies) {
  const headers = { location: [{ key: "Location", value: url }] };
  for (const [key, value] of NOT_CACHED) headers[key.toLowerCase()] = [{ key, value }];
  if (cookies.length) headers["set-cookie"] = cookies.map((value) => ({ key: "Set-Cookie", value }));
  return { status: "302", statusDescription: "Found", headers };
}

async function handler(event, { config, normalize, customer_id, secret_key }) {
  const { request, config: { requestId } } = event.Records[0].cf;
  delete request.headers["x-queueit-handover"];
  const context = new Context(request, normalize);
  let token = "";
  let query = request.querystring;
  if (/(^|&)queueittoken=/i.test(query)) {
    token = decodeURIComponent(/(?:^|&)queueittoken=([^&]*)/i.exec(query)[1]);
    query = query.replace(/(^|&)queueittoken=[^&]*/gi, "").replace(/^&/, "");
  } else {
    token = context.getHeader("x-queueittoken");
  }
  const page = `https://${context.getHeader("host")}${request.uri}${query ? `?${query}` : ""}`;
  const result = await KnownUser.validateRequestByIntegrationConfig(
    page, token, config, customer_id, secret_key, context, "",
  );
  if (result.doRedirect()) return redirect(`${result.redirectUrl}&kupver=cloudfront-0.1.0`, context.cookies);
  if (token && result.actionType === "Queue") return redirect(page, context.cookies);
  const value = JSON.stringify({ id: requestId, cookies: context.cookies });
  request.headers["x-queueit-handover"] = [{ key: "x-queueit-handover", value }];
  return request;
}

for await (const line of createInterface({ input: process.stdin, crlfDelay: Infinity })) {
  const task = JSON.parse(line);
  const events = Array.from({ length: task.runs }, () => JSON.parse(task.event));
  let result;
  const start = process.hrtime.bigint();
  for (const one of events) result = await handler(one, task);
  const ns = Number(process.hrtime.bigint() - start);
  process.stdout.write(`${JSON.stringify({ ns, result })}\n`);
}
