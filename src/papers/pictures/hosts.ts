/** Whom pictures are fetched from: the Hub's own hosts, and the host that papers come from. */
import { type Network, parseNetwork } from '../../network/addresses.js'

const known = ['huggingface.co', 'cdn-thumbnails.huggingface.co', 'cdn-uploads.huggingface.co']
const below = '.hf.co'

// The operator has named the source, which may stand within their own network.
const anywhere = ['0.0.0.0/0', '::/0'].map(parseNetwork).filter((network) => network !== null)

/** Networks that may be called for it besides public addresses; null for a URL that is not fetched at all. */
export function networksFor(given: string, sourceUrl: string): readonly Network[] | null {
  if (!URL.canParse(given)) return null
  const url = new URL(given)
  if (url.username || url.password) return null
  if (url.origin === new URL(sourceUrl).origin) return anywhere
  const { hostname } = url
  const ours = known.includes(hostname) || (hostname.endsWith(below) && hostname.length > below.length)
  return ours && url.protocol === 'https:' && url.port === '' ? [] : null
}
