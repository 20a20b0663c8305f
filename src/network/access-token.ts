/** Access tokens of OAuth 2.0 (RFC 6749), for logins without a password. */
import { callOut, type OutgoingAnswer } from './call-out.js'
import { parseNetwork } from './addresses.js'

export type OAuth = {
  tokenUrl: string
  clientId: string
  clientSecret: string | undefined
  /** Absent: the client speaks for itself (client credentials, RFC 6749 4.4). */
  refreshToken: string | undefined
  scope: string | undefined
}

const timeoutMs = 10_000
const mostBytes = 100_000
const spareSeconds = 60
// The operator has named the server, which may stand within their own network.
const anywhere = ['0.0.0.0/0', '::/0'].map(parseNetwork).filter((network) => network !== null)

type Held = { token: string; until: number }

/** Tokens are kept while they are good; those who ask at once share one request. */
export class AccessTokens {
  readonly #oauth: OAuth
  #refreshToken: string | undefined
  #held: Held | null = null
  #asking: Promise<string> | null = null

  constructor(oauth: OAuth) {
    this.#oauth = oauth
    this.#refreshToken = oauth.refreshToken
  }

  /** One that is good for a minute at least. @throws Error that says what the server answered, without secrets. */
  get(): Promise<string> {
    if (this.#held && performance.now() < this.#held.until) return Promise.resolve(this.#held.token)
    this.#asking ??= this.#ask().finally(() => {
      this.#asking = null
    })
    return this.#asking
  }

  /** It was refused: the next one is asked for anew. */
  forget(token: string): void {
    if (this.#held?.token === token) this.#held = null
  }

  async #ask(): Promise<string> {
    const answer = await callOut(this.#oauth.tokenUrl, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
      body: bodyOf(this.#oauth, this.#refreshToken),
      allow: anywhere,
      timeoutMs,
      mostBytes,
    })
    const { token, seconds, next } = readAnswer(answer)
    this.#refreshToken = next ?? this.#refreshToken
    this.#held = { token, until: performance.now() + (seconds - spareSeconds) * 1000 }
    return token
  }
}

function bodyOf({ clientId, clientSecret, scope }: OAuth, refreshToken: string | undefined): string {
  return new URLSearchParams({
    grant_type: refreshToken ? 'refresh_token' : 'client_credentials',
    client_id: clientId,
    ...(clientSecret && { client_secret: clientSecret }),
    ...(refreshToken && { refresh_token: refreshToken }),
    ...(scope && { scope }),
  }).toString()
}

function readAnswer({ status, body }: OutgoingAnswer) {
  const answer = parse(body)
  const token = answer['access_token']
  if (status === 200 && typeof token === 'string' && /^[\x21-\x7e]+$/.test(token)) {
    const seconds = Number(answer['expires_in'] ?? 3600)
    const next = answer['refresh_token']
    return { token, seconds, next: typeof next === 'string' ? next : null }
  }
  const error = answer['error']
  const said = typeof error === 'string' && /^[a-z_]{1,60}$/.test(error) ? `: ${error}` : ''
  throw new Error(`OAUTH_TOKEN_URL gave no access token (${status}${said})`)
}

function parse(body: string): Record<string, unknown> {
  try {
    const answer: unknown = JSON.parse(body)
    return typeof answer === 'object' && answer !== null ? { ...answer } : {}
  } catch {
    return {}
  }
}
