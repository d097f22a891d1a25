// Runs the reference connector on cases read as JSON lines from stdin and answers each with one JSON line.
//
//   node oracle.mjs <directory that holds node_modules> [<name of the connector's package there>]
//
// A line is one of
//   {"configs": ["<JSON text>", …],
//    "questions": [{"config": <place in configs>, "customer_id": …, "secret_key": …, "settings": …, "event": …,
//                   "now_ms": …, "services": …, "options": …}, …]}
//     → {"answers": [{matched, action, redirect, ajax, ajax_redirect, cookies, entries, asked, error}, …]}
//   {"normalize": [<URL>, …]}
//     → {"normalized": [<URL>, …]}
//   {"make_enqueue_tokens": [{customer_id, event_id, secret_key, now_ms, validity_ms, token_id, key, …}, …]}
//     → {"tokens": [<token>, …]}
//
// What is here is only what every platform must supply: the request of a CloudFront viewer-request event, a place to
// put cookies, HMAC-SHA256, URL normalization, the settings of enqueue tokens, and doubles of the verify and
// direct-pass services, which note what they are asked. The clock stands still at each case's `now_ms`, and the random
// UUIDs of an enqueue token are the case's.
//
// What we do differently on purpose can be asked for in `options`:
//   "normalize_as"       the URL to normalize instead of the page's
//   "folded_hosts"       true: hosts are compared in lower case, without `:443` and a final dot
//   "forms"              the forms of the URL, each {url, values}: the reference's own evaluator is asked about each;
//                        `values` are what the URL parts at these places ("integration.trigger.part") compare it with
//   "matched"            the place of the integration to decide with, null for none: nothing is evaluated

import { createHmac } from "node:crypto";
import { createRequire } from "node:module";
import { createInterface } from "node:readline";

const require = createRequire(`${process.argv[2]}/`);
const NEWEST = "@queue-it/connector-javascript";
const CONNECTOR = process.argv[3] ?? NEWEST;
const { KnownUser, DefaultNormalizationProvider } = require(CONNECTOR);
const { DefaultEnqueueTokenProvider } = require(`${CONNECTOR}/dist/defaultEnqueueTokenProvider.js`);
const { IntegrationEvaluator } = require(
  `${CONNECTOR}/dist/IntegrationConfig/integrationConfigHelpers.js`,
);
const { BaseVerifyActionService } = require(
  `${CONNECTOR}/dist/VerifyAction/baseVerifyActionService.js`,
);
const connectorHelpers = require(`${CONNECTOR}/dist/queueitHelpers.js`);
const { Payload, Token } = require("@queue-it/queue-token");
const tokenHelpers = require("@queue-it/queue-token/dist/QueueITHelpers.js");

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

let tokenId = "";
let enqueueKey = "";
tokenHelpers.Utils.generateUUID = () => tokenId;
connectorHelpers.Utils.generateUUID = () => enqueueKey;

// The diagnostics cookie's entries, which its text alone does not tell apart; they are compared for the newest engine.
let entries = {};
if (CONNECTOR === NEWEST) {
  const { DebugService } = require(`${CONNECTOR}/dist/Debugging/DebugService.js`);
  const addDebugEntry = DebugService.prototype.addDebugEntry;
  DebugService.prototype.addDebugEntry = function (name, value) {
    entries[name] = `${value}`;
    return addDebugEntry.call(this, name, value);
  };
}

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
  const header = (name) => {
    const lower = String(name ?? "").toLowerCase();
    return Object.hasOwn(request.headers, lower) ? request.headers[lower].map((line) => line.value) : [];
  };
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

function matching(config, { normalize_as: normalizeAs }, context) {
  const provider = new DefaultNormalizationProvider();
  const evaluating = {
    ...context,
    getNormalizationProvider: () => ({ normalizeUrl: (url) => provider.normalizeUrl(normalizeAs ?? url) }),
  };
  return (url, integrations) =>
    new IntegrationEvaluator().getMatchedIntegrationConfig({ ...config, Integrations: integrations }, url, evaluating);
}

const foldHost = (host) => host.toLowerCase().replace(/:443$/, "").replace(/\.+$/, "");
const foldUrl = (url) =>
  url.replace(/^(https?):\/\/([^/?#]*)/i, (_, scheme, host) => `${scheme.toLowerCase()}://${foldHost(host)}`);

// The configuration with the hosts that URL triggers compare in lower case, without `:443` and a final dot.
function foldValues(config) {
  const foldPart = (part) => {
    if (part.ValidatorType !== "UrlValidator") return part;
    const fold = { HostName: (text) => foldHost(text) || text, PageUrl: foldUrl }[part.UrlPart];
    if (!fold) return part;
    const folded = (text) => (typeof text === "string" ? fold(text) : text);
    return {
      ...part,
      ValueToCompare: folded(part.ValueToCompare),
      ValuesToCompare: Array.isArray(part.ValuesToCompare) ? part.ValuesToCompare.map(folded) : part.ValuesToCompare,
    };
  };
  const foldTrigger = (one) => ({ ...one, TriggerParts: one.TriggerParts?.map(foldPart) });
  return {
    ...config,
    Integrations: config.Integrations.map((one) => ({ ...one, Triggers: one.Triggers?.map(foldTrigger) })),
  };
}

// Copies of the integrations that look at the URL as it is given, some of their parts with other values.
function withValues(integrations, values) {
  const changedPart = (part, place) => {
    const [single, several] = values[place] ?? [part.ValueToCompare, part.ValuesToCompare];
    return { ...part, ValueToCompare: single, ValuesToCompare: several };
  };
  return integrations.map((one, i) => ({
    ...one,
    IsNormalizationEnabled: false,
    Triggers: one.Triggers?.map((trigger, t) => ({
      ...trigger,
      TriggerParts: trigger.TriggerParts?.map((part, p) => changedPart(part, `${i}.${t}.${p}`)),
    })),
  }));
}

// For each form of the URL the place of the integration that it reaches, null for none.
function reach(config, options, pureUrl, context) {
  const match = matching(options.folded_hosts ? foldValues(config) : config, options, context);
  const folded = options.folded_hosts ? foldValues(config).Integrations : config.Integrations;
  if (options.forms === undefined) {
    const found = match(options.folded_hosts ? foldUrl(pureUrl) : pureUrl, folded);
    return [found === null ? null : folded.indexOf(found)];
  }
  return options.forms.map(({ url, values }) => {
    const asGiven = withValues(folded, values);
    const found = match(url, asGiven);
    return found === null ? null : asGiven.indexOf(found);
  });
}

function enqueueTokenProvider({ settings, customer_id: customerId, secret_key: secretKey }, http) {
  const wanted = settings.enqueue_token;
  if (!wanted?.enabled) return null;
  return new DefaultEnqueueTokenProvider(
    customerId, secretKey, wanted.validity_seconds * 1000, wanted.client_ip ? http.getUserHostAddress() : "",
    wanted.key, Token, Payload, wanted.x_forwarded_for ? http.getHeader("x-forwarded-for") : "",
  );
}

function verifyService({ settings, services }, http, asked) {
  if (!settings.verify) return { verify: async () => true };
  return new (class extends BaseVerifyActionService {
    async postVerifyActionAsync(customerId, waitingRoomId, queueId, limit, apiKey, fields) {
      asked.push({ service: "verify", customerId, waitingRoomId, queueId, limit, key: apiKey, fields });
      if (services.verify === "failed") throw new Error("the verify service does not answer");
      return { actionAllowed: services.verify === "allowed" };
    }
  })(http);
}

function directActionProvider({ settings, services }, asked) {
  if (!settings.direct_pass) return { getSettings: () => ({ disabled: true, proxyKey: "" }) };
  return {
    getSettings: () => ({
      disabled: false,
      proxyKey: settings.proxy_key,
      directPass: { timeoutMillis: settings.direct_pass.timeout_ms },
    }),
    tryDirectPass: async (
      customerId, waitingRoomId, actionName, protectedUrl, key, clientIp, userAgent, referer, timeout, _version, debug,
    ) => {
      asked.push({
        service: "direct_pass", customerId, waitingRoomId, key, clientIp, userAgent, referer, timeout,
        fields: { protectedUrl, actionName },
      });
      if (services.direct_pass === "failed") throw new Error("the direct-pass service does not answer");
      if (debug.isConnectorDiagnosticEnabled()) {
        debug.addDebugEntry("DirectActionHttpReponseCode", "200");
        debug.addDebugEntry("DirectActionHttpResponseBody", services.direct_pass_body);
      }
      return { hasPassed: services.direct_pass === "passed", queueitToken: services.direct_pass_token };
    },
  };
}

async function answer(question, configText) {
  const { event, options, services } = question;
  frozenMs = question.now_ms;
  tokenId = services.token_id;
  enqueueKey = services.key;
  const { token, pureUrl, http } = readRequest(event);
  const cookies = [];
  const asked = [];
  entries = {};
  const context = {
    getHttpRequest: () => http,
    getHttpResponse: () => ({ setCookie: (...cookie) => cookies.push(cookie) }),
    getCryptoProvider: () => ({
      getSha256Hash: (key, text) => createHmac("sha256", key).update(text).digest("hex"),
    }),
    getEnqueueTokenProvider: () => enqueueTokenProvider(question, http),
    getNormalizationProvider: () => new DefaultNormalizationProvider(),
    getVerifyActionService: () => verifyService(question, http, asked),
    getDirectActionProvider: () => directActionProvider(question, asked),
  };
  let matched = null;
  let reached = [];
  try {
    const config = JSON.parse(configText);
    reached = options.matched === undefined ? reach(config, options, pureUrl, context) : [options.matched];
    [matched] = reached;
    const given = matched === null ? null : config.Integrations[matched];
    let text = configText;
    // The connector finds its integration itself, so the one that is given must be the one it finds.
    if (Object.keys(options).length > 0) {
      const always = given && { ...given, Triggers: [{ LogicalOperator: "And", TriggerParts: [] }] };
      text = JSON.stringify({ ...config, Integrations: always ? [always] : [] });
    }
    const result = await KnownUser.validateRequestByIntegrationConfig(
      pureUrl, token, text, question.customer_id, question.secret_key, context, question.settings.api_key,
    );
    return {
      matched,
      reached,
      action: result.actionType,
      redirect: result.redirectUrl || null,
      ajax: Boolean(result.isAjaxResult),
      ajax_redirect: result.getAjaxRedirectUrl(),
      cookies,
      entries,
      asked,
      error: null,
    };
  } catch (error) {
    return {
      matched, reached, action: null, redirect: null, ajax: false, ajax_redirect: "", cookies, entries, asked, error: `${error}`,
    };
  }
}

function makeEnqueueToken(asked) {
  frozenMs = asked.now_ms;
  tokenId = asked.token_id;
  let payload = Payload.Enqueue();
  if (asked.key) payload = payload.WithKey(asked.key);
  return Token.Enqueue(asked.customer_id)
    .WithPayload(payload.WithOrigin("Connector").Generate())
    .WithEventId(asked.event_id)
    .WithIpAddress(asked.client_ip, asked.forwarded_for)
    .WithValidity(asked.validity_ms)
    .Generate(asked.secret_key).Token;
}

async function reply(asked) {
  if (asked.normalize) {
    const provider = new DefaultNormalizationProvider();
    return { normalized: asked.normalize.map((url) => provider.normalizeUrl(url)) };
  }
  if (asked.make_enqueue_tokens) return { tokens: asked.make_enqueue_tokens.map(makeEnqueueToken) };
  const answers = [];
  for (const one of asked.questions) answers.push(await answer(one, asked.configs[one.config]));
  return { answers };
}

for await (const line of createInterface({ input: process.stdin, crlfDelay: Infinity })) {
  process.stdout.write(`${JSON.stringify(await reply(JSON.parse(line)))}\n`);
}
