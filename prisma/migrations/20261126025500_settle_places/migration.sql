-- The busiest statement of all as a function: its plan is kept by each connection, also behind a pooler that keeps no
-- prepared statements. The claim is the fence; a place is settled once, whatever became of an answer of the database.
CREATE FUNCTION "settle_places"(of_batch bigint, holder uuid, taken varbit, others varbit, begins smallint, said jsonb)
RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE last smallint;
BEGIN
    UPDATE "batch" b SET accepted = b.accepted | taken, apart = b.apart | others,
        settles = b.settles + jsonb_array_length(said), begun = begins
    WHERE b.id = of_batch AND b.claim = holder AND bit_count((b.accepted | b.apart) & (taken | others)) = 0
    RETURNING b.settles INTO last;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    INSERT INTO "batch_settle" (batch_id, n, at, code, relay, places, reply, ends)
    SELECT of_batch, last - row_number() OVER () + 1, r.at, r.code, r.relay, r.places, r.reply, r.ends
    FROM jsonb_to_recordset(said)
        AS r(at timestamptz, code smallint, relay text, places smallint[], reply text, ends text);
    RETURN true;
END $$;

-- Leaves out the places of one reader in batches that nobody holds; those that are held are left out, or settled, by
-- their holders.
CREATE FUNCTION "leave_out_places"(of_reader integer, why text, at timestamptz) RETURNS void LANGUAGE sql AS $$
    WITH place AS (
        SELECT b.id, array_position(b.readers, of_reader) - 1 AS position FROM "batch" b
        WHERE int4range(b.first_reader, b.last_reader, '[]') @> of_reader AND b.status = 'due'
            AND of_reader = ANY (b.readers)
            AND get_bit(b.accepted | b.apart, array_position(b.readers, of_reader) - 1) = 0
        FOR UPDATE SKIP LOCKED
    ), apart AS (
        UPDATE "batch" b SET apart = set_bit(b.apart, p.position, 1) FROM place p WHERE b.id = p.id
        RETURNING b.id + p.position AS id, b.edition_id, b.due_at, b.expires_at, b.created_at
    )
    INSERT INTO "delivery" (id, kind, edition_id, subscriber_id, lane, status, domain, due_at, expires_at, created_at, settled_at, reason)
    SELECT a.id, 'edition', a.edition_id, s.id, 1, 'left_out', s.domain, a.due_at, a.expires_at, a.created_at, at, why
    FROM apart a JOIN "subscriber" s ON s.id = of_reader
$$;
