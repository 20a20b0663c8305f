/** A page of what matches, and where the next one begins. */
import type { Breadth, PoolName } from './pool-sql.js'

/** The last paper of a page: by its score, or among those that are not ranked by its time. */
export type SearchMark = { id: string; score: number } | { id: string; at: Date | null }

export type Hit = { id: string }

export type Page = {
  breadth: Breadth
  /** The ids that are ranked; null where the newest come first. */
  pool: PoolName | null
  after?: SearchMark | undefined
  limit: number
}

/** Before the first of those that are not ranked. */
export const beforeUnranked: SearchMark = { id: '', at: null }
