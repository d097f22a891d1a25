// Runs the reference connector on cases read as JSON lines from stdin and answers each with one JSON line.
//
//   node oracle.mjs <directory that holds node_modules>
//
// A line is one of
//   {"config": "<JSON text>", "customer_id": …, "secret_key": …, "cases": [{"event": …, "now_ms": …, …}, …]}
//     → {"answers": [{matched, action, redirect, ajax, ajax_redirect, cookies, error}, …]}
//   {"normalize": [<URL>, …]}
//     → {"normalized": [<URL>, …]}
//
// What is here is only what every platform must supply: the request of a CloudFront viewer-request event, a place to
// put cookies, HMAC-SHA256 and URL normalization. The clock stands still at each case's `now_ms`.
//
// What we do differently on purpose can be asked for, case by case:
//   "normalize_as"       the URL to normalize instead of the page's
//   "raw_or_normalized"  true: the reference's own evaluator is asked about both forms of the URL
//   "matched"            the place of the integration to decide with, null for none: nothing is evaluated

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

function evaluate(config, { normalize_as: normalizeAs, raw_or_normalized: either }, pureUrl, context) {
  const provider = new DefaultNormalizationProvider();
  const evaluating = {
    ...context,
    getNormalizationProvider: () => ({ normalizeUrl: (url) => provider.normalizeUrl(normalizeAs ?? url) }),
  };
  const match = (integrations) =>
    new IntegrationEvaluator().getMatchedIntegrationConfig({ ...config, Integrations: integrations }, pureUrl, evaluating);
  if (!either) return match(config.Integrations);
  return config.Integrations.find((integration) => {
    const matches = (normalized) => match([{ ...integration, IsNormalizationEnabled: normalized }]) !== null;
    return ["Queue", "Cancel"].includes(integration.ActionType)
      ? matches(false) || matches(true)
      : matches(false) && matches(true);
  }) ?? null;
}

async function answer(group, { event, now_ms: nowMs, ...options }) {
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
    getNormalizationProvider: () => new DefaultNormalizationProvider(),
    getVerifyActionService: () => ({ verify: async () => true }),
  };
  let matched = null;
  try {
    const config = JSON.parse(group.config);
    const given = options.matched === undefined ? evaluate(config, options, pureUrl, context)
      : options.matched === null ? null : config.Integrations[options.matched];
    matched = given === null ? null : config.Integrations.indexOf(given);
    // The connector finds its integration itself, so the one that is given must be the one it finds.
    if (options.matched !== undefined || options.raw_or_normalized) {
      const always = given && { ...given, Triggers: [{ LogicalOperator: "And", TriggerParts: [] }] };
      config.Integrations = always ? [always] : [];
    }
    const result = await KnownUser.validateRequestByIntegrationConfig(
      pureUrl, token, JSON.stringify(config), group.customer_id, group.secret_key, context, "",
    );
    return {
      matched,
      action: result.actionType,
      redirect: result.redirectUrl || null,
      ajax: Boolean(result.isAjaxResult),
      ajax_redirect: result.getAjaxRedirectUrl(),
      cookies,
      error: null,
    };
  } catch (error) {
    return { matched, action: null, redirect: null, ajax: false, ajax_redirect: "", cookies, error: `${error}` };
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
