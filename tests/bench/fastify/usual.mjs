// The same read as such services are usually written: the token is verified each time, the caller
// and the person are looked up with plain queries, rows become objects, objects become JSON.
import Fastify from 'fastify';
import jwt from 'jsonwebtoken';
import { claims, pool, port, publicKey } from './common.mjs';

const app = Fastify({ logger: { level: 'warn' } });

app.decorateRequest('user', null);
app.addHook('preHandler', async (request, reply) => {
	try {
		const token = (request.headers.authorization ?? '').replace(/^Bearer /i, '');
		const payload = jwt.verify(token, publicKey, {
			algorithms: ['ES256'], issuer: claims.allowedIss, audience: claims.allowedAud,
		});
		const { rows } = await pool.query(
			'SELECT * FROM profiles.person WHERE lower(user_name COLLATE "C") = lower($1 COLLATE "C")', [payload.sub]);
		request.user = rows[0];
	} catch {
		return reply.code(401).send({ error: 'unauthenticated' });
	}
	if (!request.user) return reply.code(403).send({ error: 'forbidden' });
});

app.get('/api/v1/people/:id', async (request, reply) => {
	const { id } = request.params;
	const { rows: [person] } = await pool.query('SELECT * FROM profiles.person WHERE id = $1', [id]);
	if (!person || person.status === 'inactive') return reply.code(404).send({ error: 'not_found' });
	const { rows: languages } = await pool.query(
		'SELECT language FROM profiles.person_language WHERE person_id = $1 ORDER BY language', [id]);
	return {
		id: person.id,
		display_name: person.display_name,
		title: person.title,
		department: person.department,
		location: person.location,
		photo_url: person.photo_url,
		status: person.status,
		level: person.level,
		bio: person.bio,
		pronouns: person.pronouns,
		time_zone: person.time_zone_override ?? person.time_zone,
		languages: languages.map((row) => row.language),
		updated_at: person.updated_at,
		version: person.version,
		links: { self: `/api/v1/people/${id}`, skills: `/api/v1/people/${id}/skills` },
	};
});
await app.listen({ host: '127.0.0.1', port });
