// Two identity providers that others wrote, npm's oauth2-mock-server and oidc-provider, for
// test_providers.c: it writes commands, one a line, and reads a line of JSON for each.
//
//	                           {"mock": issuer, "oidc": issuer}, or {"skip": why}; before any command
//	publish PROVIDER ALG       {"kid"}: a new key beside the others
//	token PROVIDER KID USER    {"token"}: signed with this key, for this user name
//	forge USER                 {"token"}: the mock's key and signature, the other's name as issuer
//	retire PROVIDER KID        {}: the key is published no more
//	stop PROVIDER, start PROVIDER  {}: an outage
import crypto from "node:crypto";
import http from "node:http";
import { createRequire } from "node:module";
import { createInterface } from "node:readline";

const home = new URL("../../build/npm/tests/", import.meta.url);
const say = (value) => console.log(JSON.stringify(value));
let OAuth2Server, Provider;
try {
	({ OAuth2Server } = createRequire(home)("oauth2-mock-server"));
	({ default: Provider } = await import(new URL("node_modules/oidc-provider/lib/index.js", home)));
} catch (error) {
	say({ skip: `npm's identity providers are not installed (${error.code})` });
	process.exit(0);
}

const HOST = "127.0.0.1";
const GROUP = "6f9619ff-8b86-d011-b42d-00c04fc964ff";
const shapes = {
	RS256: ["rsa", { modulusLength: 2048 }], PS256: ["rsa", { modulusLength: 2048 }],
	ES256: ["ec", { namedCurve: "P-256" }], ES512: ["ec", { namedCurve: "P-521" }],
	EdDSA: ["ed25519", {}],
};
let made = 0;
function newKey(alg) {
	const [kind, options] = shapes[alg];
	const { privateKey } = crypto.generateKeyPairSync(kind, options);
	return { ...privateKey.export({ format: "jwk" }), kid: `${alg}-${++made}`, alg, use: "sig" };
}

// ---- oauth2-mock-server: claims as some providers have them, flat and in texts -----------------
const mock = {
	keys: [newKey("RS256")], port: 0,
	async start() {
		this.server = new OAuth2Server();
		for (const key of this.keys)
			await this.server.issuer.keys.add(key);
		await this.server.start(this.port, HOST);
		this.port = this.server.address().port;
		this.issuer = this.server.issuer.url = `http://${HOST}:${this.port}`;
	},
	async stop() {
		await this.server.stop();
	},
	token(kid, user, iss) {
		return this.server.issuer.buildToken({ kid, expiresIn: 600, scopesOrTransform(_, payload) {
			Object.assign(payload, { sub: crypto.randomUUID(), aud: ["upward", "others"],
				"https://id.example/mail": `${user.split(".")[0]}@example.org`,
				scope: "openid mentoring.coordinate", ...(iss ? { iss } : {}) });
		} });
	},
};

// ---- oidc-provider: RFC 9068 access tokens by client credentials -------------------------------
const oidc = {
	keys: [newKey("RS256")], port: 0,
	reload() {
		const who = this;
		const provider = new Provider(this.issuer, {
			jwks: { keys: this.keys },
			clients: [{ client_id: "portal", client_secret: "not-a-secret", redirect_uris: [],
				response_types: [], grant_types: ["client_credentials"] }],
			features: { devInteractions: { enabled: false }, clientCredentials: { enabled: true },
				resourceIndicators: { enabled: true, getResourceServerInfo: () => ({
					scope: "api", audience: "upward", accessTokenTTL: 600, accessTokenFormat: "jwt",
					jwt: { sign: { alg: who.alg, kid: who.kid } } }) } },
			extraTokenClaims: () => ({ preferred_username: who.user,
				realm_access: { roles: ["offline_access", "mentoring-audit"] }, groups: [GROUP] }),
		});
		this.handler = provider.callback();
	},
	async start() {
		this.server = http.createServer((request, response) => this.handler(request, response));
		await new Promise((done) => this.server.listen(this.port, HOST, done));
		this.port = this.server.address().port;
		this.issuer = `http://${HOST}:${this.port}`;
		this.reload();
	},
	async stop() {
		this.server.closeAllConnections();
		await new Promise((done) => this.server.close(done));
	},
	async token(kid, user) {
		Object.assign(this, { kid, user, alg: kid.split("-")[0] });
		const answer = await fetch(`${this.issuer}/token`, { method: "POST", headers: {
			authorization: `Basic ${btoa("portal:not-a-secret")}` }, body: new URLSearchParams({
			grant_type: "client_credentials", scope: "api", resource: "urn:upward:api" }) });
		return (await answer.json()).access_token;
	},
};

const providers = { mock, oidc };
async function changed(one) {
	if (one === oidc)
		return one.reload();
	await one.stop(); // it cannot forget a key: the next one on its port never had it
	await one.start();
}
const commands = {
	async publish(of, alg) {
		const key = newKey(alg);
		providers[of].keys.push(key);
		await changed(providers[of]);
		return { kid: key.kid };
	},
	token: async (of, kid, user) => ({ token: await providers[of].token(kid, user) }),
	forge: async (user) => ({ token: await mock.token(mock.keys[0].kid, user, oidc.issuer) }),
	async retire(of, kid) {
		providers[of].keys = providers[of].keys.filter((key) => key.kid !== kid);
		await changed(providers[of]);
		return {};
	},
	stop: async (of) => (await providers[of].stop(), {}),
	start: async (of) => (await providers[of].start(), {}),
};
console.info = console.warn = () => {}; // a line of ours is an answer
await mock.start();
await oidc.start();
say({ mock: mock.issuer, oidc: oidc.issuer });
for await (const line of createInterface({ input: process.stdin })) {
	const [name, ...words] = line.split(" ");
	say(await commands[name](...words));
}
process.exit(0);
