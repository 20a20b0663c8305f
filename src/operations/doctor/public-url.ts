/** The service as readers and mailbox providers reach it: PUBLIC_URL, and the proxy before it. */
import { systemClock } from '../../clock.js'
import type { Config } from '../../config/config.js'
import { readSecrets } from '../../config/secrets.js'
import { makeProbe, probeHeader, type Seen } from './probe.js'
import { advice, type Finding, fault, ok } from '../../mail/domain/finding.js'
import { isOwnAddress } from '../../network/addresses.js'
import { causeOf } from './place.js'

const patienceMs = 5_000

/** Links in mail lead there, and one-click unsubscription needs HTTPS (RFC 8058 3.1). */
export async function checkPublicUrl(config: Config): Promise<Finding[]> {
  return [...checkTls(config), ...(await checkReached(config))]
}

function checkTls({ publicUrl, production }: Pick<Config, 'publicUrl' | 'production'>): Finding[] {
  if (publicUrl.startsWith('https://')) return []
  const found = `${publicUrl} has no HTTPS: mail goes out without one-click unsubscription, which bulk senders must offer`
  const mend = 'Set PUBLIC_URL to an https:// address.'
  return [production ? fault('HTTPS', found, mend) : advice('HTTPS', found, mend)]
}

async function checkReached(config: Config): Promise<Finding[]> {
  const { publicUrl } = config
  const check = 'public address'
  const headers = { [probeHeader]: makeProbe(await readSecrets(config), systemClock) }
  try {
    const response = await fetch(`${publicUrl}/healthz`, { headers, signal: AbortSignal.timeout(patienceMs) })
    if (!response.ok) {
      await response.body?.cancel()
      const found = `${publicUrl}/healthz answers ${response.status}`
      return [fault(check, found, 'Let the proxy pass PUBLIC_URL on to HOST:PORT.')]
    }
    const seen = await seenIn(response)
    return [ok(check, `${publicUrl} is served`), ...ofProxy(publicUrl, seen)]
  } catch (error) {
    const mend = 'Start the API, and let PUBLIC_URL lead to it.'
    return [advice(check, `${publicUrl}: ${causeOf(error)}`, mend)]
  }
}

/** Why the service is not reached by its own links; null when it is. */
export async function faultOfPublicUrl({ publicUrl }: Pick<Config, 'publicUrl'>): Promise<string | null> {
  try {
    const response = await fetch(`${publicUrl}/healthz`, { signal: AbortSignal.timeout(patienceMs) })
    await response.body?.cancel()
    return response.ok ? null : `It answers ${response.status}`
  } catch (error) {
    return causeOf(error)
  }
}

const most = 10_000

async function seenIn(response: Response): Promise<Seen | null> {
  const text = (await response.text()).slice(0, most)
  try {
    const answer = JSON.parse(text) as { seen?: Seen }
    return answer.seen ?? null
  } catch {
    return null
  }
}

/** Limits on sign-ups and wrong keys count by address: behind a proxy that is not believed, everybody is one. */
function ofProxy(publicUrl: string, seen: Seen | null): Finding[] {
  const check = 'proxy'
  if (!seen) {
    const found = `what answers at ${publicUrl} is not this service, or has another SECRET_KEY`
    return [fault(check, found, 'Let the proxy lead to this service, and give both the same SECRET_KEY.')]
  }
  const { host } = new URL(publicUrl)
  const findings: Finding[] = []
  if (seen.forwarded && seen.address === seen.from) {
    const found = `${seen.from} sends X-Forwarded-For and is not believed: all readers count as one`
    findings.push(fault(check, found, `Add ${seen.from} to TRUSTED_PROXIES.`))
  } else if (!seen.forwarded && isOwnAddress(seen.from) && publicUrl.startsWith('https://')) {
    const found = `${seen.from} passes readers on without X-Forwarded-For: all of them count as one`
    findings.push(fault(check, found, 'Let the proxy set X-Forwarded-For, and name it in TRUSTED_PROXIES.'))
  }
  if (seen.host !== host) {
    const mend = 'Let the proxy pass the Host header on as it came.'
    findings.push(advice(check, `the service is asked for ${seen.host} where readers ask for ${host}`, mend))
  }
  return findings.length > 0 ? findings : [ok(check, `readers are seen as who they are (${seen.address})`)]
}
