/** Where a source says that pictures of a paper lie: its figures before the preview that the Hub draws of each. */

const mostUrls = 4
const mostRead = 20
const longest = 1000

/** Films of a paper stand among its media. */
const film = /\.(?:mp4|m4v|mov|qt|webm|mkv|avi|ogv)$/i

/** Absolute URLs of http or https without credentials, in their normal form; never throws, whatever is handed in. */
export function pictureUrls(media: unknown, preview: unknown): string[] {
  const given: unknown[] = Array.isArray(media) ? media.slice(0, mostRead) : [media]
  const figures = given.flatMap(urlOf).slice(0, mostUrls - 1)
  return [...new Set([...figures, ...urlOf(preview)])]
}

function urlOf(value: unknown): string[] {
  if (typeof value !== 'string' || value.length > longest || !URL.canParse(value.trim())) return []
  const url = new URL(value.trim())
  const fit = /^https?:$/.test(url.protocol) && !url.username && !url.password && !film.test(url.pathname)
  return fit && url.href.length <= longest ? [url.href] : []
}
