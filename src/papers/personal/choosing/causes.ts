/** What can bring a paper into one reader's edition; their places in this list are kept in orders, so only add. */
export const causes = [
  'community',
  'author',
  'organisation',
  'keyword',
  'category',
  'words',
  'liked',
  'example',
  'surprise',
] as const

export type Cause = (typeof causes)[number]

/** A paper of the pool in a reader's edition. */
export type Chosen = {
  /** Of the paper in the pool. */
  index: number
  cause: Cause
  /** The number of the reader's interest or answer that the cause names; 0 where it names none. */
  n: number
}
