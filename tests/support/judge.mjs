#!/usr/bin/env node
// Holds recorded exchanges against the contract.
//
//   judge.mjs [--partial] build/openapi.json record.jsonl...
//
// Every exchange: its operation is found by path template, the status declared, content type, body
// and headers as the contract says, refusals as problem documents. A request that was accepted must
// itself fit the contract. No answer holds SQL, a path of a file, a version of a program or a stack.
// Each operation counts as one test, and fails, too, when no exchange had
// its success status (not with --partial). Ends with the line `N passed, N failed`.
import { createReadStream, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { createInterface } from "node:readline";

// run.py installs the packages of tests/package-lock.json there.
const require = createRequire(new URL("../../build/npm/tests/", import.meta.url));
const Ajv = require("ajv");
const Ajv2020 = require("ajv/dist/2020.js");
const addFormats = require("ajv-formats");

const ALWAYS = new Set(["x-request-id", "etag", "location", "retry-after", "allow",
	"www-authenticate", "cache-control"]); // where declared; other headers are optional
const KNOWN = new Set([...ALWAYS].filter((name) => name !== "cache-control").concat(["link", "idempotency-replayed", "ratelimit", "ratelimit-policy"]));
// What the gateway may say in front of any operation.
const GATEWAY = new Set([400, 408, 413, 414, 421, 429, 431, 501, 502, 503, 504]);
const EXAMPLES_MOST = 3;

const args = process.argv.slice(2);
const partial = args[0] === "--partial" && args.shift();
const contract = JSON.parse(readFileSync(args[0], "utf8"));

const ajv = new Ajv2020({ strict: false, allErrors: true, validateFormats: true });
addFormats(ajv);
for (const [name, pattern] of Object.entries({
	"time-zone": /^[A-Za-z][A-Za-z0-9_+-]*(\/[A-Za-z0-9_+-]+)*$/,
	language: /^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/,
	country: /^[A-Z]{2}$/,
	"country-or-region": /^[A-Z]{2}(-[A-Z0-9]{1,3})?$/,
	"local-time": /^([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?$/,
	"local-end": /^(([01]\d|2[0-3]):[0-5]\d|24:00)$/,
}))
	ajv.addFormat(name, pattern);
ajv.addSchema(contract, "contract");

const escape = (part) => encodeURIComponent(part.replaceAll("~", "~0").replaceAll("/", "~1"));
const validators = new Map();

/** The validator of the schema at a place in the contract, given as the keys that lead there. */
function validator(keys) {
	const ref = "contract#/" + keys.map((key) => escape(String(key))).join("/");
	if (!validators.has(ref)) validators.set(ref, ajv.compile({ $ref: ref }));
	return validators.get(ref);
}

/** [object, keys] behind a possible $ref. */
function resolve(object, keys) {
	while (object?.$ref) {
		keys = object.$ref.slice(2).split("/").map((key) => key.replaceAll("~1", "/").replaceAll("~0", "~"));
		object = keys.reduce((at, key) => at?.[key], contract);
	}
	return [object, keys];
}

function faultsOf(validate, value) {
	if (validate(value)) return [];
	return validate.errors.map((error) => `${error.instancePath || "/"} ${error.message}` +
		(error.params.additionalProperty ? ` (${error.params.additionalProperty})` : "") +
		(error.params.allowedValues ? ` (${error.params.allowedValues.join(", ")})` : ""));
}

// ---- operations ----------------------------------------------------------------------------------
const METHODS = ["get", "put", "post", "delete", "patch"];
const operations = [];
const routes = Object.entries(contract.paths).map(([template, item]) => {
	const literal = template.replace(/[.*+?^$()|[\]\\]/g, "\\$&");
	const here = {};
	for (const method of METHODS.filter((name) => item[name])) {
		here[method] = { id: item[method].operationId, template, method, operation: item[method],
			keys: ["paths", template, method], seen: 0, succeeded: 0, statuses: new Set(), faults: new Map() };
		operations.push(here[method]);
	}
	return { template, pattern: new RegExp("^" + literal.replace(/\{[^}]+\}/g, "[^/]+") + "$"),
		parameters: (template.match(/\{/g) ?? []).length, methods: here };
}).sort((a, b) => a.parameters - b.parameters); // a literal beats a parameter
const nowhere = { id: "(no operation)", seen: 0, faults: new Map(), statuses: new Set() };

function blame(operation, exchange, sentence) {
	const key = `${exchange.status}: ${sentence}`;
	if (!operation.faults.has(key)) operation.faults.set(key, { count: 0, examples: [] });
	const fault = operation.faults.get(key);
	fault.count++;
	if (fault.examples.length < EXAMPLES_MOST)
		fault.examples.push(`${exchange.test}: ${exchange.method} ${exchange.path} ` +
			`${(exchange.body ?? "(no text)").slice(0, 400)}`);
}

// ---- one exchange --------------------------------------------------------------------------------
const mediaType = (value) => (value ?? "").split(";")[0].trim().toLowerCase();

function judgeProblem(operation, exchange) {
	const say = (sentence) => blame(operation, exchange, sentence);
	if (mediaType(exchange.headers["content-type"]) !== "application/problem+json")
		return say("a refusal that is no application/problem+json");
	let body;
	try {
		body = JSON.parse(exchange.body);
	} catch {
		return say("a problem that is no JSON");
	}
	for (const fault of faultsOf(validator(["components", "schemas", "Problem"]), body))
		say(`problem ${fault}`);
	if (body.status !== exchange.status) say("a problem whose status is not the answer's");
	if (!exchange.headers["x-request-id"]) say("a problem without X-Request-Id");
	if ([429, 502, 503, 504].includes(exchange.status) && !exchange.headers["retry-after"])
		say("no Retry-After");
	if (exchange.status === 405 && !exchange.headers.allow) say("405 without Allow");
	if (exchange.status === 401 && !exchange.headers["www-authenticate"])
		say("401 without WWW-Authenticate");
}

function judgeHeaders(operation, exchange, response, keys) {
	const declared = Object.fromEntries(Object.entries(response.headers ?? {}).map(
		([name, header]) => [name.toLowerCase(), resolve(header, [...keys, "headers", name])]));
	for (const name of KNOWN) {
		const value = exchange.headers[name];
		if (value !== undefined && !declared[name])
			blame(operation, exchange, `header ${name} is not declared`);
		if (value === undefined && declared[name] && ALWAYS.has(name))
			blame(operation, exchange, `declared header ${name} is missing`);
		if (value === undefined || !declared[name]?.[0].schema) continue;
		const [header, place] = declared[name];
		const typed = header.schema.type === "integer" ? Number(value) : value;
		for (const fault of faultsOf(validator([...place, "schema"]), typed))
			blame(operation, exchange, `header ${name} ${fault}`);
	}
}

function judgeBody(operation, exchange, response, keys) {
	const type = mediaType(exchange.headers["content-type"]);
	if (!response.content || exchange.method === "HEAD") {
		if (exchange.bytes > 0) blame(operation, exchange, "a body where there is none");
		return;
	}
	if (!response.content[type]) return blame(operation, exchange, `content type ${type || "(none)"}`);
	if (!type.endsWith("json")) return;
	let body;
	try {
		if (type === "application/x-ndjson")
			return exchange.body.split("\n").filter((line) => line).forEach((line) => JSON.parse(line));
		body = JSON.parse(exchange.body);
	} catch {
		return blame(operation, exchange, "a body that is no JSON");
	}
	for (const fault of faultsOf(validator([...keys, "content", type, "schema"]), body))
		blame(operation, exchange, `body ${fault}`);
	if (body?.chart)
		for (const fault of faultsOfChart(body.chart)) blame(operation, exchange, `chart ${fault}`);
}

// ---- charts --------------------------------------------------------------------------------------
let vegaLite; // made when the first chart comes

/** A chart is a valid Vega-Lite specification with its data inside, and refers to nothing else. */
function faultsOfChart(chart) {
	if (!vegaLite) {
		const draft7 = new Ajv({ strict: false, validateFormats: false });
		vegaLite = draft7.compile(JSON.parse(readFileSync(require.resolve("vega-lite/build/vega-lite-schema.json"), "utf8")));
		const here = { data: { values: [{ a: 1 }] }, mark: "bar", encoding: { x: { field: "a", type: "nominal" } } };
		if (faultsOfChart(here).length || !faultsOfChart({ ...here, mark: "pile" }).length ||
			!faultsOfChart({ ...here, data: { url: "x.json" } }).length)
			throw new Error("judge.mjs does not judge charts");
	}
	const faults = vegaLite(chart) ? [] : ["is no Vega-Lite specification"];
	if (!Array.isArray(chart.data?.values)) faults.push("has no data of its own");
	const visit = (value) => {
		for (const [name, inner] of Object.entries(value ?? {})) {
			if (["url", "href", "image"].includes(name) || inner === "image") faults.push(`has ${name}`);
			if (typeof inner === "object") visit(inner);
		}
	};
	visit({ ...chart, data: { ...chart.data, values: [] } }); // the rows are the report's own
	return faults;
}

/** What was accepted must have been asked as the contract says. */
function judgeRequest(operation, exchange) {
	const [wanted, keys] = resolve(operation.operation.requestBody, [...operation.keys, "requestBody"]);
	const none = exchange.request_bytes === 0 || exchange.request?.trim() === "{}"; // for the services, too
	if (!none && !wanted)
		return blame(operation, exchange, "accepted a body that the contract does not know");
	if (!exchange.request || !wanted) return;
	const type = mediaType(exchange.request_type);
	const alike = { "application/json": "application/merge-patch+json",
		"multipart/form-data": "application/x-www-form-urlencoded" }[type];
	const known = [type, alike].find((one) => one && wanted.content[one]);
	if (!known) return blame(operation, exchange, `accepted content type ${type || "(none)"}`);
	if (!known.endsWith("json")) return;
	for (const fault of faultsOf(validator([...keys, "content", known, "schema"]), JSON.parse(exchange.request)))
		blame(operation, exchange, `accepted a request whose body ${fault}`);
}

function judge(exchange) {
	const path = (exchange.path ?? "").split("?")[0];
	const route = routes.find((candidate) => candidate.pattern.test(path));
	const method = exchange.method === "HEAD" ? "get" : exchange.method.toLowerCase();
	const operation = route?.methods[method];
	if (!operation) {
		nowhere.seen++;
		if (exchange.status >= 400) judgeProblem(nowhere, exchange);
		else if (path.startsWith("/api/") && exchange.method !== "OPTIONS")
			blame(nowhere, exchange, "an answer that the contract does not know");
		return;
	}
	operation.seen++;
	operation.statuses.add(exchange.status);
	const [response, keys] = resolve(operation.operation.responses[exchange.status],
		[...operation.keys, "responses", String(exchange.status)]);
	if (exchange.status >= 400 && exchange.method !== "HEAD") judgeProblem(operation, exchange);
	if (!response) {
		if (!GATEWAY.has(exchange.status)) blame(operation, exchange, "the status is not declared");
		return;
	}
	if (exchange.status < 300) {
		operation.succeeded++;
		judgeRequest(operation, exchange);
	}
	judgeHeaders(operation, exchange, response, keys);
	if (exchange.status < 400) judgeBody(operation, exchange, response, keys);
}

// ---- what no answer may hold ----------------------------------------------------------------------
// Each with a text in which it must be found. What a caller has sent may come back to callers.
const SECRETS = {
	"SQL": [/\b(?:SELECT|INSERT INTO|UPDATE|DELETE FROM|WITH)\b[^"]{1,200}\b(?:FROM|VALUES|SET|WHERE|AS \()/,
		"UPDATE pair SET status = 1"],
	"a message of PostgreSQL": [/SQLSTATE|syntax error at|violates \S+ constraint|duplicate key value|relation \\?"|invalid input syntax|PL\/pgSQL/,
		'duplicate key value violates unique constraint "pair_id"'],
	"a path of a file": [/\/(?:usr|etc|var|tmp|home|root|proc|opt|srv|run|lib|work|build)\/[\w.-]+|\b\w+\.(?:c|h|sql|py|so)(?::\d+|\.\d)/,
		"at services/matching/pairs/pair.c:12"],
	"a version of a program": [/\b(?:nginx|PostgreSQL|libpq|ulfius|libmicrohttpd|jansson|libjwt|OpenSSL|GnuTLS|libcurl|gcc|Debian|Python)[\/ ]v?\d[\d.]*/i,
		"Server: nginx/1.22.1"],
	"a stack": [/#\d+ +0x[0-9a-f]+|\b0x[0-9a-f]{8,}|Traceback \(most|AddressSanitizer|Segmentation fault|core dumped/,
		"#3 0x55d0c0ffee in main"],
};
const leaks = { id: "(what no answer may hold)", seen: 0, faults: new Map(), statuses: new Set() };
const sent = new Set();
for (const [name, [pattern, sample]] of Object.entries(SECRETS))
	if (!pattern.test(sample)) throw new Error(`judge.mjs does not find ${name}`);

function judgeLeaks(exchange) {
	const asked = `${exchange.path}\n${exchange.request ?? ""}`;
	const answer = Object.entries(exchange.headers).map(([name, value]) => `${name}: ${value}`)
		.join("\n") + `\n${exchange.body ?? ""}`;
	leaks.seen++;
	for (const [name, [pattern]] of Object.entries(SECRETS)) {
		const every = new RegExp(pattern.source, pattern.flags + "g");
		for (const [found] of asked.matchAll(every)) sent.add(found);
		for (const [found] of answer.matchAll(every)) // a text that was sent may end a sentence
			if (!sent.has(found) && !sent.has(found.replace(/\.$/, ""))) blame(leaks, exchange, `${name}: ${found.slice(0, 100)}`);
	}
}

// ---- the report ----------------------------------------------------------------------------------
let exchanges = 0;
for (const file of args.slice(1))
	for await (const line of createInterface({ input: createReadStream(file) })) {
		const exchange = JSON.parse(line);
		exchanges++;
		judge(exchange);
		if (!/^\/(openapi\.json|docs|problems)/.test(exchange.path ?? "")) judgeLeaks(exchange);
	}

let passed = 0;
let failed = 0;
for (const operation of [...operations, nowhere, leaks]) {
	const real = operation !== nowhere && operation !== leaks;
	const silent = real && !operation.succeeded && !partial;
	if (!operation.faults.size && !silent) {
		passed += operation.seen > 0 || !real ? 1 : 0;
		continue;
	}
	failed++;
	console.log(`FAIL ${operation.id}`);
	if (silent)
		console.log(`  never answered with success (${operation.seen} exchanges; statuses: ` +
			`${[...operation.statuses].join(" ") || "none"})`);
	for (const [sentence, fault] of operation.faults) {
		console.log(`  ${sentence}  (${fault.count} times)`);
		for (const example of fault.examples) console.log(`    ${example}`);
	}
}
console.log(`${exchanges} exchanges, ${operations.length} operations`);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed ? 1 : 0;
