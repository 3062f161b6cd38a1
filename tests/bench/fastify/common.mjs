// What both baselines read from their environment: where to listen, the database, the public key.
import { createPublicKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import pg from 'pg';

export const port = Number(process.env.PORT);
export const pool = new pg.Pool({ max: 8 }); // where: PGHOST, PGUSER, PGDATABASE;
export const statement = readFileSync(process.env.STATEMENT_FILE, 'utf8');
const [key] = JSON.parse(readFileSync(process.env.JWKS_FILE, 'utf8')).keys;
export const publicKey = createPublicKey({ key, format: 'jwk' })
	.export({ type: 'spki', format: 'pem' });
export const claims = { allowedIss: 'urn:upward:local', allowedAud: 'upward' };
