-- All mails that a reader was owed. Batches are found by range and each is read at the reader's place alone: through
-- the view, the planner reads every batch once there are many.
CREATE OR REPLACE FUNCTION "mails_of"(reader integer) RETURNS SETOF "mail_owed" LANGUAGE sql STABLE AS $$
    SELECT d.id, d.kind, d.edition_id, d.subscriber_id, d.to_address, d.payload, d.status, d.domain, d.due_at, d.expires_at,
        d.attempts::int, d.relay, d.code, d.enhanced, d.reply, d.reason, d.settled_at, d.created_at, NULL::bigint
    FROM "delivery" d WHERE d.subscriber_id = reader
    UNION ALL
    SELECT b.id + b.place, 'edition', b.edition_id, s.id, NULL, NULL,
        CASE WHEN b.taken THEN 'accepted' ELSE b.status END, coalesce(s.domain, ''),
        CASE WHEN NOT b.taken AND b.ended_at IS NULL THEN b.due_at END, b.expires_at, b.taken::int,
        x.relay, x.code, NULL, x.reply || split_part(x.ends, E'\n', array_position(x.places, b.place::smallint)),
        CASE WHEN NOT b.taken THEN b.reason END,
        CASE WHEN b.taken THEN coalesce(x.at, b.ended_at) ELSE b.ended_at END,
        b.created_at, b.id
    FROM (
        SELECT f.*, get_bit(f.accepted, f.place) = 1 AS taken FROM (
            SELECT *, array_position(readers, reader) - 1 AS place FROM "batch"
            WHERE int4range(first_reader, last_reader, '[]') @> reader OFFSET 0
        ) f WHERE f.place IS NOT NULL AND get_bit(f.apart, f.place) = 0
    ) b
    LEFT JOIN "subscriber" s ON s.id = reader
    LEFT JOIN LATERAL (
        SELECT * FROM "batch_settle" x WHERE x.batch_id = b.id AND b.place::smallint = ANY (x.places) LIMIT 1
    ) x ON true
$$;
