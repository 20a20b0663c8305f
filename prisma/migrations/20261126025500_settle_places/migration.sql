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
