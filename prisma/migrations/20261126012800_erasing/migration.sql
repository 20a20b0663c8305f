-- Mail to an operator keeps its row when its address is erased.
ALTER TABLE "delivery"
    DROP CONSTRAINT "delivery_to_an_operator",
    ADD CONSTRAINT "delivery_to_an_operator" CHECK (kind NOT IN ('alert', 'test') OR subscriber_id IS NULL) NOT VALID;
ALTER TABLE "delivery" VALIDATE CONSTRAINT "delivery_to_an_operator";

-- The few rows that name an address are found without reading the ledger.
CREATE INDEX "delivery_to_address" ON "delivery" ("to_address") WHERE ((to_address IS NOT NULL));

-- An entry of the audit log may lose words, once a later entry says which one and what is left of it. It keeps its
-- hash, so that the chain holds.
CREATE FUNCTION "audit_grows_or_is_redacted"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE'
        AND (NEW.id, NEW.at, NEW.who, NEW.action, NEW.target, NEW.previous, NEW.hash)
            IS NOT DISTINCT FROM (OLD.id, OLD.at, OLD.who, OLD.action, OLD.target, OLD.previous, OLD.hash)
        AND NEW.request_id IS NOT DISTINCT FROM OLD.request_id
        AND EXISTS (
            SELECT FROM "audit" r WHERE r.id > OLD.id AND r.action = 'audit.redacted'
                AND r.target = 'audit:' || OLD.id AND r.after->>'hash' = encode("audit_hash"(NEW), 'hex')
        )
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'the audit log only grows' USING ERRCODE = 'check_violation';
END $$;
DROP TRIGGER "audit_only_grows" ON "audit";
CREATE TRIGGER "audit_only_grows" BEFORE UPDATE OR DELETE ON "audit"
    FOR EACH ROW EXECUTE FUNCTION "audit_grows_or_is_redacted"();
CREATE TRIGGER "audit_is_never_emptied" BEFORE TRUNCATE ON "audit"
    FOR EACH STATEMENT EXECUTE FUNCTION "audit_only_grows"();

-- Takes what matches the pattern out of every entry that has it; @returns how many had.
CREATE FUNCTION "audit_redact"(needle text, pattern text, at timestamptz) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
    entry "audit";
    redacted integer := 0;
BEGIN
    FOR entry IN
        SELECT * FROM "audit" a
        WHERE position(lower(needle) IN lower(concat_ws(' ', a.why, a.before::text, a.after::text))) > 0 ORDER BY id
    LOOP
        entry.why := regexp_replace(entry.why, pattern, '[erased]', 'gi');
        entry.before := regexp_replace(entry.before::text, pattern, '[erased]', 'gi')::jsonb;
        entry.after := regexp_replace(entry.after::text, pattern, '[erased]', 'gi')::jsonb;
        INSERT INTO "audit" (id, at, who, action, target, after, previous, hash)
        VALUES (0, audit_redact.at, 'system', 'audit.redacted', 'audit:' || entry.id,
            jsonb_build_object('hash', encode("audit_hash"(entry), 'hex')), '', '');
        UPDATE "audit" SET why = entry.why, before = entry.before, after = entry.after WHERE id = entry.id;
        redacted := redacted + 1;
    END LOOP;
    RETURN redacted;
END $$;
