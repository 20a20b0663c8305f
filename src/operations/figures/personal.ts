/** How personal editions fare, in sums of ten readers at least: nobody's interests can be told from them. */
import { daysBefore } from '../../clock.js'
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
import { type RowOf, statement } from '../../db/queries/statement.js'
import { readPersonal } from '../../editions/personal/choosing/wishes.js'
import { differenceOf, shareOf } from './proportions.js'

/** What one to nine readers did is not told: null. */
const fewest = 10
/** Feedback of so many days. */
const days = 30

/** SQL for a sum, null where it is of some readers, but too few. */
const unlessFew = (sum: string, readers: string) =>
  `CASE WHEN ${readers} NOT BETWEEN 1 AND ${fewest - 1} THEN ${sum} END`

const toldOf = (sum: string) => unlessFew(sum, sum)
const sumOrNull = nullable(count)

const readers = statement({
  text: `SELECT ${toldOf('following')} AS following, ${toldOf('answering')} AS answering, ${toldOf('"inLastEdition"')} AS "inLastEdition"
    FROM (SELECT (SELECT count(DISTINCT subscriber_id) FROM interest) AS following,
      (SELECT count(DISTINCT subscriber_id) FROM feedback WHERE answer IS NOT NULL) AS answering,
      (SELECT coalesce(sum(length(accepted)), 0)::bigint FROM batch WHERE orders IS NOT NULL
        AND edition_id = (SELECT max(id) FROM edition WHERE fanned_out_at IS NOT NULL AND kind = 'daily')) AS "inLastEdition") sums`,
  parameters: [],
  columns: { following: sumOrNull, answering: sumOrNull, inLastEdition: sumOrNull },
})

// A name is shown as it is usually written if ten readers write it so; otherwise as the folded key.
const followed = statement({
  text: `SELECT kind, coalesce((array_agg(label ORDER BY alike DESC, label) FILTER (WHERE alike >= $1::int))[1], key) AS label,
      ${toldOf('sum(follow)::bigint')} AS follow, ${toldOf('sum(mute)::bigint')} AS mute
    FROM (SELECT kind, key, label, count(*) AS alike, count(*) FILTER (WHERE NOT muted) AS follow, count(*) FILTER (WHERE muted) AS mute
      FROM interest WHERE kind <> 'paper' GROUP BY kind, key, label) spelt
    GROUP BY kind, key HAVING sum(alike) >= $1::int ORDER BY sum(alike) DESC, kind, key LIMIT 30`,
  parameters: [int],
  columns: { kind: text, label: text, follow: sumOrNull, mute: sumOrNull },
})

const answersToldOf = (condition: string) =>
  unlessFew(
    `count(*) FILTER (WHERE ${condition})`,
    `count(DISTINCT subscriber_id) FILTER (WHERE ${condition})`,
  )

const feedbackBy = (
  column: 'place' | 'reason',
) => `SELECT ${column}, count(DISTINCT subscriber_id) AS readers,
    ${answersToldOf(`answer = 'more'`)} AS more, ${answersToldOf(`answer = 'less'`)} AS less,
    ${answersToldOf('saved_at IS NOT NULL')} AS saved
  FROM feedback WHERE at >= $1::timestamptz GROUP BY ${column} HAVING count(DISTINCT subscriber_id) >= $2::int ORDER BY ${column}`

const answers = { readers: count, more: sumOrNull, less: sumOrNull, saved: sumOrNull } as const

const byPlace = statement({
  text: feedbackBy('place'),
  parameters: [timestamptz, int],
  columns: { place: nullable(smallint), ...answers },
})
const byReason = statement({
  text: feedbackBy('reason'),
  parameters: [timestamptz, int],
  columns: { reason: nullable(text), ...answers },
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

export async function personalFigures(db: Queries, now: Date) {
  const { enabled, trialShare } = await readPersonal(db)
  const since = daysBefore(now, days)
  const [who] = await db.run(readers, [])
  const trial = (await db.run(arms, [trialShare, since, fewest])).map(armOf)
  return {
    enabled,
    trialShare,
    readers: who ?? { following: 0, answering: 0, inLastEdition: 0 },
    mostFollowed: await db.run(followed, [fewest]),
    feedbackByPlace: await db.run(byPlace, [since, fewest]),
    feedbackByReason: await db.run(byReason, [since, fewest]),
    trial,
    difference: betweenArms(trial),
  }
}

type Arm = ReturnType<typeof armOf>

const armOf = ({ personal, readers: all, more, less, left }: RowOf<typeof arms>) => ({
  edition: personal ? ('personal' as const) : ('common' as const),
  readers: all,
  more: shareOf(more, all),
  less: shareOf(less, all),
  left: shareOf(left, all),
})

/** By how much the shares are larger with a personal edition; null unless both arms are there. */
function betweenArms(trial: readonly Arm[]) {
  const personal = trial.find(({ edition }) => edition === 'personal')
  const common = trial.find(({ edition }) => edition === 'common')
  if (!personal || !common) return null
  return {
    more: differenceOf(personal.more, common.more),
    less: differenceOf(personal.less, common.less),
    left: differenceOf(personal.left, common.left),
  }
}
