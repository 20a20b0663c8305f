/** How personal editions fare, in sums of ten readers at least: nobody's interests can be told from them. */
import type { Queries } from '../../db/client.js'
import {
  boolean,
  count,
  float,
  int,
  nullable,
  smallint,
  text,
  timestamptz,
} from '../../db/queries/sql-types.js'
import { statement } from '../../db/queries/statement.js'
import { readPersonal } from '../../editions/personal/choosing/wishes.js'

/** Fewer readers are not shown. */
const fewest = 10
/** Feedback of so many days. */
const days = 30

const readers = statement({
  text: `SELECT (SELECT count(DISTINCT subscriber_id) FROM interest) AS following,
      (SELECT count(DISTINCT subscriber_id) FROM feedback WHERE answer IS NOT NULL) AS answering,
      (SELECT coalesce(sum(length(accepted)), 0)::bigint FROM batch WHERE orders IS NOT NULL
        AND edition_id = (SELECT max(id) FROM edition WHERE fanned_out_at IS NOT NULL AND kind = 'daily')) AS "inLastEdition"`,
  parameters: [],
  columns: { following: count, answering: count, inLastEdition: count },
})

const followed = statement({
  text: `SELECT kind, min(label) AS label, count(*) FILTER (WHERE NOT muted) AS follow, count(*) FILTER (WHERE muted) AS mute
    FROM interest WHERE kind <> 'paper' GROUP BY kind, key HAVING count(*) >= $1::int ORDER BY count(*) DESC, kind, key LIMIT 30`,
  parameters: [int],
  columns: { kind: text, label: text, follow: count, mute: count },
})

const feedbackBy = (
  column: 'place' | 'reason',
) => `SELECT ${column}, count(DISTINCT subscriber_id) AS readers,
    count(*) FILTER (WHERE answer = 'more') AS more, count(*) FILTER (WHERE answer = 'less') AS less,
    count(*) FILTER (WHERE saved_at IS NOT NULL) AS saved
  FROM feedback WHERE at >= $1::timestamptz GROUP BY ${column} HAVING count(DISTINCT subscriber_id) >= $2::int ORDER BY ${column}`

const counts = { readers: count, more: count, less: count, saved: count } as const

const byPlace = statement({
  text: feedbackBy('place'),
  parameters: [timestamptz, int],
  columns: { place: nullable(smallint), ...counts },
})
const byReason = statement({
  text: feedbackBy('reason'),
  parameters: [timestamptz, int],
  columns: { reason: nullable(text), ...counts },
})

// As `isChosen` draws them.
const arms = statement({
  text: `SELECT ('x' || encode(substring(sha256(convert_to('personal edition ' || s.id, 'UTF8')) FOR 4), 'hex'))::bit(32)::bigint / 4294967296.0 < $1::float8 AS personal,
      count(*) AS readers,
      count(*) FILTER (WHERE EXISTS (SELECT FROM feedback f WHERE f.subscriber_id = s.id AND f.answer = 'more' AND f.at >= $2::timestamptz)) AS more,
      count(*) FILTER (WHERE EXISTS (SELECT FROM feedback f WHERE f.subscriber_id = s.id AND f.answer = 'less' AND f.at >= $2::timestamptz)) AS less,
      count(*) FILTER (WHERE s.status = 'unsubscribed' AND s.unsubscribed_at >= $2::timestamptz) AS "left"
    FROM subscriber s WHERE (s.status = 'active' OR s.unsubscribed_at >= $2::timestamptz)
      AND (EXISTS (SELECT FROM interest i WHERE i.subscriber_id = s.id)
        OR EXISTS (SELECT FROM feedback f WHERE f.subscriber_id = s.id AND f.answer IS NOT NULL))
    GROUP BY 1 HAVING count(*) >= $3::int ORDER BY 1`,
  parameters: [float, timestamptz, int],
  columns: { personal: nullable(boolean), readers: count, more: count, less: count, left: count },
})

/** A share of the readers, and between what it lies with a probability of 95 % (Wilson's interval). */
type Share = { share: number; from: number; to: number }

export async function personalFigures(db: Queries, now: Date) {
  const { enabled, trialShare } = await readPersonal(db)
  const since = new Date(now.getTime() - days * 86_400_000)
  const [who] = await db.run(readers, [])
  return {
    enabled,
    trialShare,
    readers: who ?? { following: 0, answering: 0, inLastEdition: 0 },
    mostFollowed: await db.run(followed, [fewest]),
    feedbackByPlace: await db.run(byPlace, [since, fewest]),
    feedbackByReason: await db.run(byReason, [since, fewest]),
    trial: (await db.run(arms, [trialShare, since, fewest])).map(({ personal, ...arm }) => ({
      edition: personal ? ('personal' as const) : ('common' as const),
      readers: arm.readers,
      more: shareOf(arm.more, arm.readers),
      less: shareOf(arm.less, arm.readers),
      left: shareOf(arm.left, arm.readers),
    })),
  }
}

const z = 1.96

function shareOf(some: number, all: number): Share {
  const share = some / all
  const middle = (share + z ** 2 / (2 * all)) / (1 + z ** 2 / all)
  const half = (z / (1 + z ** 2 / all)) * Math.sqrt((share * (1 - share)) / all + z ** 2 / (4 * all ** 2))
  const round = (value: number) => Math.round(value * 10_000) / 10_000
  return {
    share: round(share),
    from: round(Math.max(0, middle - half)),
    to: round(Math.min(1, middle + half)),
  }
}
