/** Who is signed in to the dashboard: a cookie stands for a key, as long as that key is valid. */
import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { deriveKey } from '../../../config/secrets.js'
import type { Services } from '../../../services.js'
import { findHolder, type KeyHolder, referenceOf } from './verify-key.js'

const name = 'admin_session'
const hours = 12

type SessionServices = Pick<Services, 'db' | 'clock' | 'config' | 'secrets'>

export async function signIn(
  services: SessionServices,
  reply: FastifyReply,
  holder: KeyHolder,
): Promise<void> {
  const token = randomBytes(32).toString('base64url')
  const now = services.clock.now()
  const expires = new Date(now.getTime() + hours * 3_600_000)
  await services.db.models.adminSession.create({
    data: { hash: hashOf(token), keyId: referenceOf(services, holder), createdAt: now, expiresAt: expires },
  })
  setCookie(services, reply, token, hours * 3600)
}

export async function signOut(
  services: SessionServices,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<void> {
  const token = tokenOf(request)
  if (token) await services.db.models.adminSession.deleteMany({ where: { hash: hashOf(token) } })
  setCookie(services, reply, '', 0)
}

/** The holder of the key that the cookie stands for; undefined without a session, or once the key has ended. */
export async function sessionHolder(
  services: SessionServices,
  request: FastifyRequest,
): Promise<KeyHolder | undefined> {
  const token = tokenOf(request)
  if (!token) return undefined
  const session = await services.db.models.adminSession.findUnique({
    where: { hash: hashOf(token), expiresAt: { gt: services.clock.now() } },
  })
  return session ? findHolder(services, session.keyId) : undefined
}

/** What a page of ours puts into the header `x-csrf-token` of its calls; no page of others can know it. */
export function csrfToken(services: SessionServices, request: FastifyRequest): string {
  const key = deriveKey(services.secrets.keys[0], 'admin csrf')
  return createHmac('sha256', key)
    .update(tokenOf(request) ?? '')
    .digest('base64url')
}

export function hasCsrfToken(services: SessionServices, request: FastifyRequest): boolean {
  const given = Buffer.from(String(request.headers['x-csrf-token'] ?? ''))
  const expected = Buffer.from(csrfToken(services, request))
  return given.length === expected.length && timingSafeEqual(given, expected)
}

const hashOf = (token: string) => Buffer.from(createHash('sha256').update(token).digest())

const tokenOf = (request: FastifyRequest): string | undefined => request.cookies[name] || undefined

function setCookie({ config }: SessionServices, reply: FastifyReply, value: string, seconds: number): void {
  reply.setCookie(name, value, {
    path: '/',
    maxAge: seconds,
    httpOnly: true,
    sameSite: 'strict',
    secure: config.publicUrl.startsWith('https:'),
  })
}
