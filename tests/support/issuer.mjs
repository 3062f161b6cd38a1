// An identity provider that shares no code with the services: keys made and tokens signed by Node's
// OpenSSL, in the shapes that npm's oidc-provider gives them (RFC 9068: typ at+jwt, client_id, scope,
// jti; public keys with or without alg).
//
//	node issuer.mjs ISS AUD SUB    prints {"keys": [JWK …], "tokens": {"<kid>": "<token>" …}}
import crypto from "node:crypto";

const [iss, aud, sub] = process.argv.slice(2);
const pss = (hash) => ({ hash, padding: crypto.constants.RSA_PKCS1_PSS_PADDING,
	saltLength: crypto.constants.RSA_PSS_SALTLEN_DIGEST });
const ec = (hash) => ({ hash, dsaEncoding: "ieee-p1363" });
const rsa = { modulusLength: 2048 };

// kid, alg, kind and options of the key, whether the published key names its alg, how to sign
const rows = [
	["rs256", "RS256", "rsa", rsa, false, { hash: "sha256" }],
	["rs512", "RS512", "rsa", rsa, true, { hash: "sha512" }],
	["ps256", "PS256", "rsa", rsa, false, pss("sha256")],
	["ps256-named", "PS256", "rsa", rsa, true, pss("sha256")],
	["ps384", "PS384", "rsa", rsa, true, pss("sha384")],
	["ps512", "PS512", "rsa", { modulusLength: 4096 }, true, pss("sha512")],
	["es256", "ES256", "ec", { namedCurve: "P-256" }, false, ec("sha256")],
	["es384", "ES384", "ec", { namedCurve: "P-384" }, false, ec("sha384")],
	["es512", "ES512", "ec", { namedCurve: "P-521" }, false, ec("sha512")],
	["ed25519", "EdDSA", "ed25519", {}, false, { hash: null }],
	["ed448", "EdDSA", "ed448", {}, true, { hash: null }],
];
const part = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
const now = Math.floor(Date.now() / 1000);
const keys = [];
const tokens = {};
for (const [kid, alg, kind, options, named, how] of rows) {
	const { publicKey, privateKey } = crypto.generateKeyPairSync(kind, options);
	const { hash, ...form } = how;
	keys.push({ ...publicKey.export({ format: "jwk" }), kid: `node-${kid}`, use: "sig",
		...(named ? { alg } : {}) });
	const text = `${part({ alg, typ: "at+jwt", kid: `node-${kid}` })}.${part({
		jti: crypto.randomUUID(), sub, iat: now, exp: now + 600, scope: "openid api",
		client_id: "portal", iss, aud })}`;
	const signature = crypto.sign(hash, Buffer.from(text), { key: privateKey, ...form });
	tokens[`node-${kid}`] = `${text}.${signature.toString("base64url")}`;
}
console.log(JSON.stringify({ keys, tokens }));
