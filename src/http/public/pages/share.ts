/** What passes a page on: its address to be copied, and a mail to somebody. Nobody else's button stands here. */
import type { Config } from '../../../config/config.js'

export type Share = {
  url: string
  /** `mailto:` (RFC 6068), with the title as its subject. */
  mailto: string
}

export function shareOf({ publicUrl }: Pick<Config, 'publicUrl'>, title: string, path: string): Share {
  const url = publicUrl + path
  const mailto = `mailto:?subject=${encodeURIComponent(title)}&body=${encodeURIComponent(`${title}\r\n\r\n${url}\r\n`)}`
  return { url, mailto }
}
