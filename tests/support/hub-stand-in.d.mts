export type HubFault = {
  kind: 'too-many-requests' | 'server-error' | 'web-page' | 'error-object' | 'cut' | 'silence' | 'body'
  /** Only for this day; without it for all. */
  day?: string
  /** So many answers; without it all of them. */
  times?: number
  /** Only before this time. */
  until?: Date
  /** Of a 429. */
  headers?: Record<string, string>
  /** Of kind `body`: the text to answer with status 200. */
  body?: string
}

export type HubStandIn = {
  url: string
  /** Path and query of each request, in order. */
  requests: string[]
  days: string[]
  fail(fault: HubFault): void
  /** Leaves these papers off the list of a day until a time: late listings. */
  holdBack(day: string, ids: string[], until: Date): void
  serve(day: string, entries: unknown[]): void
  close(): Promise<void>
}

export function startHubStandIn(options?: {
  /** A folder of DATE.json, or DATE__2026-08-03T1706Z.json for a day as seen at several times. */
  dir?: string
  days?: Record<string, unknown[]>
  now?: () => Date
  port?: number
}): Promise<HubStandIn>
