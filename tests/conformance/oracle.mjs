// Runs the reference connector on cases read as JSON lines from stdin and answers each with one JSON line.
//
//   node oracle.mjs <directory that holds node_modules>
//
// A line is one of
//   {"config": "<JSON text>", "customer_id": …, "secret_key": …, "cases": [{"event": …, "now_ms": …,
//    "normalize_as"?: …, "raw_or_normalized"?: true}, …]}
//     → {"answers": [{action, matched, redirect, ajax, ajax_redirect, cookies, error}, …]}
//   {"normalize": [<URL>, …]}
//     → {"normalized": [<URL>, …]}
//
// What is here is only what every platform must supply: the request of a CloudFront viewer-request event, a place to
// put cookies, HMAC-SHA256 and URL normalization. The clock stands still at each case's `now_ms`.
//
// Two ways to ask for what we do differently on purpose: `normalize_as` is the URL to normalize instead of the page's,
// and with `raw_or_normalized` the reference's own evaluator is asked about both forms of the URL and the rest decided
// with the integration so found.

import { createHmac } from "node:crypto";
import { createRequire } from "node:module";
import { createInterface } from "node:readline";

const require = createRequire(`${process.argv[2]}/`);
const { KnownUser, DefaultNormalizationProvider } = require("@queue-it/connector-javascript");
const { IntegrationEvaluator } = require(
  "@queue-it/connector-javascript/dist/IntegrationConfig/integrationConfigHelpers.js",
);

const TOKEN = "queueittoken";
let frozenMs = 0;
const RealDate = Date;
globalThis.Date = class extends RealDate {
  constructor(...parts) {
    if (parts.length === 0) super(frozenMs);
    else super(...parts);
  }
  static now() {
    return frozenMs;
  }
};

const nameOf = (segment) => segment.split("=", 1)[0].toLowerCase();
const valueOf = (segment) => segment.slice(segment.indexOf("=") + 1 || segment.length);

function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}

function readRequest(event) {
  const { request } = event.Records[0].cf;
  const header = (name) => (request.headers[String(name ?? "").toLowerCase()] ?? []).map((line) => line.value);
  const pairs = header("cookie")
    .flatMap((line) => line.split(";"))
    .filter((pair) => pair.includes("="))
    .map((pair) => [pair.slice(0, pair.indexOf("=")).trim(), pair.slice(pair.indexOf("=") + 1).trim()]);
  const segments = request.querystring ? request.querystring.split("&") : [];
  const kept = segments.filter((segment) => nameOf(segment) !== TOKEN).join("&");
  const inQuery = segments
    .filter((segment) => nameOf(segment) === TOKEN)
    .map((segment) => decoded(valueOf(segment)))
    .find((value) => value);
  const page = `https://${header("host")[0]}${request.uri}`;
  return {
    token: inQuery ?? header("x-queueittoken").join(", "),
    pureUrl: kept ? `${page}?${kept}` : page,
    http: {
      getUserAgent: () => header("user-agent").join(", "),
      getHeader: (name) => header(name).join(String(name).toLowerCase() === "cookie" ? "; " : ", "),
      getAbsoluteUri: () => (request.querystring ? `${page}?${request.querystring}` : page),
      getUserHostAddress: () => request.clientIp,
      getCookieValue: (name) => {
        const pair = pairs.find(([key]) => key === name);
        return pair && (decoded(pair[1]) ?? pair[1]);
      },
      getRequestBodyAsString: () =>
        Buffer.from(request.body?.data ?? "", request.body?.encoding === "text" ? "utf8" : "base64").toString("utf8"),
    },
  };
}

function matchRawOrNormalized(config, pureUrl, context) {
  const matches = (integration, normalized) =>
    new IntegrationEvaluator().getMatchedIntegrationConfig(
      { ...config, Integrations: [{ ...integration, IsNormalizationEnabled: normalized }] }, pureUrl, context,
    ) !== null;
  return config.Integrations.find((integration) => {
    const [raw, normalized] = [matches(integration, false), matches(integration, true)];
    return ["Queue", "Cancel"].includes(integration.ActionType) ? raw || normalized : raw && normalized;
  }) ?? null;
}

async function answer(group, { event, now_ms: nowMs, normalize_as: normalizeAs, raw_or_normalized: either }) {
  frozenMs = nowMs;
  const { token, pureUrl, http } = readRequest(event);
  const cookies = [];
  const context = {
    getHttpRequest: () => http,
    getHttpResponse: () => ({ setCookie: (...cookie) => cookies.push(cookie) }),
    getCryptoProvider: () => ({
      getSha256Hash: (key, text) => createHmac("sha256", key).update(text).digest("hex"),
    }),
    getEnqueueTokenProvider: () => null,
    getNormalizationProvider: () => ({
      normalizeUrl: (url) => new DefaultNormalizationProvider().normalizeUrl(normalizeAs ?? url),
    }),
    getVerifyActionService: () => ({ verify: async () => true }),
  };
  try {
    const config = JSON.parse(group.config);
    let integration;
    let configText = group.config;
    if (either) {
      integration = matchRawOrNormalized(config, pureUrl, context);
      const always = integration && { ...integration, Triggers: [{ LogicalOperator: "And", TriggerParts: [] }] };
      configText = JSON.stringify({ ...config, Integrations: always ? [always] : [] });
    } else {
      integration = new IntegrationEvaluator().getMatchedIntegrationConfig(config, pureUrl, context);
    }
    const result = await KnownUser.validateRequestByIntegrationConfig(
      pureUrl, token, configText, group.customer_id, group.secret_key, context, "",
    );
    return {
      action: result.actionType,
      matched: integration === null ? null : config.Integrations.indexOf(integration),
      redirect: result.redirectUrl || null,
      ajax: Boolean(result.isAjaxResult),
      ajax_redirect: result.getAjaxRedirectUrl(),
      cookies,
      error: null,
    };
  } catch (error) {
    return { action: null, matched: null, redirect: null, ajax: false, ajax_redirect: "", cookies, error: `${error}` };
  }
}

for await (const line of createInterface({ input: process.stdin, crlfDelay: Infinity })) {
  const asked = JSON.parse(line);
  let reply;
  if (asked.normalize) {
    const provider = new DefaultNormalizationProvider();
    reply = { normalized: asked.normalize.map((url) => provider.normalizeUrl(url)) };
  } else {
    const answers = [];
    for (const one of asked.cases) answers.push(await answer(asked, one));
    reply = { answers };
  }
  process.stdout.write(`${JSON.stringify(reply)}\n`);
}
